#include "reports/document/names.hpp"

#include <array>
#include <cctype>
#include <cstddef>

namespace perfbench {
namespace {

template <class Enum>
struct Name {
  Enum value;
  std::string_view word;
};

constexpr std::array kRoofKinds{Name<RoofKind>{RoofKind::kCompute, "compute"},
                                Name<RoofKind>{RoofKind::kBandwidth, "bandwidth"},
                                Name<RoofKind>{RoofKind::kLatency, "latency"}};
constexpr std::array kPrecisions{Name<Precision>{Precision::kNone, ""},
                                 Name<Precision>{Precision::kFp64, "fp64"},
                                 Name<Precision>{Precision::kFp32, "fp32"},
                                 Name<Precision>{Precision::kBf16, "bf16"},
                                 Name<Precision>{Precision::kFp16, "fp16"},
                                 Name<Precision>{Precision::kInt8, "int8"}};
constexpr std::array kIsas{Name<Isa>{Isa::kScalar, "scalar"},
                           Name<Isa>{Isa::kSse2, "sse2"},
                           Name<Isa>{Isa::kAvx2Fma, "avx2_fma"},
                           Name<Isa>{Isa::kAvx512, "avx512"},
                           Name<Isa>{Isa::kNeon, "neon"}};
constexpr std::array kLevels{Name<MemoryLevel>{MemoryLevel::kNone, ""},
                             Name<MemoryLevel>{MemoryLevel::kL1, "L1"},
                             Name<MemoryLevel>{MemoryLevel::kL2, "L2"},
                             Name<MemoryLevel>{MemoryLevel::kL3, "L3"},
                             Name<MemoryLevel>{MemoryLevel::kDram, "DRAM"}};
constexpr std::array kDotClasses{Name<DotClass>{DotClass::kModelled, "modelled"},
                                 Name<DotClass>{DotClass::kCounted, "counted"},
                                 Name<DotClass>{DotClass::kSoftwareDefined, "software-defined"}};
constexpr std::array kScenarios{Name<Scenario>{Scenario::kSingleStream, "SingleStream"},
                                Name<Scenario>{Scenario::kMultiStream, "MultiStream"},
                                Name<Scenario>{Scenario::kServer, "Server"},
                                Name<Scenario>{Scenario::kOffline, "Offline"}};
constexpr std::array kValidities{Name<Validity>{Validity::kValid, "VALID"},
                                 Name<Validity>{Validity::kInvalid, "INVALID"},
                                 Name<Validity>{Validity::kInconclusive, "INCONCLUSIVE"}};
constexpr std::array kQuietnesses{Name<Quietness>{Quietness::kQuiet, "quiet"},
                                  Name<Quietness>{Quietness::kDisturbed, "disturbed"}};

template <class Enum, std::size_t N>
constexpr std::string_view word_in(const std::array<Name<Enum>, N>& names, Enum value) {
  for (const Name<Enum>& name : names) {
    if (name.value == value) return name.word;
  }
  return "";
}

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
  } else if constexpr (std::is_same_v<Enum, Validity>) {
    return kValidities;
  } else {
    static_assert(std::is_same_v<Enum, Quietness>);
    return kQuietnesses;
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view name_of(RoofKind kind) noexcept { return word_in(kRoofKinds, kind); }
std::string_view name_of(Precision precision) noexcept { return word_in(kPrecisions, precision); }
std::string_view name_of(Isa isa) noexcept { return word_in(kIsas, isa); }
std::string_view name_of(MemoryLevel level) noexcept { return word_in(kLevels, level); }
std::string_view name_of(DotClass dot_class) noexcept { return word_in(kDotClasses, dot_class); }
std::string_view name_of(Scenario scenario) noexcept { return word_in(kScenarios, scenario); }
std::string_view name_of(Validity validity) noexcept { return word_in(kValidities, validity); }
std::string_view name_of(Quietness quietness) noexcept { return word_in(kQuietnesses, quietness); }

template <class Enum>
std::optional<Enum> enumerator_of(std::string_view word) noexcept {
  for (const Name<Enum>& name : table_of<Enum>()) {
    if (!word.empty() && name.word == word) return name.value;
  }
  return std::nullopt;
}

template <class Enum>
std::string words_of() {
  std::string words;
  for (const Name<Enum>& name : table_of<Enum>()) {
    if (name.word.empty()) continue;
    if (!words.empty()) words += ", ";
    words += name.word;
  }
  return words;
}

template std::optional<RoofKind> enumerator_of<RoofKind>(std::string_view) noexcept;
template std::optional<Precision> enumerator_of<Precision>(std::string_view) noexcept;
template std::optional<Isa> enumerator_of<Isa>(std::string_view) noexcept;
template std::optional<MemoryLevel> enumerator_of<MemoryLevel>(std::string_view) noexcept;
template std::optional<DotClass> enumerator_of<DotClass>(std::string_view) noexcept;
template std::optional<Scenario> enumerator_of<Scenario>(std::string_view) noexcept;
template std::optional<Validity> enumerator_of<Validity>(std::string_view) noexcept;
template std::optional<Quietness> enumerator_of<Quietness>(std::string_view) noexcept;
template std::string words_of<RoofKind>();
template std::string words_of<Precision>();
template std::string words_of<Isa>();
template std::string words_of<MemoryLevel>();
template std::string words_of<DotClass>();
template std::string words_of<Scenario>();
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
