#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "harness/core/json/parse.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/units/error.hpp"
#include "reports/check/check.hpp"
#include "reports/document/read.hpp"
#include "reports/document/write.hpp"
#include "reports/text/machine_text.hpp"
#include "reports/text/plan_text.hpp"
#include "reports/text/roofline_text.hpp"
#include "reports/text/summary.hpp"
#include "tests/reports/support/json_walk.hpp"
#include "tests/reports/support/synthetic_report.hpp"

namespace perfbench {
namespace {

using testing::leaves;
using testing::members;
using testing::Place;
using testing::replaced;

/// Deterministic, so that a failure comes again.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>((state_ >> 33U) % n);
  }

 private:
  std::uint64_t state_;
};

/// Every kind of section with little data, so that thousands of files are tried in seconds.
Report small_report() {
  Report report = testing::small_synthetic_report();
  // One of each kind is enough here.
  std::vector<Roof>& roofs = report.roofline->roofs;
  std::vector<Roof> kept;
  for (const Roof& roof : roofs) {
    const bool known = std::any_of(
        kept.begin(), kept.end(), [&roof](const Roof& other) { return other.kind == roof.kind; });
    if (!known || (roof.epoch > 0 && kept.back().epoch == 0)) kept.push_back(roof);
  }
  roofs = kept;
  for (Roof& roof : roofs) roof.series.windows.resize(3);
  report.roofline->dots.resize(1);
  for (Dot& dot : report.roofline->dots) dot.series.windows.resize(3);
  report.roofline->library_trials.resize(2);
  report.roofline->ridge_points.resize(1);
  report.roofline->sweep.resize(8);
  report.plan.steps.resize(6);
  report.machine.facts.resize(6);
  // A closed loop with runs, Offline, a queue with a bound, frames.
  std::vector<ScenarioResult>& scenarios = report.scenarios;
  scenarios.erase(scenarios.begin() + 3);
  scenarios.erase(scenarios.begin() + 1);
  for (ScenarioResult& scenario : scenarios) {
    scenario.latencies.resize(5);
    scenario.histogram.counts.resize(3);
    scenario.batches.counts.resize(std::min<std::size_t>(scenario.batches.counts.size(), 2));
  }
  scenarios[0].runs.resize(2);
  scenarios[1].latencies.clear();
  report.peak_rates.resize(1);
  const auto shorten = [](PeakRate& peak) { peak.probes.resize(2); };
  for (PeakRate& peak : report.peak_rates) shorten(peak);
  report.load_sweeps[0].points.resize(2);
  CloudResult& cloud = *report.tracks[0].cloud;
  cloud.points.resize(1);
  shorten(cloud.points[0].alone);
  shorten(cloud.points[0].batched);
  report.tracks[1].edge->trials.resize(2);
  report.calibration->schedule_slip.resize(1);
  report.calibration->queue.erase(report.calibration->queue.begin() + 1,
                                  report.calibration->queue.end() - 1);
  return report;
}

bool is_plain(const std::string& text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7F) return false;
  }
  return true;
}

struct Tally {
  std::size_t read = 0;
  std::size_t refused = 0;
};

/// What every verb would do with the file. Anything but InputError ends the test, a crash all the
/// more.
void use(const std::string& document, Tally& tally) {
  try {
    const Report report = read_document(document);
    ++tally.read;
    TextOptions options;
    options.width = 40 + static_cast<int>(tally.read % 80);
    ASSERT_TRUE(is_plain(summary_text(report, options)));
    ASSERT_TRUE(is_plain(roofline_text(report, options)));
    ASSERT_TRUE(is_plain(probe_text(report, options)));
    ASSERT_TRUE(is_plain(plan_text(report.plan, options)));
    ASSERT_TRUE(is_plain(check_text(check_document(document), options)));
    // What was read once reads again.
    (void)read_document(write_document(report));
  } catch (const InputError& error) {
    ++tally.refused;
    ASSERT_TRUE(is_plain(error.what())) << error.what();
    ASSERT_FALSE(std::string(error.what()).empty());
  }
}

TEST(Fuzz, TheSmallReportReads) {
  Tally tally;
  use(write_document(small_report()), tally);
  EXPECT_EQ(tally.read, 1U);
}

TEST(Fuzz, FilesThatEndTooEarly) {
  const std::string document = write_document(small_report());
  Tally tally;
  for (std::size_t length = 0; length + 2 < document.size(); length += 23)
    use(document.substr(0, length), tally);
  EXPECT_EQ(tally.read, 0U);
  EXPECT_GT(tally.refused, 100U);
}

TEST(Fuzz, FilesWithWrongBytes) {
  const std::string document = write_document(small_report());
  Draw draw(1);
  Tally tally;
  for (int round = 0; round < 3000; ++round) {
    std::string changed = document;
    for (std::size_t i = 0; i <= draw.below(3); ++i) {
      changed[draw.below(changed.size())] = static_cast<char>(draw.below(256));
    }
    use(changed, tally);
  }
  // Positive control: the changes hit both what matters and what does not.
  EXPECT_GT(tally.read, 50U);
  EXPECT_GT(tally.refused, 500U);
}

TEST(Fuzz, FilesWithAChangedDigit) {
  const std::string document = write_document(small_report());
  Draw draw(2);
  Tally tally;
  for (int round = 0; round < 1000; ++round) {
    std::string changed = document;
    const std::size_t digit = changed.find_first_of("0123456789", draw.below(changed.size() - 200));
    changed[digit] = static_cast<char>('0' + draw.below(10));
    use(changed, tally);
  }
  EXPECT_GT(tally.read, 500U);
}

std::vector<JsonValue> odd_values() {
  return {nullptr,
          true,
          0,
          -1,
          1,
          2.5,
          -0.0,
          1e308,
          -1e308,
          5e-324,
          std::numeric_limits<std::int64_t>::max(),
          std::numeric_limits<std::int64_t>::min(),
          std::numeric_limits<std::uint64_t>::max(),
          "",
          "VALID",
          "x\x1b[31m\n",
          std::string(5000, 'a'),
          JsonValue::array(),
          JsonValue::object(),
          JsonValue::Array{1, "a", nullptr},
          JsonValue::Array(300, JsonValue(1)),
          10'000'000'000'000'000,
          1,
          100'000};
}

TEST(Fuzz, EveryValueMadeOdd) {
  const JsonValue document = parse_json(write_document(small_report()));
  Tally tally;
  const std::vector<JsonValue> odd = odd_values();
  Draw draw(3);
  for (const Place& place : leaves(document)) {
    for (std::size_t i = 0; i < 3; ++i) {
      use(write_json(replaced(document, place.path, odd[draw.below(odd.size())]), 0), tally);
    }
  }
  EXPECT_GT(tally.read, 200U);
  EXPECT_GT(tally.refused, 500U);
}

TEST(Fuzz, PartsPutWhereTheyDoNotBelong) {
  const JsonValue document = parse_json(write_document(small_report()));
  const std::vector<Place> places = members(document);
  Draw draw(4);
  Tally tally;
  for (int round = 0; round < 1000; ++round) {
    const Place& from = places[draw.below(places.size())];
    const Place& to = places[draw.below(places.size())];
    use(write_json(replaced(document, to.path, from.value), 0), tally);
  }
  EXPECT_GT(tally.refused, 200U);
}

void make_extreme(ServerProbe& probe, Nanoseconds longest) {
  probe = {1e308,
           1e308,
           std::numeric_limits<std::uint64_t>::max(),
           1e308,
           longest,
           longest,
           longest,
           1e308,
           1e308,
           1e308,
           1.0,
           true,
           Validity::kValid};
}

void make_extreme(PeakRate& peak, Nanoseconds longest) {
  peak.bound = peak.max_delay = longest;
  peak.max_batch = std::numeric_limits<std::uint64_t>::max();
  peak.worker_threads = std::numeric_limits<int>::max();
  peak.rate_qps = peak.low_qps = peak.high_qps = peak.service_cv2 = 1e308;
  peak.replicates_qps.assign(100, 1e308);
  for (ServerProbe& probe : peak.probes) make_extreme(probe, longest);
}

void make_serving_extreme(Report& report, Nanoseconds longest) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  for (PeakRate& peak : report.peak_rates) make_extreme(peak, longest);
  report.peak_rates.push_back(report.peak_rates[0]);
  // A queue of few servers whose service is far shorter, or far longer, than the bound.
  report.peak_rates.back().worker_threads = 4096;
  report.peak_rates.back().predictions = {{"M/M/4096", 1.0}, {"M/D/1", 1.0}};
  report.peak_rates.push_back(report.peak_rates.back());
  report.peak_rates.back().service_mean_ns = 1e-300;
  report.peak_rates.push_back(report.peak_rates.back());
  report.peak_rates.back().service_mean_ns = 1e308;
  for (ServerProbe& probe : report.load_sweeps[0].points) make_extreme(probe, longest);
  for (CloudPoint& point : report.tracks[0].cloud->points) {
    make_extreme(point.alone, longest);
    point.k = 1e308;
    point.gap = point.closed = {-1e308, -1e308, 1e308};
  }
  EdgeResult& edge = *report.tracks[1].edge;
  edge.alone_p50_ns = 5e-324;
  edge.threads = edge.naive = edge.holds = std::numeric_limits<int>::max();
  for (CameraTrial& trial : edge.trials) {
    trial.frames = trial.missed = kMost;
    trial.cameras = std::numeric_limits<int>::max();
  }
  MobileResult& mobile = *report.tracks[2].mobile;
  mobile.frames = mobile.missed = kMost;
  mobile.frames_per_s = 5e-324;
  mobile.missed_by_tenth.assign(10, kMost);
  for (SlipCalibration& slip : report.calibration->schedule_slip) slip.queries = kMost;
  for (QueueCalibration& queue : report.calibration->queue) {
    queue.queries = kMost;
    queue.utilisation = queue.service_ns = queue.theory_mean_ns = 1e308;
  }
}

/// Every figure that the reader lets through at once extreme: sums and ranks must not overflow.
TEST(Fuzz, LargestFiguresAllowed) {
  Report report = small_report();
  const Nanoseconds longest(10'000'000'000'000'000);
  for (Roof& roof : report.roofline->roofs) {
    roof.series.windows.assign(2000, longest);
    roof.series.work_per_window = std::numeric_limits<std::uint64_t>::max();
    roof.core_to_core = longest;
    roof.moved_per_counted_1000 = Bytes(std::numeric_limits<std::uint64_t>::max());
    roof.sustained = SustainedHeight{1e308, longest, std::numeric_limits<std::uint64_t>::max()};
  }
  for (Dot& dot : report.roofline->dots) {
    dot.shape = MatrixShape{1'000'000'000, 1'000'000'000, 1'000'000'000};
    dot.working_set = Bytes(std::numeric_limits<std::uint64_t>::max());
  }
  for (CacheLevel& level : report.roofline->cache_levels) {
    level.found = level.told =
        Reading<Bytes>::of(Bytes(std::numeric_limits<std::uint64_t>::max()), "x");
  }
  for (ScenarioResult& scenario : report.scenarios) {
    scenario.latencies.assign(3000, longest);
    scenario.latencies[0] = Nanoseconds(0);
    scenario.duration = scenario.min_duration = longest;
    scenario.queries = scenario.samples = scenario.dropped =
        std::numeric_limits<std::uint64_t>::max();
    scenario.slip = {longest, longest, longest, longest, 1.0};
    scenario.samples_per_query = std::numeric_limits<std::uint64_t>::max();
    scenario.refused = scenario.undrained = scenario.samples;
    scenario.queue = {1e308, 1e308, longest, longest, longest};
    scenario.service = scenario.queue;
    scenario.batches = {8, longest, std::vector<std::uint64_t>(8, 1'000'000'000)};
    scenario.bound = BoundRecord{999'999,
                                 longest,
                                 scenario.samples,
                                 1.0,
                                 0.0,
                                 1.0,
                                 1e308,
                                 scenario.samples,
                                 scenario.samples,
                                 false};
    scenario.early_stopping = EarlyStoppingFigure{990'000, scenario.samples, longest, std::nullopt};
    scenario.frames = FrameRecord{longest, longest, scenario.samples, longest, longest};
    scenario.arrivals.target_qps = scenario.arrivals.offered_qps = 1e308;
    scenario.runs.assign(10,
                         RunRecord{scenario.samples,
                                   scenario.samples,
                                   1e308,
                                   1e308,
                                   longest,
                                   longest,
                                   longest,
                                   Validity::kValid,
                                   true});
    scenario.histogram.alpha = 0.0001;
    scenario.histogram.first_bucket = 1'000'000;
    scenario.histogram.counts.assign(100, 10'000'000'000ULL);
    scenario.flops_per_sample = Flops(std::numeric_limits<std::uint64_t>::max());
    scenario.rate = SamplesPerSecond::per_second(1e308);
  }
  make_serving_extreme(report, longest);
  report.quiet.disturbance.wall = longest;
  report.quiet.noise_floor[0].gaps = std::numeric_limits<std::uint64_t>::max();
  Tally tally;
  use(write_document(report), tally);
  report.scenarios[0].latencies.clear();
  use(write_document(report), tally);
  EXPECT_EQ(tally.read, 2U);
}

TEST(Fuzz, ADeepFileIsRefused) {
  Tally tally;
  use(std::string(100'000, '['), tally);
  use("{\"schema\":" + std::string(5000, '[') + std::string(5000, ']') + "}", tally);
  EXPECT_EQ(tally.refused, 2U);
}

}  // namespace
}  // namespace perfbench
