#include <algorithm>
#include <vector>

#include "harness/core/units/check.hpp"
#include "scenarios/drivers/driver.hpp"
#include "scenarios/drivers/driver_loop.hpp"

namespace perfbench {

DriverRun run_offline(SystemUnderTest& sut,
                      CompletionLatch& latch,
                      const DriverSettings& settings,
                      const DriverContext& context) {
  const std::size_t batch = sut.max_batch();
  CHECK(batch > 0, "a system under test takes at least one sample");
  const SampleIndex set = sut.sample_count();
  CHECK(set > 0, "a workload lays out at least one sample");
  std::vector<QuerySample> samples(batch);
  std::uint64_t next = 0;
  const auto issue_next = [&]() noexcept {
    for (QuerySample& sample : samples) {
      sample.id = next;
      sample.index = next % set;
      ++next;
    }
    latch.arm(batch);
    driver_detail::Issued issued;
    issued.at = context.clock.now();
    sut.issue(samples);
    issued.done = latch.wait();
    return issued;
  };
  driver_detail::LoopSettings loop{settings.stop, settings.warm_up, settings.record_at_most, batch};
  // MLPerf: at least 24,576 samples, or the sample set where that is smaller.
  loop.stop.min_queries = std::min<std::uint64_t>(loop.stop.min_queries, set);
  DriverRun run = driver_detail::run_loop(issue_next, loop, context);
  run.queries = run.samples > 0 ? 1 : 0;
  sut.flush();
  run.checksum = sut.checksum();
  return run;
}

}  // namespace perfbench
