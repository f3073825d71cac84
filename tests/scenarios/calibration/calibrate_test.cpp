#include "scenarios/calibration/calibrate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/judge/calibration.hpp"
#include "harness/core/stats/fifo_queue.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "scenarios/calibration/stalling_workload.hpp"
#include "scenarios/schedule/arrival_schedule.hpp"
#include "tests/support/fake_clock.hpp"

namespace perfbench {
namespace {

constexpr Nanoseconds kService{500'000};

Disturbance quiet_machine() {
  Disturbance quiet;
  quiet.wall = std::chrono::seconds(1);
  quiet.foreign_cpu_cores = Reading<double>::of(0.0, "script");
  quiet.foreign_worst_cpu = Reading<double>::of(0.0, "script");
  quiet.steal_fraction = Reading<double>::of(0.0, "script");
  quiet.share = Reading<double>::of(1.0, "script");
  quiet.gap_loss_fraction = Reading<double>::of(0.001, "script");
  quiet.quota_throttled = Reading<std::int64_t>::of(0, "script");
  return quiet;
}

/// A machine that serves as a queue does, but for what a test adds.
struct Simulated {
  Nanoseconds added{0};  ///< To every latency of an open loop: what a biased harness would report.
  Nanoseconds slip{60};
  double slows_above_qps = 1e12;
  bool quiet = true;
  Nanoseconds late{0};             ///< Of the generator, at each query.
  int workers = 1;                 ///< That serve, whatever was asked for.
  std::vector<int> wanted;         ///< Workers asked for where queries are looked at.
  std::vector<std::string> rungs;  ///< Rungs asked for of what spins.
  int interrupt_after = 1 << 20;
  Interruption interruption;
  int runs = 0;

  ServedRun operator()(const ScenarioSettings& settings, bool with_queries) {
    if (++runs == interrupt_after) interruption.request(2);
    if (with_queries) wanted.push_back(settings.workers);
    if (settings.workload != kNullWorkload) rungs.push_back(settings.rung);
    ServedRun served;
    ScenarioResult& result = served.result;
    result.scenario = settings.scenario;
    result.worker_threads = workers;
    result.partial = interruption.requested();
    if (quiet) result.disturbance = quiet_machine();
    if (settings.scenario == Scenario::kServer) {
      serve(settings, served);
    } else {
      const bool spins = settings.workload == kSpinWorkload;
      result.queries = 1000;
      const std::vector<Nanoseconds> latencies(1000, spins ? kService : Nanoseconds(45));
      result.latency = summarize_latencies(latencies);
      result.duration = Nanoseconds(1000 * 160);
      result.rate = SamplesPerSecond::per_second(2e7);
    }
    if (!with_queries) {
      served.latencies.clear();
      served.services.clear();
      served.slips.clear();
    }
    return served;
  }

  void serve(const ScenarioSettings& settings, ServedRun& served) const {
    const ArrivalCount count = count_arrivals(settings.arrivals, settings.stop);
    ArrivalSchedule schedule(settings.arrivals, count, arrival_seed(settings.seed));
    FifoQueue queue;
    Nanoseconds next_stall = std::chrono::seconds(2);
    while (const auto arrival = schedule.next()) {
      Nanoseconds service = settings.workload == kNullWorkload ? Nanoseconds(50) : kService;
      if (settings.workload == kStallWorkload && *arrival >= next_stall) {
        service += std::chrono::milliseconds(20);
        next_stall += std::chrono::seconds(2);
      }
      served.services.push_back(service);
      served.slips.push_back(late);
      served.latencies.push_back(late + queue.sojourn(*arrival + late, service) + added);
    }
    served.result.queries = served.services.size();
    served.result.slip.p50 = slip;
    served.result.slip.p99 = 4 * slip;
    served.result.slip.p99_9 = 9 * slip;
    const double qps = settings.arrivals.target_qps;
    served.result.rate = SamplesPerSecond::per_second(std::min(qps, slows_above_qps));
  }
};

CalibrationSection calibrate_with(Simulated& machine) {
  CalibrationMachine calls;
  calls.run = [&machine](const ScenarioSettings& settings, bool with_queries) {
    return machine(settings, with_queries);
  };
  calls.clock_read_ns = [] { return 20.0; };
  calls.gaps = [] { return Reading<NoiseFloor>::unavailable("not scripted"); };
  CalibrationOptions options;
  options.at_most = std::chrono::seconds(25);
  NullProgress progress;
  return calibrate(options, calls, machine.interruption, progress);
}

bool has_reason(const Verdict& verdict, const std::string& id) {
  return std::any_of(verdict.reasons.begin(), verdict.reasons.end(), [&](const Reason& reason) {
    return reason.id == id;
  });
}

TEST(Calibrate, AMachineThatIsAQueueIsValid) {
  Simulated machine;
  machine.slows_above_qps = 700'000;
  const CalibrationSection section = calibrate_with(machine);
  EXPECT_EQ(section.verdict.validity, Validity::kValid);
  ASSERT_EQ(section.schedule_slip.size(), 3U);
  EXPECT_EQ(section.schedule_slip[2].target_qps, 1e5);
  EXPECT_EQ(section.schedule_slip[2].p50, Nanoseconds(60));
  EXPECT_FALSE(section.schedule_slip[2].gap_p99.has_value());
  EXPECT_EQ(section.null_reported_latency_p50_ns, 45.0);
  EXPECT_EQ(section.null_between_queries_p50_ns, 160.0);
  EXPECT_EQ(section.offline_null_samples_per_s, 2e7);
  EXPECT_EQ(section.server_null_qps, 6e5) << "the last rate that was held";
  ASSERT_EQ(section.queue.size(), 4U);
  for (const QueueCalibration& queue : section.queue) {
    EXPECT_EQ(queue.measured_mean_ns, queue.lindley_mean_ns);
    EXPECT_TRUE(queue.quiet);
  }
  // Theory agrees with the recursion within its sampling error, and so does no other load's.
  const QueueCalibration& half = section.queue[1];
  EXPECT_EQ(half.utilisation, 0.5);
  EXPECT_NEAR(half.theory_mean_ns, 750'000.0, 1.0);
  EXPECT_GT(half.theory_standard_error_ns, 0.0);
  EXPECT_LT(half.theory_standard_error_ns, 25'000.0);
  EXPECT_NEAR(half.lindley_mean_ns, half.theory_mean_ns, 5.0 * half.theory_standard_error_ns);
  const QueueCalibration& stalled = section.queue[3];
  EXPECT_TRUE(stalled.stalled);
  ASSERT_TRUE(stalled.measured_p99_ns.has_value());
  EXPECT_EQ(stalled.theory_mean_ns, 0.0) << "M/D/1 does not stop";
  EXPECT_EQ(stalled.theory_standard_error_ns, 0.0);
  EXPECT_GT(*stalled.measured_p99_ns, 5e6) << "those who wait while the server stops are counted";
  EXPECT_FALSE(half.measured_p99_ns.has_value());
}

TEST(Calibrate, ABiasedLatencyIsInvalidOnAQuietMachineAndInconclusiveElse) {
  Simulated machine;
  machine.added = Nanoseconds(50'000);
  const CalibrationSection quiet = calibrate_with(machine);
  EXPECT_EQ(quiet.verdict.validity, Validity::kInvalid);
  EXPECT_TRUE(has_reason(quiet.verdict, "queue"));
  machine.quiet = false;
  const CalibrationSection disturbed = calibrate_with(machine);
  EXPECT_EQ(disturbed.verdict.validity, Validity::kInconclusive);
  EXPECT_TRUE(has_reason(disturbed.verdict, "queue-disturbed"));
  EXPECT_FALSE(disturbed.queue.front().disturbed_by.empty());
}

TEST(Calibrate, ALateGeneratorIsADisturbance) {
  Simulated machine;
  machine.late = Nanoseconds(50'000);
  const CalibrationSection section = calibrate_with(machine);
  EXPECT_FALSE(section.queue.front().quiet);
  EXPECT_EQ(section.queue.front().slip_mean_ns, 50'000.0);
  // Off the schedule's recursion by a tenth, and right over the times of issue: the machine's
  // doing.
  EXPECT_GT(section.queue.front().measured_mean_ns, 1.05 * section.queue.front().lindley_mean_ns);
  EXPECT_EQ(section.queue.front().measured_mean_ns, section.queue.front().lindley_issued_mean_ns);
  EXPECT_EQ(section.verdict.validity, Validity::kValid);
  EXPECT_TRUE(has_reason(section.verdict, "queue-late"));
  EXPECT_NE(section.queue.front().disturbed_by.back().find(" us late"), std::string::npos);
  // A tenth of the service: more of a long queue than of a short one, and all of it told.
  for (const QueueCalibration& queue : section.queue) {
    const double late = queue.lindley_issued_mean_ns - queue.lindley_mean_ns;
    EXPECT_EQ(queue.quiet, late <= 0.01 * queue.lindley_mean_ns) << queue.utilisation;
  }
}

// A mean that holds over the times of issue says nothing of the tail.
TEST(Calibrate, AMeanDoesNotExcuseATail) {
  Simulated machine;
  CalibrationSection section = calibrate_with(machine);
  QueueCalibration& stalled = section.queue.back();
  ASSERT_TRUE(stalled.measured_p99_ns.has_value());
  stalled.quiet = false;
  EXPECT_EQ(judge_calibration(section).validity, Validity::kValid);
  stalled.measured_p99_ns = 1.06 * *stalled.lindley_p99_ns;
  EXPECT_EQ(judge_calibration(section).validity, Validity::kInconclusive);
}

TEST(Calibrate, AGeneratorThatSleepsIsInvalid) {
  Simulated machine;
  machine.slip = Nanoseconds(70'000);
  const CalibrationSection section = calibrate_with(machine);
  EXPECT_EQ(section.verdict.validity, Validity::kInvalid);
  EXPECT_TRUE(has_reason(section.verdict, "slip"));
  EXPECT_EQ(section.server_null_qps, 0.0) << "no rate was kept up with";
}

TEST(Calibrate, AnOverheadAboveItsBarIsInvalid) {
  Simulated machine;
  CalibrationSection section = calibrate_with(machine);
  section.null_reported_latency_p50_ns = 61.0;
  EXPECT_EQ(judge_calibration(section).validity, Validity::kInvalid);
  section.null_reported_latency_p50_ns = 60.0;
  EXPECT_EQ(judge_calibration(section).validity, Validity::kValid);
  section.null_between_queries_p50_ns = 201.0;
  EXPECT_EQ(judge_calibration(section).validity, Validity::kInvalid);
}

TEST(Calibrate, AnInterruptionKeepsWhatThereIs) {
  Simulated machine;
  machine.interruption.request(2);
  const CalibrationSection section = calibrate_with(machine);
  EXPECT_EQ(machine.runs, 0);
  EXPECT_TRUE(section.schedule_slip.empty());
  EXPECT_EQ(section.verdict.validity, Validity::kInconclusive);
}

TEST(Calibrate, EndedEarlyItIsNotValid) {
  // Three rates of slip, nine runs of no work, Offline, up to seven rates of Server, a look, four
  // queues.
  for (const int runs : {1, 3, 12, 13, 20, 21, 22, 24, 25}) {
    Simulated machine;
    machine.interrupt_after = runs;
    const CalibrationSection section = calibrate_with(machine);
    EXPECT_EQ(section.verdict.validity, Validity::kInconclusive) << runs;
    EXPECT_TRUE(has_reason(section.verdict, "partial")) << runs;
    EXPECT_LT(section.queue.size(), kCalibrationQueues) << runs;
  }
}

TEST(Calibrate, TheQueuesAreOfOneServer) {
  Simulated machine;
  static_cast<void>(calibrate_with(machine));
  EXPECT_EQ(machine.wanted, std::vector<int>(kCalibrationQueues, 1));
  // The rates are found from the service that is then served.
  EXPECT_EQ(machine.rungs, std::vector<std::string>(kCalibrationQueues + 1, "500us"));
  machine.workers = 2;
  const CalibrationSection section = calibrate_with(machine);
  EXPECT_TRUE(section.queue.empty());
  EXPECT_TRUE(has_reason(section.verdict, "partial"));
}

TEST(Calibrate, APartThatIsMissingLeavesItOpen) {
  Simulated machine;
  const CalibrationSection whole = calibrate_with(machine);
  CalibrationSection section = whole;
  section.schedule_slip.clear();
  EXPECT_EQ(judge_calibration(section).validity, Validity::kInconclusive);
  section = whole;
  section.null_between_queries_p50_ns = 0.0;
  EXPECT_EQ(judge_calibration(section).validity, Validity::kInconclusive);
  section = whole;
  section.queue.pop_back();
  const Verdict verdict = judge_calibration(section);
  ASSERT_EQ(verdict.reasons.size(), 1U);
  EXPECT_EQ(verdict.reasons[0].text,
            "the calibration is not whole: it lacks queues with a known truth (3 of 4)");
}

class IdleWorkload final : public Workload {
 public:
  [[nodiscard]] const WorkloadInfo& info() const noexcept override { return info_; }
  void load() override {}
  [[nodiscard]] SampleIndex sample_count() const noexcept override { return 1; }
  [[nodiscard]] std::size_t max_batch() const noexcept override { return 1; }
  [[nodiscard]] Work work(std::size_t) const noexcept override { return {}; }
  [[nodiscard]] Verification verify() override { return {true, ""}; }
  void execute(std::span<const SampleIndex>) override {}
  [[nodiscard]] bool answer_holds(std::size_t, SampleIndex) const noexcept override { return true; }
  [[nodiscard]] std::uint64_t checksum() const noexcept override { return 0; }

 private:
  WorkloadInfo info_;
};

TEST(StallingWorkload, StopsOnceInEachInterval) {
  FakeClock clock;
  WorkloadEntry entry;
  entry.make = [] { return std::make_unique<IdleWorkload>(); };
  const StallScript script{std::chrono::milliseconds(100), std::chrono::milliseconds(5)};
  const std::unique_ptr<Workload> workload = with_stalls(entry, script, clock).make();
  workload->load();
  const TimePoint start = clock.now();
  const SampleIndex sample[] = {0};
  const auto took = [&] {
    const TimePoint before = clock.now();
    workload->execute(sample);
    return clock.now() - before;
  };
  EXPECT_LT(took(), script.length);
  static_cast<void>(clock.spin_until(start + std::chrono::milliseconds(101)));
  EXPECT_GE(took(), script.length);
  EXPECT_LT(took(), script.length) << "once";
  // Idle over several intervals: one stall, not one for each.
  static_cast<void>(clock.spin_until(start + std::chrono::milliseconds(450)));
  EXPECT_GE(took(), script.length);
  EXPECT_LT(took(), script.length);
}

}  // namespace
}  // namespace perfbench
