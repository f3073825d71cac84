#include "tools/cli/workload_choice.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "tools/cli/trace_file.hpp"
#include "tools/cli/values.hpp"

namespace perfbench {
namespace {

/// A network of a thousand layers takes 200 kB.
constexpr std::uintmax_t kLargestFile = std::uintmax_t{4} << 20U;
/// Of a fitted rung that no track asked for: a camera's loop of 10 ms half used.
constexpr Nanoseconds kFittedService{5'000'000};
constexpr int kLooks = 5;

/// The language models stream their weights; a rung of them is fitted by size, not by time.
bool streams_weights(const std::string& name) { return name.rfind("llm-", 0) == 0; }

RungChoice fitted_rung(const WorkloadSources& sources,
                       const WorkloadListing& listing,
                       const ThreadChoice& threads) {
  if (streams_weights(listing.name)) {
    StreamingFit fit;
    fit.last_level_cache = last_level_cache(sources.machine);
    if (sources.machine.memory_available.available())
      fit.memory_available = sources.machine.memory_available.value();
    fit.instances = static_cast<std::size_t>(std::max(1, threads.threads() - 1));
    return choose_streaming_rung(listing.rungs, fit);
  }
  const auto fixed = std::find_if(
      listing.rungs.begin(), listing.rungs.end(), [](const Rung& rung) { return rung.is_fixed; });
  if (fixed == listing.rungs.end() || listing.rungs.size() < 2) return {"fixed", "", true};
  const WorkloadEntry entry = workload_entry(sources, {listing.name, fixed->name, {}});
  const RungTime measured{fixed->name, look_at_service(entry, threads.one_core_cpu)};
  return choose_rung(predict_times(listing.rungs, measured), kFittedService, &measured);
}

bool has_rung(const WorkloadListing& listing, const std::string& rung) {
  return std::any_of(listing.rungs.begin(), listing.rungs.end(), [&](const Rung& candidate) {
    return candidate.name == rung;
  });
}

/// A size of one's own in place of a rung: gemm 640, triad 512M, spin 250us, llm-decode
/// 208MiB:2048 (a rung and the tokens in its KV cache). What is none is left to the ladder to
/// refuse.
WorkloadRequest request_of(const std::string& name, const std::string& rung) {
  WorkloadRequest request{name, rung, {}};
  const auto whole = [](std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? number : 0;
  };
  WorkloadSizes& sizes = request.sizes;
  const std::size_t colon = rung.find(':');
  if (name == "gemm" && !has_rung(find_workload(name), rung)) {
    sizes.gemm_size = whole(rung);
  } else if (name == "triad" && !has_rung(find_workload(name), rung)) {
    sizes.triad = parse_bytes(rung).value_or(Bytes(0));
  } else if (name == "spin") {
    sizes.spin = parse_duration(rung).value_or(Nanoseconds(0));
  } else if (name == "llm-decode" && colon != std::string::npos) {
    sizes.context = whole(std::string_view(rung).substr(colon + 1));
    if (sizes.context > 0) request.rung = rung.substr(0, colon);
  }
  if (sizes.gemm_size != 0 || sizes.triad.count() > 0 || sizes.spin.count() > 0) {
    request.rung = "fixed";
  }
  return request;
}

/// For a column of text.
std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

}  // namespace

WorkloadFile read_workload_file(const std::string& path) {
  WorkloadFile file;
  file.name = path.substr(path.find_last_of('/') + 1);
  check_regular_file(path, "the workload file " + file.name);
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError("the workload file " + file.name + " cannot be read", "check its name");
  std::string text(kLargestFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kLargestFile) {
    throw InputError("the workload file " + file.name + " is larger than 4 MiB",
                     "a workload is a list of layers");
  }
  file.text = std::move(text);
  return file;
}

Nanoseconds look_at_service(const WorkloadEntry& entry, int cpu) {
  const ScopedPin pin(cpu);
  SteadyClock clock;
  const std::unique_ptr<Workload> workload = entry.make();
  workload->load();
  std::vector<Nanoseconds> times;
  for (int look = 0; look <= kLooks; ++look) {
    const SampleIndex sample = static_cast<SampleIndex>(look) % workload->sample_count();
    const TimePoint begin = clock.now();
    workload->execute({&sample, 1});
    // The first warms the caches up.
    if (look > 0) times.push_back(clock.now() - begin);
  }
  std::nth_element(times.begin(), times.begin() + kLooks / 2, times.end());
  return times[kLooks / 2];
}

WorkloadChoice choose_workload(const WorkloadSources& sources,
                               const std::optional<WorkloadFile>& file,
                               const std::string& name,
                               const std::string& rung,
                               const ThreadChoice& threads) {
  if (file && name == file->workload) {
    return {json_workload_entry(sources, file->name, file->text), "", "file"};
  }
  const WorkloadListing& listing = find_workload(name);
  if (rung != "fitted" || has_rung(listing, rung))
    return {workload_entry(sources, request_of(name, rung)), "", rung};
  const RungChoice fitted = fitted_rung(sources, listing, threads);
  return {workload_entry(sources, {name, fitted.rung, {}}), fitted.sentence, fitted.rung};
}

void check_workload(const MachineShape& machine, const std::string& name, const std::string& rung) {
  WorkloadSources sources;
  sources.machine = machine;
  if (rung == "fitted") {
    (void)find_workload(name);
  } else {
    (void)workload_entry(sources, request_of(name, rung));
  }
}

void check_file(const MachineShape& machine, WorkloadFile& file) {
  WorkloadSources sources;
  sources.machine = machine;
  file.workload = json_workload_entry(sources, file.name, file.text).name;
}

std::vector<FitRung> fit_ladder(const std::optional<WorkloadFile>& file, const std::string& name) {
  std::vector<FitRung> ladder;
  if (file && name == file->workload) return ladder;
  for (const Rung& rung : find_workload(name).rungs) {
    ladder.push_back({rung.name, rung.flops, rung.working_set});
  }
  return ladder;
}

std::string workload_list() {
  std::string text;
  for (const WorkloadListing& listing : workload_catalogue()) {
    text += padded(listing.name, 13) + listing.description + "\n";
    std::string rungs;
    for (const Rung& rung : listing.rungs) {
      if (!rungs.empty()) rungs += ", ";
      rungs += rung.name + (rung.is_fixed ? " (fixed)" : "");
    }
    if (!rungs.empty()) text += padded("", 13) + "rungs: " + rungs + "\n";
  }
  return text;
}

}  // namespace perfbench
