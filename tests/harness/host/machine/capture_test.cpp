#include "harness/host/machine/capture.hpp"

#include <gtest/gtest.h>

#include "harness/core/units/error.hpp"
#include "harness/host/machine/capture_rules.hpp"
#include "harness/host/machine/capture_topology.hpp"
#include "harness/host/machine/file_system_view.hpp"
#include "tests/harness/host/machine/machine_support.hpp"

namespace perfbench {
namespace {

using test::add_file;

constexpr const char* kFixtures[] = {"synthetic/laptop_hybrid_intel.json",
                                     "synthetic/server_two_socket_amd.json",
                                     "synthetic/board_arm_big_little.json",
                                     "synthetic/container_cpu_quota.json",
                                     "synthetic/wsl2.json",
                                     "captured/firecracker_vm_masked_intel.json"};

void expect_same_machine(const Machine& a, const Machine& b, const std::string& what) {
  ASSERT_EQ(a.facts.facts.size(), b.facts.facts.size()) << what;
  for (std::size_t i = 0; i < a.facts.facts.size(); ++i) {
    EXPECT_EQ(a.facts.facts[i].name, b.facts.facts[i].name) << what;
    EXPECT_EQ(a.facts.facts[i].reading, b.facts.facts[i].reading)
        << what << ' ' << a.facts.facts[i].name;
  }
  EXPECT_EQ(test::warning_ids(a), test::warning_ids(b)) << what;
}

TEST(Capture, ReplaysTheSameMachineAfterAWriteAndARead) {
  for (const char* name : kFixtures) {
    const MachineSnapshot snapshot = read_capture(test::capture_text(name));
    const MachineSnapshot again = read_capture(write_capture(snapshot));
    EXPECT_EQ(snapshot.origin, again.origin);
    expect_same_machine(MachineProbe(snapshot).probe(), MachineProbe(again).probe(), name);
  }
}

TEST(Capture, SaysWhichMachinesWereSeenAndWhichWereWritten) {
  for (const std::string name : kFixtures) {
    const bool synthetic = name.starts_with("synthetic/");
    EXPECT_EQ(read_capture(test::capture_text(name)).origin,
              synthetic ? MachineSnapshot::Origin::kSynthetic : MachineSnapshot::Origin::kCaptured);
  }
}

/// Everything that names a machine or a person, planted where a real machine has it.
MachineSnapshot snapshot_with_secrets() {
  MachineSnapshot snapshot = read_capture(test::capture_text("synthetic/laptop_hybrid_intel.json"));
  add_file(snapshot,
           "/proc/cpuinfo",
           "processor\t: 0\nvendor_id\t: GenuineIntel\n\nSerial\t\t: 10000000SECRET01\n"
           "Hardware\t: SECRET02 board");
  add_file(snapshot, "/proc/cmdline", "root=UUID=SECRET03 mitigations=off user=SECRET04");
  add_file(
      snapshot, "/proc/self/cgroup", "0::/user.slice/user-SECRET05.slice/docker-SECRET06.scope");
  add_file(snapshot,
           "/proc/self/mountinfo",
           "1 0 0:1 /SECRET07 /sys/fs/cgroup rw - cgroup2 SECRET08 rw,SECRET09\n"
           "2 0 0:2 / /home/SECRET10 rw - ext4 /dev/SECRET11 rw");
  add_file(snapshot, "/sys/fs/cgroup/user.slice/user-SECRET05.slice/cpu.max", "max 100000");
  add_file(snapshot, "/proc/self/status", "Name:\tSECRET12\nUid:\tSECRET13\nVmSize:\t 1 kB");
  add_file(snapshot, "/proc/stat", "cpu  1 2 3 4 5 6 7 8 9 10\nbtime SECRET14");
  add_file(snapshot, "/etc/os-release", "PRETTY_NAME=\"Debian\"\nHOME_URL=\"https://SECRET15\"");
  add_file(snapshot, "/sys/class/dmi/id/product_name", "SECRET16 laptop");
  add_file(snapshot, "/.dockerenv", "SECRET17");
  add_file(snapshot, "/sys/class/power_supply/hid-SECRET18-battery/type", "Battery");
  add_file(snapshot, "/sys/class/hwmon/hwmon0/name", "SECRET19@aa:bb:cc:dd:ee:ff");
  snapshot.folders["/sys/class/power_supply"] =
      Reading<std::vector<std::string>>::of({"BAT0", "hid-SECRET18-battery"}, "x");
  snapshot.environment = {
      {"LD_PRELOAD", "/home/SECRET20/libx.so"}, {"OMP_NUM_THREADS", "2"}, {"HOSTNAME", "SECRET21"}};
  snapshot.system.kernel_version = Reading<std::string>::of("#1 SMP SECRET22@host 2026", "uname");
  snapshot.hwloc_xml = Reading<std::string>::of(
      "<topology version=\"2.0\">\n<object type=\"Machine\" os_index=\"0\">\n"
      "<info name=\"HostName\" value=\"SECRET23\"/>\n</object>\n</topology>\n",
      "hwloc");
  return snapshot;
}

TEST(Capture, HandsOutNothingThatNamesAMachineOrAPerson) {
  const std::string text = write_capture(snapshot_with_secrets());
  const auto at = text.find("SECRET");
  EXPECT_EQ(at, std::string::npos) << text.substr(at == std::string::npos ? 0 : at, 40);
  // What must stay is there, so the test does not pass on an empty archive.
  for (const char* kept : {"GenuineIntel",
                           "mitigations=off",
                           "user.slice/g",
                           "-docker",
                           "libx.so",
                           "OMP_NUM_THREADS",
                           "PRETTY_NAME",
                           "BAT0",
                           "\"SMP\""}) {
    EXPECT_NE(text.find(kept), std::string::npos) << kept;
  }
}

TEST(Capture, GroupsKeepTheirPlaceUnderTheirOtherName) {
  MachineSnapshot snapshot = read_capture(test::capture_text("synthetic/container_cpu_quota.json"));
  const std::string before = "/sys/fs/cgroup/kubepods.slice/g1/";
  std::map<std::string, Reading<std::string>> renamed;
  for (const auto& [path, reading] : snapshot.files) {
    renamed.emplace(path.starts_with(before)
                        ? "/sys/fs/cgroup/kubepods.slice/pod-alice/" + path.substr(before.size())
                        : path,
                    reading);
  }
  snapshot.files = std::move(renamed);
  add_file(snapshot, "/proc/self/cgroup", "0::/kubepods.slice/pod-alice/g2");
  ASSERT_DOUBLE_EQ(MachineProbe(snapshot).probe().shape.cpu_quota_cores.value(), 1.5);
  const std::string text = write_capture(snapshot);
  EXPECT_EQ(text.find("alice"), std::string::npos);
  EXPECT_DOUBLE_EQ(MachineProbe(read_capture(text)).probe().shape.cpu_quota_cores.value(), 1.5);
}

TEST(Capture, RefusesAPathThatNoRuleKnows) {
  MachineSnapshot snapshot = test::empty_snapshot();
  EXPECT_NO_THROW(static_cast<void>(write_capture(snapshot)));
  add_file(snapshot, "/etc/hostname", "somebody");
  EXPECT_THROW(static_cast<void>(write_capture(snapshot)), InputError);
  snapshot.files.clear();
  snapshot.folders["/home"] = Reading<std::vector<std::string>>::of({"alice"}, "/home");
  EXPECT_THROW(static_cast<void>(write_capture(snapshot)), InputError);
  snapshot.folders.clear();
  snapshot.system.cpuid =
      Reading<std::vector<CpuidLeaf>>::of({CpuidLeaf{0, 3, 0, {1, 2, 3, 4}}}, "cpuid");
  EXPECT_THROW(static_cast<void>(write_capture(snapshot)), InputError);  // leaf 3 is a serial
}

TEST(Capture, TextOfAnotherFormIsLeftOutWithTheReason) {
  MachineSnapshot snapshot = test::empty_snapshot();
  add_file(snapshot, "/proc/sys/kernel/perf_event_paranoid", "belongs to alice");
  const std::string text = write_capture(snapshot);
  EXPECT_EQ(text.find("alice"), std::string::npos);
  const auto again = read_capture(text);
  EXPECT_EQ(again.files.at("/proc/sys/kernel/perf_event_paranoid").reason(),
            "/proc/sys/kernel/perf_event_paranoid: left out of the capture: text of another form");
}

TEST(CaptureRules, KnowWhatIdentifies) {
  for (const char* text : {"aa:bb:cc:dd:ee:ff",
                           "x 00-1f-20-aa-bb-cc",
                           "123e4567-e89b-12d3-a456-426614174000",
                           "0123456789abcdef",
                           "alice@host",
                           "/home/alice"}) {
    EXPECT_TRUE(looks_identifying(text)) << text;
  }
  for (const char* text : {"powersave",
                           "Mitigation: Retpolines; IBPB: conditional; RSB filling",
                           "6.18.44-fc-v669",
                           "always [madvise] never",
                           "intel-rapl:0:1",
                           "C1E"}) {
    EXPECT_FALSE(looks_identifying(text)) << text;
  }
  EXPECT_TRUE(is_safe_name("intel-rapl:0"));
  EXPECT_FALSE(is_safe_name(".."));
  EXPECT_FALSE(is_safe_name("a/b"));
  EXPECT_FALSE(is_safe_name("hid-0003"));
  EXPECT_FALSE(is_safe_name(std::string(100, 'a')));
}

TEST(CaptureTopology, DropsInfosAndRefusesUnknownForms) {
  const std::string good =
      "<topology version=\"2.0\">\n<object type=\"PU\" os_index=\"0\"/>\n</topology>\n";
  EXPECT_EQ(anonymous_hwloc_xml(good).value(), good);
  for (const char* line : {"<object type=\"OSDev\" secret=\"x\"/>",
                           "<userdata>QUJD</userdata>",
                           "free text",
                           "<object type=\"PU\" name=\"a'b\"/>",
                           "<!ENTITY x SYSTEM \"file:///etc/passwd\">",
                           "<object type=\"PU\" os_index=0/>"}) {
    EXPECT_FALSE(anonymous_hwloc_xml(good + line + '\n').available()) << line;
  }
  const auto kept = anonymous_hwloc_xml(
      "<info name=\"HostName\" value=\"x\"/>\n<info name=\"CPUModel\" value=\"y\"/>\n"
      "<support name=\"discovery.pu\"/>\n<indexes length=\"4\">0 1 </indexes>\n");
  EXPECT_EQ(kept.value(),
            "<info name=\"CPUModel\" value=\"y\"/>\n<indexes length=\"4\">0 1 </indexes>\n");
}

std::string archive(const std::string& files) {
  return R"({"format":"perfbench-capture/1","origin":"synthetic","system":{},"files":)" + files +
         "}";
}

TEST(ReadCapture, RangesStandForEachPath) {
  const auto snapshot = read_capture(archive(R"({"/a{0-1}/b{2,4}": "x", "/c": ["1", "2"]})"));
  EXPECT_EQ(snapshot.files.size(), 5U);
  EXPECT_EQ(snapshot.files.at("/a1/b4").value(), "x");
  EXPECT_EQ(snapshot.files.at("/c").value(), "1\n2");
  SnapshotFiles files(snapshot);
  EXPECT_EQ(files.list("/a0").value(), (std::vector<std::string>{"b2", "b4"}));
  EXPECT_FALSE(files.list("/a").available());
}

TEST(ReadCapture, RefusesAStrangersTricksInOneSentence) {
  const std::vector<std::string> bad{
      "",
      "{}",
      "[]",
      R"({"format":"perfbench-capture/2","origin":"synthetic","system":{},"files":{}})",
      R"({"format":"perfbench-capture/1","origin":"dreamt","system":{},"files":{}})",
      archive("[]"),
      archive(R"({"relative": "x"})"),
      archive(R"({"/a/../../etc/passwd": "x"})"),
      archive(R"({"/a{": "x"})"),
      archive(R"({"/a{x}": "x"})"),
      archive(R"({"/a{}": "x"})"),
      archive(R"({"/a{0-65000}{0-65000}": "x"})"),
      archive(R"({"/a{0-65000}": "x", "/b{0-65000}": "x"})"),
      archive(R"({"/a{0-1}": "x", "/a1": "y"})"),
      archive(R"({"/a": 5})"),
      archive(R"({"/a": ["x", 5]})"),
      archive(R"({"/a{0-60000}": ")" + std::string(2000, 'x') + "\"}"),
      archive("{}},"),
      R"({"format":"perfbench-capture/1","origin":"synthetic","system":{"cpuid":[[1,2]]},"files":{}})",
      R"({"format":"perfbench-capture/1","origin":"synthetic","system":{"affinity":"x"},"files":{}})",
      R"({"format":"perfbench-capture/1","origin":"synthetic","system":{},"files":{},"hwloc_xml":"<x/>"})",
      R"({"format":"perfbench-capture/1","origin":"synthetic","system":{},"files":{},"environment":{"HOME":"x"}})",
  };
  for (const std::string& text : bad) {
    try {
      static_cast<void>(read_capture(text));
      ADD_FAILURE() << "accepted: " << text.substr(0, 100);
    } catch (const InputError& error) {
      const std::string sentence = error.what();
      EXPECT_FALSE(sentence.empty());
      EXPECT_EQ(sentence.find('\n'), std::string::npos);
    }
  }
  EXPECT_NO_THROW(static_cast<void>(read_capture(archive("{}"))));
}

TEST(ReadCapture, WildNumbersInFilesDoNotUpsetTheProbe) {
  const std::string wild[] = {"", "-1", "99999999999999999999", "0-70000", "x", "\t", "0-3,,"};
  MachineSnapshot base = read_capture(test::capture_text("synthetic/container_cpu_quota.json"));
  std::size_t probes = 0;
  for (const auto& [path, reading] : base.files) {
    if (path.find("cpu1/") != std::string::npos) continue;  // as cpu0
    for (const std::string& text : wild) {
      MachineSnapshot snapshot = base;
      add_file(snapshot, path, text);
      EXPECT_GT(MachineProbe(std::move(snapshot)).probe().facts.facts.size(), 60U);
      ++probes;
    }
  }
  EXPECT_GT(probes, 300U);
}

}  // namespace
}  // namespace perfbench
