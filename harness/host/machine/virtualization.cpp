#include "harness/host/machine/virtualization.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/system_facts.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

using Text = Reading<std::string>;

struct Name {
  std::string_view signature;
  const char* name;
};

/// What hypervisors write into leaf 0x40000000 (Linux arch/x86/kernel/cpu/hypervisor.c and the
/// drivers it lists).
constexpr std::array kSignatures{Name{"KVMKVMKVM", "KVM"},
                                 Name{"Microsoft Hv", "Hyper-V"},
                                 Name{"VMwareVMware", "VMware"},
                                 Name{"XenVMMXenVMM", "Xen"},
                                 Name{"TCGTCGTCGTCG", "QEMU without hardware support"},
                                 Name{"VBoxVBoxVBox", "VirtualBox"},
                                 Name{" lrpepyh  vr", "Parallels"},
                                 Name{"prl hyperv  ", "Parallels"},
                                 Name{"bhyve bhyve ", "bhyve"},
                                 Name{"ACRNACRNACRN", "ACRN"},
                                 Name{"Jailhouse", "Jailhouse"}};

/// DMI vendors that make no hardware; the only hint on arm64.
constexpr std::array kVendors{Name{"QEMU", "KVM or QEMU"},
                              Name{"Amazon EC2", "Amazon EC2"},
                              Name{"Google", "Google Compute Engine"},
                              Name{"VMware", "VMware"},
                              Name{"Apple Inc.", "Apple Virtualization"},
                              Name{"Parallels", "Parallels"},
                              Name{"innotek GmbH", "VirtualBox"},
                              Name{"Xen", "Xen"}};

std::string signature_of(const CpuidLeaf& leaf) {
  std::string text;
  for (const std::size_t index : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
    for (unsigned byte = 0; byte < 4; ++byte) {
      const auto c = static_cast<char>((leaf.registers[index] >> (8U * byte)) & 0xffU);
      if (c >= ' ' && c <= '~') text += c;
    }
  }
  return text;
}

Text by_cpuid(const SystemFacts& system) {
  const CpuidLeaf* const leaf = find_leaf(system, 0x40000000U);
  if (leaf == nullptr) return Text::unavailable("no hypervisor told by cpuid");
  const std::string signature = signature_of(*leaf);
  for (const Name& known : kSignatures) {
    if (signature == known.signature) return Text::of(known.name, "cpuid leaf 0x40000000");
  }
  return Text::of("unknown, signature \"" + signature + '"', "cpuid leaf 0x40000000");
}

Text by_dmi(FileSystemView& files) {
  auto vendor = files.read("/sys/class/dmi/id/sys_vendor");
  const auto product = files.read("/sys/class/dmi/id/product_name");
  if (!vendor.available()) return vendor;
  // These two firms make computers too.
  const bool virtual_product =
      product.value_or("").find("Virtual") != std::string::npos ||
      product.value_or("").find("Google Compute Engine") != std::string::npos;
  const bool makes_hardware = vendor.value() == "Google" || vendor.value() == "Apple Inc.";
  for (const Name& known : kVendors) {
    if (!vendor.value().starts_with(known.signature)) continue;
    if (makes_hardware && !virtual_product) continue;
    if (product.value_or("").find("metal") != std::string::npos) continue;  // EC2's bare machines
    return Text::of(known.name, vendor.source());
  }
  if (vendor.value() == "Microsoft Corporation" && product.value_or("") == "Virtual Machine") {
    return Text::of("Hyper-V", vendor.source());
  }
  return Text::unavailable("no virtual machine's maker in " + vendor.source());
}

Text find_hypervisor(ProbeContext& context, bool x86) {
  if (x86 && context.system.cpuid.available()) return by_cpuid(context.system);
  auto type = not_empty(context.files.read("/sys/hypervisor/type"));
  if (type.available()) return type;
  return by_dmi(context.files);
}

Reading<bool> find_virtual_machine(ProbeContext& context,
                                   const CpuIdentity& identity,
                                   const Text& hypervisor) {
  if (hypervisor.available()) return Reading<bool>::of(true, hypervisor.source());
  if (identity.architecture == Architecture::kX86) {
    // CPUID leaf 1 ECX bit 31, or the same bit as the kernel prints it.
    if (const CpuidLeaf* leaf = find_leaf(context.system, 1)) {
      return Reading<bool>::of((leaf->registers[2] >> 31U) != 0, "cpuid leaf 1");
    }
    if (!identity.flags.empty()) {
      const bool flag =
          std::binary_search(identity.flags.begin(), identity.flags.end(), "hypervisor");
      return Reading<bool>::of(flag, "/proc/cpuinfo");
    }
  }
  return Reading<bool>::unavailable("nothing on this architecture tells for certain");
}

Text find_container(FileSystemView& files) {
  if (files.read("/.dockerenv").available()) return Text::of("docker", "/.dockerenv");
  if (files.read("/run/.containerenv").available()) {
    return Text::of("podman", "/run/.containerenv");
  }
  auto systemd = not_empty(files.read("/run/systemd/container"));
  if (systemd.available()) return systemd;
  const auto cgroup = files.read("/proc/self/cgroup");
  for (const char* mark : {"kubepods", "docker", "containerd", "libpod", "lxc"}) {
    if (cgroup.value_or("").find(mark) != std::string::npos) {
      return Text::of(mark, "/proc/self/cgroup");
    }
  }
  return Text::unavailable("no mark of a container found");
}

/// WSL2's kernels are named "5.15.167.4-microsoft-standard-WSL2"; WSL1 writes "-Microsoft" and has
/// no Linux kernel at all.
Reading<bool> find_wsl2(ProbeContext& context) {
  const Text& release = context.system.kernel_release;
  const auto text =
      release.available() ? release : context.files.read("/proc/sys/kernel/osrelease");
  if (!text.available()) return Reading<bool>::unavailable(text.reason());
  std::string lower = text.value();
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  const bool wsl2 = lower.find("wsl2") != std::string::npos ||
                    lower.find("microsoft-standard") != std::string::npos;
  return Reading<bool>::of(wsl2, text.source());
}

}  // namespace

void add_virtualization_facts(ProbeContext& context,
                              const CpuIdentity& identity,
                              MachineFacts& facts) {
  const bool x86 = identity.architecture == Architecture::kX86;
  const Text hypervisor = find_hypervisor(context, x86);
  add_fact(facts, "virtual_machine", find_virtual_machine(context, identity, hypervisor));
  add_fact(facts, "hypervisor", hypervisor);
  add_fact(facts, "container", find_container(context.files));
  add_fact(facts, "wsl2", find_wsl2(context));
}

}  // namespace perfbench
