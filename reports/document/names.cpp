#include "reports/document/names.hpp"

#include <array>
#include <cstddef>
#include <type_traits>

namespace perfbench {
namespace {

// Every enumerator that has a word in the document.
constexpr std::array kRoofKinds{RoofKind::kCompute, RoofKind::kBandwidth, RoofKind::kLatency};
constexpr std::array kPrecisions{
    Precision::kFp64, Precision::kFp32, Precision::kBf16, Precision::kFp16, Precision::kInt8};
constexpr std::array kIsas{
    Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma, Isa::kAvx512, Isa::kAmx, Isa::kNeon, Isa::kSve};
constexpr std::array kLevels{
    MemoryLevel::kL1, MemoryLevel::kL2, MemoryLevel::kL3, MemoryLevel::kDram};
constexpr std::array kDotClasses{
    DotClass::kModelled, DotClass::kCounted, DotClass::kSoftwareDefined};
constexpr std::array kScenarios{
    Scenario::kSingleStream, Scenario::kMultiStream, Scenario::kServer, Scenario::kOffline};
constexpr std::array kArrivals{Arrivals::kClosedLoop,
                               Arrivals::kPoisson,
                               Arrivals::kBursty,
                               Arrivals::kPeriodic,
                               Arrivals::kTrace};
constexpr std::array kWaitPolicies{WaitPolicy::kHybrid, WaitPolicy::kSpin, WaitPolicy::kSleep};
constexpr std::array kTracks{Track::kCloud, Track::kEdge, Track::kMobile};
constexpr std::array kValidities{Validity::kValid, Validity::kInvalid, Validity::kInconclusive};
constexpr std::array kQuietnesses{Quietness::kQuiet, Quietness::kDisturbed};

template <class Enum>
constexpr const auto& table_of() {
  if constexpr (std::is_same_v<Enum, RoofKind>) {
    return kRoofKinds;
  } else if constexpr (std::is_same_v<Enum, Precision>) {
    return kPrecisions;
  } else if constexpr (std::is_same_v<Enum, Isa>) {
    return kIsas;
  } else if constexpr (std::is_same_v<Enum, MemoryLevel>) {
    return kLevels;
  } else if constexpr (std::is_same_v<Enum, DotClass>) {
    return kDotClasses;
  } else if constexpr (std::is_same_v<Enum, Scenario>) {
    return kScenarios;
  } else if constexpr (std::is_same_v<Enum, Arrivals>) {
    return kArrivals;
  } else if constexpr (std::is_same_v<Enum, WaitPolicy>) {
    return kWaitPolicies;
  } else if constexpr (std::is_same_v<Enum, Track>) {
    return kTracks;
  } else if constexpr (std::is_same_v<Enum, Validity>) {
    return kValidities;
  } else {
    static_assert(std::is_same_v<Enum, Quietness>);
    return kQuietnesses;
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view name_of(DotClass dot_class) noexcept {
  switch (dot_class) {
    case DotClass::kCounted:
      return "counted";
    case DotClass::kSoftwareDefined:
      return "software-defined";
    case DotClass::kModelled:
      break;
  }
  return "modelled";
}

std::string_view name_of(Quietness quietness) noexcept {
  return quietness == Quietness::kQuiet ? "quiet" : "disturbed";
}

template <class Enum>
std::optional<Enum> enumerator_of(std::string_view word) noexcept {
  for (const Enum value : table_of<Enum>()) {
    if (name_of(value) == word) return value;
  }
  return std::nullopt;
}

template <class Enum>
std::string words_of() {
  std::string words;
  for (const Enum value : table_of<Enum>()) {
    if (!words.empty()) words += ", ";
    words += name_of(value);
  }
  return words;
}

template std::optional<RoofKind> enumerator_of<RoofKind>(std::string_view) noexcept;
template std::optional<Precision> enumerator_of<Precision>(std::string_view) noexcept;
template std::optional<Isa> enumerator_of<Isa>(std::string_view) noexcept;
template std::optional<MemoryLevel> enumerator_of<MemoryLevel>(std::string_view) noexcept;
template std::optional<DotClass> enumerator_of<DotClass>(std::string_view) noexcept;
template std::optional<Scenario> enumerator_of<Scenario>(std::string_view) noexcept;
template std::optional<Arrivals> enumerator_of<Arrivals>(std::string_view) noexcept;
template std::optional<WaitPolicy> enumerator_of<WaitPolicy>(std::string_view) noexcept;
template std::optional<Track> enumerator_of<Track>(std::string_view) noexcept;
template std::optional<Validity> enumerator_of<Validity>(std::string_view) noexcept;
template std::optional<Quietness> enumerator_of<Quietness>(std::string_view) noexcept;
template std::string words_of<RoofKind>();
template std::string words_of<Precision>();
template std::string words_of<Isa>();
template std::string words_of<MemoryLevel>();
template std::string words_of<DotClass>();
template std::string words_of<Scenario>();
template std::string words_of<Arrivals>();
template std::string words_of<WaitPolicy>();
template std::string words_of<Track>();
template std::string words_of<Validity>();
template std::string words_of<Quietness>();

std::string percentile_key(std::uint32_t ppm) {
  std::string key = "p" + std::to_string(ppm / 10000);
  std::string fraction = std::to_string(10000 + ppm % 10000).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return fraction.empty() ? key : key + "_" + fraction;
}

std::optional<std::uint32_t> percentile_of_key(std::string_view key) noexcept {
  if (key.size() < 2 || key.front() != 'p') return std::nullopt;
  key.remove_prefix(1);
  std::uint32_t ppm = 0;
  std::size_t whole_digits = 0;
  while (!key.empty() && is_digit(key.front()) && whole_digits < 2) {
    ppm = ppm * 10 + static_cast<std::uint32_t>(key.front() - '0');
    key.remove_prefix(1);
    ++whole_digits;
  }
  if (whole_digits == 0) return std::nullopt;
  ppm *= 10000;
  if (!key.empty()) {
    if (key.front() != '_' || key.size() < 2 || key.size() > 5) return std::nullopt;
    key.remove_prefix(1);
    std::uint32_t unit = 1000;
    for (const char c : key) {
      if (!is_digit(c)) return std::nullopt;
      ppm += unit * static_cast<std::uint32_t>(c - '0');
      unit /= 10;
    }
  }
  if (ppm == 0) return std::nullopt;
  return ppm;
}

}  // namespace perfbench
