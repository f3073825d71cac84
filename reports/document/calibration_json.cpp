// The harness held against known truths.
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "reports/document/common_json.hpp"
#include "reports/document/sections_json.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kMaxRates = 1000;
constexpr std::size_t kMaxQueues = 1000;
constexpr std::size_t kMaxReasons = 100;

std::optional<double> read_optional_amount(const JsonCursor& parent, std::string_view key) {
  const JsonCursor at = parent.at(key);
  if (at.is_null()) return std::nullopt;
  return read_amount(at);
}

JsonValue to_json(const SlipCalibration& slip) {
  JsonValue json = JsonValue::object();
  json.set("target_qps", slip.target_qps)
      .set("queries", slip.queries)
      .set("p50_ns", slip.p50.count())
      .set("p99_ns", slip.p99.count())
      .set("p99_9_ns", slip.p99_9.count())
      .set("over_1us_fraction", slip.over_1us_fraction)
      .set("gap_p99_ns", optional_to_json(slip.gap_p99))
      .set("gap_loss_fraction", optional_to_json(slip.gap_loss_fraction));
  return json;
}

SlipCalibration read_slip_calibration(const JsonCursor& at) {
  SlipCalibration slip;
  slip.target_qps = read_amount(at.at("target_qps"));
  slip.queries = at.at("queries").as_uint64();
  slip.p50 = read_duration(at.at("p50_ns"));
  slip.p99 = read_duration(at.at("p99_ns"));
  slip.p99_9 = read_duration(at.at("p99_9_ns"));
  slip.over_1us_fraction = read_fraction(at.at("over_1us_fraction"));
  slip.gap_p99 = read_optional_duration(at, "gap_p99_ns");
  slip.gap_loss_fraction = read_optional_amount(at, "gap_loss_fraction");
  return slip;
}

JsonValue to_json(const QueueCalibration& queue) {
  JsonValue json = JsonValue::object();
  json.set("model", queue.model)
      .set("utilisation", queue.utilisation)
      .set("target_qps", queue.target_qps)
      .set("queries", queue.queries)
      .set("service_ns", queue.service_ns)
      .set("measured_mean_ns", queue.measured_mean_ns)
      .set("lindley_mean_ns", queue.lindley_mean_ns)
      .set("lindley_issued_mean_ns", queue.lindley_issued_mean_ns)
      .set("slip_mean_ns", queue.slip_mean_ns)
      .set("theory_mean_ns", queue.theory_mean_ns)
      .set("theory_standard_error_ns", queue.theory_standard_error_ns)
      .set("measured_p99_ns", optional_to_json(queue.measured_p99_ns))
      .set("lindley_p99_ns", optional_to_json(queue.lindley_p99_ns))
      .set("stalled", queue.stalled)
      .set("quiet", queue.quiet)
      .set("disturbed_by", strings_to_json(queue.disturbed_by));
  return json;
}

QueueCalibration read_queue_calibration(const JsonCursor& at) {
  QueueCalibration queue;
  queue.model = at.at("model").as_string();
  queue.utilisation = read_amount(at.at("utilisation"));
  queue.target_qps = read_amount(at.at("target_qps"));
  queue.queries = at.at("queries").as_uint64();
  queue.service_ns = read_amount(at.at("service_ns"));
  queue.measured_mean_ns = read_amount(at.at("measured_mean_ns"));
  queue.lindley_mean_ns = read_amount(at.at("lindley_mean_ns"));
  queue.lindley_issued_mean_ns = read_amount(at.at("lindley_issued_mean_ns"));
  queue.slip_mean_ns = read_amount(at.at("slip_mean_ns"));
  queue.theory_mean_ns = read_amount(at.at("theory_mean_ns"));
  queue.theory_standard_error_ns = read_amount(at.at("theory_standard_error_ns"));
  queue.measured_p99_ns = read_optional_amount(at, "measured_p99_ns");
  queue.lindley_p99_ns = read_optional_amount(at, "lindley_p99_ns");
  queue.stalled = at.at("stalled").as_bool();
  queue.quiet = at.at("quiet").as_bool();
  for (const JsonCursor& reason : read_elements(at.at("disturbed_by"), kMaxReasons)) {
    queue.disturbed_by.push_back(reason.as_string());
  }
  return queue;
}

}  // namespace

JsonValue to_json(const CalibrationSection& calibration) {
  JsonValue slips = JsonValue::array();
  for (const SlipCalibration& slip : calibration.schedule_slip) slips.push_back(to_json(slip));
  JsonValue queues = JsonValue::array();
  for (const QueueCalibration& queue : calibration.queue) queues.push_back(to_json(queue));
  JsonValue overhead = JsonValue::object();
  overhead.set("reported_latency_p50_ns", calibration.null_reported_latency_p50_ns)
      .set("between_queries_p50_ns", calibration.null_between_queries_p50_ns);
  JsonValue json = JsonValue::object();
  json.set("schedule_slip", std::move(slips))
      .set("clock_read_ns", calibration.clock_read_ns)
      .set("null_overhead", std::move(overhead))
      .set("offline_null_samples_per_s", calibration.offline_null_samples_per_s)
      .set("server_null_qps", calibration.server_null_qps)
      .set("queue", std::move(queues));
  add_verdict(json, calibration.verdict);
  return json;
}

CalibrationSection read_calibration(const JsonCursor& at) {
  CalibrationSection calibration;
  for (const JsonCursor& slip : read_elements(at.at("schedule_slip"), kMaxRates)) {
    calibration.schedule_slip.push_back(read_slip_calibration(slip));
  }
  calibration.clock_read_ns = read_amount(at.at("clock_read_ns"));
  const JsonCursor overhead = at.at("null_overhead");
  calibration.null_reported_latency_p50_ns = read_amount(overhead.at("reported_latency_p50_ns"));
  calibration.null_between_queries_p50_ns = read_amount(overhead.at("between_queries_p50_ns"));
  calibration.offline_null_samples_per_s = read_amount(at.at("offline_null_samples_per_s"));
  calibration.server_null_qps = read_amount(at.at("server_null_qps"));
  for (const JsonCursor& queue : read_elements(at.at("queue"), kMaxQueues)) {
    calibration.queue.push_back(read_queue_calibration(queue));
  }
  calibration.verdict = read_verdict(at);
  return calibration;
}

}  // namespace perfbench
