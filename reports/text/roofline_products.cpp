// Matrix products: the implementations of each shape side by side, and the library's settings.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/roofline_sections.hpp"

namespace perfbench {
namespace {

std::string shape_text(const MatrixShape& shape) {
  return std::to_string(shape.m) + " x " + std::to_string(shape.n) + " x " +
         std::to_string(shape.k);
}

/// The dots of one product in one place: what may be compared with one another.
struct Product {
  const Dot* first = nullptr;
  std::vector<const Dot*> dots;  ///< Fastest first; refused ones last.
};

bool is_refused(const Dot& dot) { return dot.verdict.validity == Validity::kInvalid; }

std::vector<Product> products_of(const RooflineSection& section) {
  std::vector<Product> products;
  for (const Dot& dot : section.dots) {
    const auto same = std::find_if(products.begin(), products.end(), [&dot](const Product& known) {
      return is_same_product(*known.first, dot);
    });
    if (same != products.end()) {
      if (same->dots.size() < kMostRows) same->dots.push_back(&dot);
    } else if (products.size() < kMostRows) {
      products.push_back({&dot, {&dot}});
    }
  }
  for (Product& product : products) {
    std::stable_sort(product.dots.begin(), product.dots.end(), [](const Dot* a, const Dot* b) {
      if (is_refused(*a) != is_refused(*b)) return is_refused(*b);
      return a->rate.best > b->rate.best;
    });
  }
  // Within a place the large ones first, then those of few rows, one row before two.
  constexpr std::int64_t kFewRows = 64;
  const auto order = [](const Product& product) {
    const std::int64_t m = product.first->shape ? product.first->shape->m : kFewRows;
    return m < kFewRows ? m : 0;
  };
  for (auto begin = products.begin(); begin != products.end();) {
    const auto end = std::find_if(begin, products.end(), [begin](const Product& product) {
      return product.first->team != begin->first->team ||
             product.first->epoch != begin->first->epoch;
    });
    std::stable_sort(
        begin, end, [&order](const Product& a, const Product& b) { return order(a) < order(b); });
    begin = end;
  }
  return products;
}

std::string product_name(const Product& product, const RooflineView& view) {
  const Dot& dot = *product.first;
  std::string name;
  if (dot.precision != Precision::kNone) name = std::string(name_of(dot.precision)) + " ";
  name += dot.shape ? shape_text(*dot.shape) : sanitise(dot.kernel, 40);
  return name + ", " + view.words(dot.team, dot.epoch, dot.threads);
}

/// "8x4096x4096", where a line has no room.
std::string short_shape_text(const MatrixShape& shape) {
  return std::to_string(shape.m) + "x" + std::to_string(shape.n) + "x" + std::to_string(shape.k);
}

/// The kernel's own name is told where it says more than the implementation: "sgemv" of OpenBLAS.
std::string implementation_name(const Dot& dot) {
  constexpr std::size_t kLongest = 38;  // With it a line has 80 columns.
  std::string name = sanitise(dot.implementation, kLongest);
  const std::string operation = dot.kernel.substr(0, dot.kernel.find(' '));
  if (dot.shape && (operation == "sgemv" || operation == "dgemv"))
    name += " " + sanitise(operation, 8);
  return name.empty() ? sanitise(dot.kernel, kLongest) : name;
}

std::string share_text(const Dot& dot, const Dot& fastest) {
  if (is_refused(dot) || is_refused(fastest) || !(fastest.rate.best > 0.0))
    return std::string(kNoCell);
  return format_significant(dot.rate.best / fastest.rate.best, 2) + "x";
}

std::string memory_rate(const Dot& dot) {
  if (!(dot.intensity_flop_per_byte > 0.0) || is_refused(dot)) return std::string(kNoCell);
  return in_table(RoofKind::kBandwidth, dot.rate.best / dot.intensity_flop_per_byte);
}

/// What binds a product, and what would lift it unless a product before was told the same.
class Zones {
 public:
  [[nodiscard]] std::string next(const std::string& zone) {
    std::string safe = sanitise(zone, 300);
    const std::size_t end = safe.find(". ");
    if (end == std::string::npos) return safe;
    std::string advice = safe.substr(end + 2);
    if (advice == last_advice_) return safe.substr(0, end + 1);
    last_advice_ = std::move(advice);
    return safe;
  }

 private:
  std::string last_advice_;
};

void add_product(
    Table& table, const Product& product, const RooflineView& view, Marks& marks, Zones& zones) {
  table.add_line(product_name(product, view));
  const Dot& fastest = *product.dots.front();
  for (const Dot* dot : product.dots) {
    table.add_row({"  " + implementation_name(*dot),
                   is_refused(*dot)
                       ? marks.refused()
                       : in_table(RoofKind::kCompute, dot->rate.best) + marks.signs(*dot),
                   memory_rate(*dot),
                   dot->roof_fraction ? format_percent(*dot->roof_fraction) : std::string(kNoCell),
                   share_text(*dot, fastest)});
  }
  if (!fastest.zone.empty() && !is_refused(fastest)) table.add_line(zones.next(fastest.zone), 4);
}

std::string setting_name(const LibraryTrial& trial) {
  const std::string core = trial.core_name.empty() ? trial.setting : trial.core_name;
  return core.empty() ? "its own choice" : sanitise(core, 24);
}

/// "sgemm square"
std::string operation_name(const LibraryTrial& trial) {
  std::string name = sanitise(trial.operation, 30);
  if (!trial.shape_class.empty()) name += " " + sanitise(trial.shape_class, 20);
  return name;
}

std::string trial_text(const LibraryTrial* trial) {
  if (trial == nullptr) return std::string(kNoCell);
  if (!trial->verified) return setting_name(*trial) + " failed";
  return setting_name(*trial) + " " + in_table(RoofKind::kCompute, trial->rate_flop_per_s);
}

/// The trials of one library, operation and shape class.
struct TrialGroup {
  const LibraryTrial* first = nullptr;
  const LibraryTrial* ambient = nullptr;
  const LibraryTrial* chosen = nullptr;
};

std::vector<TrialGroup> groups_of(const RooflineSection& section) {
  std::vector<TrialGroup> groups;
  for (const LibraryTrial& trial : section.library_trials) {
    auto group = std::find_if(groups.begin(), groups.end(), [&trial](const TrialGroup& known) {
      return known.first->library == trial.library && known.first->operation == trial.operation &&
             known.first->shape_class == trial.shape_class;
    });
    if (group == groups.end()) {
      if (groups.size() >= kMostRows) continue;
      group = groups.insert(groups.end(), {&trial, nullptr, nullptr});
    }
    if (trial.ambient && group->ambient == nullptr) group->ambient = &trial;
    if (trial.chosen && group->chosen == nullptr) group->chosen = &trial;
  }
  return groups;
}

/// Rates at two sizes do not compare.
bool are_comparable(const TrialGroup& group) {
  return group.ambient != nullptr && group.chosen != nullptr &&
         group.ambient->rate_flop_per_s > 0.0 && group.ambient->verified &&
         group.ambient->shape == group.chosen->shape;
}

double gain_of(const TrialGroup& group) {
  return are_comparable(group) ? group.chosen->rate_flop_per_s / group.ambient->rate_flop_per_s
                               : 0.0;
}

/// What to do about the worst of the gaps, where one is worth it.
std::string remedy_text(const std::vector<TrialGroup>& groups,
                        const MachineFacts& machine,
                        const TextOptions& options) {
  constexpr double kWorthIt = 1.05;
  const auto worst =
      std::max_element(groups.begin(), groups.end(), [](const TrialGroup& a, const TrialGroup& b) {
        return gain_of(a) < gain_of(b);
      });
  if (worst == groups.end() || gain_of(*worst) < kWorthIt) return "";
  std::string text = wrap(
      "A program in this environment gets " + format_flop_rate(worst->ambient->rate_flop_per_s) +
          " in " + operation_name(*worst->first) + " from " + sanitise(worst->first->library, 30) +
          "; this CPU can " + format_flop_rate(worst->chosen->rate_flop_per_s) + ", " +
          format_significant(gain_of(*worst)) + " times as much.",
      options,
      "  ");
  std::string remedy;
  for (const Warning& warning : machine.warnings) {
    if (warning.id.starts_with("openblas-core") && remedy.empty()) remedy = warning.remedy;
  }
  if (!remedy.empty()) text += wrap("Remedy: " + sanitise(remedy, 300), options, "  ");
  return text;
}

std::string failures_text(const RooflineSection& section, const TextOptions& options) {
  constexpr std::size_t kMostFailures = 5;
  std::vector<std::string> failures;
  std::size_t more = 0;
  for (const LibraryTrial& trial : section.library_trials) {
    if (trial.verified) continue;
    std::string failure =
        setting_name(trial) + " in " + operation_name(trial) + ": " + sanitise(trial.failure, 120);
    if (failures.size() < kMostFailures) {
      failures.push_back(std::move(failure));
    } else {
      ++more;
    }
  }
  std::string text;
  for (const std::string& failure : failures) text += wrap("not used: " + failure, options, "  ");
  if (more > 0) text += "  not used either: " + counted(more, "other", "others") + "\n";
  return text;
}

}  // namespace

std::string products_section(const RooflineView& view, Marks& marks, const TextOptions& options) {
  const std::vector<Product> products = products_of(view.section());
  if (products.empty()) return "";
  Table table({"m x n x k, who computes it", "GFLOP/s", "GB/s", "of roof", "of best"});
  Zones zones;
  for (const Product& product : products) add_product(table, product, view, marks, zones);
  return section_head("MATRIX PRODUCTS",
                      "fastest first, best of short windows; FLOP and bytes modelled from the "
                      "shape, held against the roof measured in turn with them",
                      options) +
         table.text(options, "  ") + marks.explained(options);
}

std::string library_section(const RooflineSection& section,
                            const MachineFacts& machine,
                            const TextOptions& options) {
  const std::vector<TrialGroup> groups = groups_of(section);
  if (groups.empty()) return "";
  Table table({"operation, shape", "here", "what fits", "gain"});
  for (const TrialGroup& group : groups) {
    const LibraryTrial& first = *group.first;
    std::string name = operation_name(first);
    if (first.shape) name += ", " + short_shape_text(*first.shape);
    const bool same = group.ambient != nullptr && group.ambient == group.chosen;
    table.add_row(
        {name,
         trial_text(group.ambient),
         same ? "the same" : trial_text(group.chosen),
         are_comparable(group) ? format_significant(gain_of(group)) + "x" : std::string(kNoCell)});
  }
  return section_head("LIBRARY",
                      sanitise(section.library_trials.front().library, 30) +
                          ": its core type and GFLOP/s as a program here gets it, and with the "
                          "core type that fits this CPU; answers were verified",
                      options) +
         table.text(options, "  ") + remedy_text(groups, machine, options) +
         failures_text(section, options);
}

std::string notes_section(const RooflineSection& section, const TextOptions& options) {
  std::string text;
  std::size_t notes = 0;
  for (const std::string& note : section.notes) {
    if (++notes > kMostRows) break;
    text += wrap(sanitise(note, 1000), options, "  Note: ");
  }
  return text;
}

}  // namespace perfbench
