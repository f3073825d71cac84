#include "harness/core/stats/queue_theory.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kNsPerS = 1e9;
/// Halvings of a bracket.
constexpr int kBisections = 60;
/// Arrivals during one service beyond these have no weight: P(A > 40) is below 1e-48 at a mean of
/// 1.
constexpr std::size_t kMostArrivals = 40;

double probability_of(Ppm ppm) {
  CHECK(ppm > 0 && ppm < kOneMillion, "a percentile lies between 0 and 1");
  return static_cast<double>(ppm) / kOneMillion;
}

/// P(sojourn > t) of M/M/c; t in services.
double mmc_exceeds(double waits, int servers, double utilisation, double t) {
  // Waiting, where there is any, is exponential with the rate at which the queue can shrink.
  const double shrinking = servers * (1.0 - utilisation);
  const double difference = shrinking - 1.0;
  const double of_service = std::exp(-t);
  const double mixed = std::abs(difference) < 1e-9
                           ? t * of_service
                           : (of_service - std::exp(-shrinking * t)) / difference;
  return of_service + waits * mixed;
}

/// The number in an M/D/1 queue, found as far as it is asked for.
class QueueLength {
 public:
  explicit QueueLength(double utilisation) : utilisation_(utilisation) {
    std::vector<double> arrivals(kMostArrivals + 2);
    arrivals[0] = std::exp(-utilisation);
    for (std::size_t i = 1; i < arrivals.size(); ++i)
      arrivals[i] = arrivals[i - 1] * utilisation / static_cast<double>(i);
    none_ = arrivals[0];
    more_than_.resize(arrivals.size(), 0.0);
    for (std::size_t i = arrivals.size() - 1; i > 0; --i)
      more_than_[i - 1] = more_than_[i] + arrivals[i];
    probability_.push_back(1.0 - utilisation);
    at_most_.push_back(1.0 - utilisation);
  }

  /// P(number in the system <= k).
  double at_most(std::size_t k) {
    while (at_most_.size() <= k) extend();
    return at_most_[k];
  }

  /// P(waiting <= x), x in services: by Tijms, a sum over the queue that was met and the arrivals
  /// in the rest of a service.
  double waiting_at_most(double x) {
    if (x < 0.0) return 0.0;
    const double whole = std::floor(x) + 1.0;
    const auto k = static_cast<std::size_t>(whole);
    const double rest = utilisation_ * (whole - x);
    double weight = std::exp(-rest);
    double sum = 0.0;
    for (std::size_t j = 0; j < k && j <= kMostArrivals; ++j) {
      sum += weight * at_most(k - j);
      weight *= rest / static_cast<double>(j + 1);
    }
    return std::min(sum, 1.0);
  }

 private:
  /// What goes up past a number must come down past it: at the ends of services, from j + 1 to j
  /// in one step of none arriving, up from any number by several.
  void extend() {
    const std::size_t j = probability_.size() - 1;
    double up = probability_[0] * (j < more_than_.size() ? more_than_[j] : 0.0);
    for (std::size_t i = j + 1 > kMostArrivals ? j + 1 - kMostArrivals : 1; i <= j; ++i)
      up += probability_[i] * more_than_[j + 1 - i];
    probability_.push_back(up / none_);
    at_most_.push_back(at_most_.back() + probability_.back());
  }

  double utilisation_;
  double none_ = 1.0;
  std::vector<double> more_than_;  // P(arrivals in a service > i)
  std::vector<double> probability_;
  std::vector<double> at_most_;
};

void check_md1(const QueueLoad& load) {
  CHECK(load.servers == 1, "this formula is of one server");
  CHECK(load.service_mean_ns > 0.0 && load.arrivals_per_s >= 0.0, "a queue needs a service time");
}

/// Whether the bound holds at this utilisation.
bool holds(const RateQuestion& question, double utilisation) {
  const double p = probability_of(question.ppm);
  const double t = static_cast<double>(question.bound.count()) / question.service_mean_ns;
  if (question.model == QueueModel::kMD1)
    return t >= 1.0 && QueueLength(utilisation).waiting_at_most(t - 1.0) >= p;
  const double waits = erlang_c(question.servers, utilisation * question.servers);
  return mmc_exceeds(waits, question.servers, utilisation, t) <= 1.0 - p;
}

double exponential(const RandomBits& bits) {
  constexpr int kSpare = 11;  // 53 bits of 64.
  return -std::log((static_cast<double>(bits() >> kSpare) + 0.5) * 0x1.0p-53);
}

}  // namespace

double erlang_c(int servers, double offered) {
  CHECK(servers >= 1 && offered >= 0.0, "a queue has servers and a load");
  if (offered >= servers) return 1.0;
  // Erlang's B by its recursion, then C from B.
  double blocked = 1.0;
  for (int s = 1; s <= servers; ++s) blocked = offered * blocked / (s + offered * blocked);
  return blocked / (1.0 - offered / servers * (1.0 - blocked));
}

double mmc_mean_sojourn_ns(const QueueLoad& load) {
  const double utilisation = load.utilisation();
  if (utilisation >= 1.0) return kInfinite;
  const double waits = erlang_c(load.servers, utilisation * load.servers);
  return load.service_mean_ns * (1.0 + waits / (load.servers * (1.0 - utilisation)));
}

double mmc_sojourn_quantile_ns(const QueueLoad& load, Ppm ppm) {
  const double above = 1.0 - probability_of(ppm);
  const double utilisation = load.utilisation();
  if (utilisation >= 1.0) return kInfinite;
  const double waits = erlang_c(load.servers, utilisation * load.servers);
  double low = 0.0;
  double high = 1.0;
  while (mmc_exceeds(waits, load.servers, utilisation, high) > above) high *= 2.0;
  for (int i = 0; i < kBisections; ++i) {
    const double middle = 0.5 * (low + high);
    (mmc_exceeds(waits, load.servers, utilisation, middle) > above ? low : high) = middle;
  }
  return 0.5 * (low + high) * load.service_mean_ns;
}

double mg1_mean_sojourn_ns(const QueueLoad& load, double service_cv2) {
  check_md1(load);
  CHECK(service_cv2 >= 0.0, "a squared coefficient of variation is not negative");
  const double utilisation = load.utilisation();
  if (utilisation >= 1.0) return kInfinite;
  return load.service_mean_ns *
         (1.0 + 0.5 * utilisation * (1.0 + service_cv2) / (1.0 - utilisation));
}

double md1_waiting_probability(const QueueLoad& load, double waiting_ns) {
  check_md1(load);
  if (load.utilisation() >= 1.0) return 0.0;
  return QueueLength(load.utilisation()).waiting_at_most(waiting_ns / load.service_mean_ns);
}

double md1_waiting_quantile_ns(const QueueLoad& load, Ppm ppm) {
  check_md1(load);
  const double p = probability_of(ppm);
  if (load.utilisation() >= 1.0) return kInfinite;
  QueueLength queue(load.utilisation());
  // P(waiting <= k services) is P(number <= k): the whole services first, then their part.
  std::size_t k = 0;
  while (queue.at_most(k) < p) ++k;
  if (k == 0) return 0.0;
  double low = static_cast<double>(k) - 1.0;
  double high = static_cast<double>(k);
  for (int i = 0; i < kBisections; ++i) {
    const double middle = 0.5 * (low + high);
    (queue.waiting_at_most(middle) < p ? low : high) = middle;
  }
  return high * load.service_mean_ns;
}

double md1_sojourn_quantile_ns(const QueueLoad& load, Ppm ppm) {
  return load.service_mean_ns + md1_waiting_quantile_ns(load, ppm);
}

double highest_rate_per_s(const RateQuestion& question) {
  CHECK(question.service_mean_ns > 0.0 && question.servers >= 1, "a queue needs a service time");
  CHECK(question.model != QueueModel::kMD1 || question.servers == 1,
        "the formula of M/D/1 is of one server");
  if (!holds(question, 0.0)) return 0.0;
  double low = 0.0;
  double high = 1.0;
  for (int i = 0; i < kBisections; ++i) {
    const double middle = 0.5 * (low + high);
    if (middle >= 1.0) break;
    (holds(question, middle) ? low : high) = middle;
  }
  return low * question.servers * kNsPerS / question.service_mean_ns;
}

double relaxation_ns(const RateQuestion& question, double service_cv2) {
  const double waiting_ns = static_cast<double>(question.bound.count()) - question.service_mean_ns;
  if (!(waiting_ns > 0.0)) return 0.0;
  const double spread_ns = (1.0 + service_cv2) * question.service_mean_ns / question.servers;
  const double above = 1.0 - probability_of(question.ppm);
  const double idle = std::min(1.0, -std::log(above) * spread_ns / (2.0 * waiting_ns));
  return 2.0 * spread_ns / (idle * idle);
}

RunMean md1_run_mean(const QueueLoad& load,
                     std::uint64_t queries,
                     int replications,
                     const RandomBits& bits) {
  check_md1(load);
  CHECK(queries >= 1 && replications >= 2 && load.arrivals_per_s > 0.0,
        "a sampling error needs runs of some queries, and two of them");
  const double duration = static_cast<double>(queries) * kNsPerS / load.arrivals_per_s;
  std::vector<double> gaps(queries);
  double sum = 0.0;
  double squares = 0.0;
  double pivot = 0.0;
  for (int replication = 0; replication < replications; ++replication) {
    // Gaps over their sum are those of uniform arrivals; the one after the last arrival counts.
    double total = exponential(bits);
    for (double& gap : gaps) total += gap = exponential(bits);
    double waiting = 0.0;
    double sojourns = 0.0;
    for (std::size_t i = 0; i < gaps.size(); ++i) {
      if (i > 0) {
        waiting = std::max(0.0, waiting + load.service_mean_ns - gaps[i] / total * duration);
      }
      sojourns += waiting + load.service_mean_ns;
    }
    const double mean = sojourns / static_cast<double>(queries);
    if (replication == 0) pivot = mean;
    sum += mean - pivot;
    squares += (mean - pivot) * (mean - pivot);
  }
  const double n = replications;
  RunMean result;
  result.mean_ns = pivot + sum / n;
  result.standard_error_ns = std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1.0)));
  return result;
}

}  // namespace perfbench
