#include "harness/core/plan/random.hpp"
#include "scenarios/drivers/driver.hpp"
#include "scenarios/drivers/driver_loop.hpp"

namespace perfbench {

DriverRun run_single_stream(SystemUnderTest& sut,
                            CompletionLatch& latch,
                            const DriverSettings& settings,
                            const DriverContext& context) {
  SampleIndexGenerator indices(settings.seed, sut.sample_count());
  QuerySample sample;
  const auto issue_next = [&]() noexcept {
    sample.index = indices.next();
    ++sample.id;
    latch.arm(1);
    driver_detail::Issued issued;
    issued.at = context.clock.now();
    sut.issue(std::span<const QuerySample>(&sample, 1));
    issued.done = latch.wait();
    return issued;
  };
  DriverRun run = driver_detail::run_loop(
      issue_next, {settings.stop, settings.warm_up, settings.record_at_most, 1}, context);
  sut.flush();
  run.checksum = sut.checksum();
  return run;
}

}  // namespace perfbench
