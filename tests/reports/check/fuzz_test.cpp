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
  report.scenarios.erase(report.scenarios.begin() + 1);
  report.scenarios.resize(2);
  for (ScenarioResult& scenario : report.scenarios) {
    scenario.latencies.resize(5);
    scenario.histogram.counts.resize(3);
  }
  report.scenarios[1].latencies.clear();
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
  for (int round = 0; round < 2000; ++round) {
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
    scenario.slip_p99 = longest;
    scenario.histogram.alpha = 0.0001;
    scenario.histogram.first_bucket = 1'000'000;
    scenario.histogram.counts.assign(100, 10'000'000'000ULL);
    scenario.flops_per_sample = Flops(std::numeric_limits<std::uint64_t>::max());
    scenario.rate = SamplesPerSecond::per_second(1e308);
  }
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
