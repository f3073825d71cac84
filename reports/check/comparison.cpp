#include "reports/check/comparison.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "reports/document/names.hpp"

namespace perfbench {
namespace {

constexpr double kRelativeTolerance = 1e-9;
constexpr std::string_view kAbsent = "none";

std::string text_of(const std::optional<double>& value) {
  return value ? exact_text(*value) : std::string(kAbsent);
}

std::string text_of(const std::optional<Nanoseconds>& value) {
  return value ? std::to_string(value->count()) : std::string(kAbsent);
}

std::string text_of(const std::optional<std::uint64_t>& value) {
  return value ? std::to_string(*value) : std::string(kAbsent);
}

bool is_of_number(char c) { return (c >= '0' && c <= '9') || c == '.' || c == ','; }

/// The sentence without its figures: what is left must be the same wording.
std::string wording(std::string_view sentence) {
  std::string words;
  for (const char c : sentence) {
    if (!is_of_number(c)) words += c;
  }
  return words;
}

/// The numbers of a sentence: "1,024 of 3.5" has 1024 and 3.5.
std::vector<double> figures_of(std::string_view sentence) {
  std::vector<double> figures;
  std::string digits;
  const auto flush = [&] {
    while (!digits.empty() && digits.back() == '.') digits.pop_back();
    double value = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (!digits.empty() && error == std::errc()) figures.push_back(value);
    digits.clear();
  };
  for (const char c : sentence) {
    if (c == ',') continue;
    if (is_of_number(c) && !(c == '.' && digits.empty())) {
      digits += c;
    } else {
      flush();
    }
  }
  flush();
  return figures;
}

/// Another version may round otherwise.
bool is_among(double figure, const std::vector<double>& figures) {
  constexpr double kRounding = 0.06;
  return std::any_of(figures.begin(), figures.end(), [figure](double other) {
    return std::abs(figure - other) <= kRounding * std::max(std::abs(figure), std::abs(other));
  });
}

bool brings_figures_of_its_own(std::string_view stored, std::string_view recomputed) {
  const std::vector<double> known = figures_of(recomputed);
  const std::vector<double> told = figures_of(stored);
  return std::any_of(
      told.begin(), told.end(), [&known](double figure) { return !is_among(figure, known); });
}

}  // namespace

bool agree(double a, double b) noexcept {
  if (a == b) return true;
  return std::abs(a - b) <= kRelativeTolerance * std::max(std::abs(a), std::abs(b));
}

std::string exact_text(double value) {
  std::array<char, 64> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), result.ptr};
}

void Comparison::holds(const std::string& path,
                       bool condition,
                       const std::string& stored,
                       const std::string& expected) {
  ++result_.compared;
  if (!condition) result_.disagreements.push_back({path, stored, expected});
}

void Comparison::number(const std::string& path, double stored, double recomputed) {
  holds(path, agree(stored, recomputed), exact_text(stored), exact_text(recomputed));
}

void Comparison::number(const std::string& path,
                        const std::optional<double>& stored,
                        const std::optional<double>& recomputed) {
  const bool same =
      stored.has_value() == recomputed.has_value() && (!stored || agree(*stored, *recomputed));
  holds(path, same, text_of(stored), text_of(recomputed));
}

void Comparison::whole(const std::string& path, std::uint64_t stored, std::uint64_t recomputed) {
  holds(path, stored == recomputed, std::to_string(stored), std::to_string(recomputed));
}

void Comparison::whole(const std::string& path,
                       const std::optional<std::uint64_t>& stored,
                       const std::optional<std::uint64_t>& recomputed) {
  holds(path, stored == recomputed, text_of(stored), text_of(recomputed));
}

void Comparison::duration(const std::string& path, Nanoseconds stored, Nanoseconds recomputed) {
  holds(path,
        stored == recomputed,
        std::to_string(stored.count()),
        std::to_string(recomputed.count()));
}

void Comparison::duration(const std::string& path,
                          const std::optional<Nanoseconds>& stored,
                          const std::optional<Nanoseconds>& recomputed) {
  holds(path, stored == recomputed, text_of(stored), text_of(recomputed));
}

void Comparison::flag(const std::string& path, bool stored, bool recomputed) {
  holds(path, stored == recomputed, stored ? "true" : "false", recomputed ? "true" : "false");
}

void Comparison::word(const std::string& path,
                      std::string_view stored,
                      std::string_view recomputed) {
  holds(path, stored == recomputed, std::string(stored), std::string(recomputed));
}

bool Comparison::may_be_costly(const std::string& path) {
  constexpr std::size_t kMost = 1000;
  if (++costly_ == kMost + 1) {
    not_checkable(path + " and what follows of its kind: more than " + std::to_string(kMost) +
                  " such figures");
  }
  return costly_ <= kMost;
}

void Comparison::text(const std::string& path,
                      const std::string& stored,
                      const std::string& recomputed) {
  const bool other_wording = stored != recomputed && wording(stored) != wording(recomputed);
  if (other_wording && !brings_figures_of_its_own(stored, recomputed)) {
    not_checkable(path + " is worded otherwise by this version of perfbench");
    return;
  }
  holds(path, stored == recomputed, stored, recomputed);
}

void Comparison::reasons(const std::string& path,
                         const std::vector<Reason>& stored,
                         const std::vector<Reason>& recomputed) {
  whole(path + ".length", stored.size(), recomputed.size());
  for (std::size_t i = 0; i < std::min(stored.size(), recomputed.size()); ++i) {
    const std::string at = path + "[" + std::to_string(i) + "]";
    word(at + ".id", stored[i].id, recomputed[i].id);
    if (stored[i].id != recomputed[i].id) continue;
    text(at + ".text", stored[i].text, recomputed[i].text);
    text(at + ".remedy", stored[i].remedy, recomputed[i].remedy);
  }
}

void Comparison::verdict(const std::string& path,
                         const Verdict& stored,
                         const Verdict& recomputed) {
  word(path + ".verdict", name_of(stored.validity), name_of(recomputed.validity));
  reasons(path + ".reasons", stored.reasons, recomputed.reasons);
}

}  // namespace perfbench
