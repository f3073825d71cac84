#include "harness/host/machine/facts.hpp"

#include <algorithm>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

template <class T, class U>
Reading<FactValue> widen(const Reading<T>& reading, U (*convert)(const T&)) {
  if (!reading.available()) return Reading<FactValue>::unavailable(reading.reason());
  return Reading<FactValue>::of(FactValue(convert(reading.value())), reading.source());
}

template <class T>
Reading<FactValue> keep(const Reading<T>& reading) {
  return widen<T, T>(reading, [](const T& value) { return value; });
}

bool is_snake_case(std::string_view name) {
  if (name.empty() || name.front() < 'a' || name.front() > 'z') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

template <class T>
Reading<T> typed_fact(const MachineFacts& facts, std::string_view name) {
  const Fact* fact = find_fact(facts, name);
  if (fact == nullptr) return Reading<T>::unavailable("no fact " + std::string(name));
  if (!fact->reading.available()) return Reading<T>::unavailable(fact->reading.reason());
  const T* value = std::get_if<T>(&fact->reading.value());
  if (value == nullptr) {
    return Reading<T>::unavailable("fact " + std::string(name) + " is of another type");
  }
  return Reading<T>::of(*value, fact->reading.source());
}

}  // namespace

void add_fact(MachineFacts& facts,
              std::string_view name,
              std::string_view unit,
              Reading<FactValue> reading) {
  CHECK(is_snake_case(name), "a fact's name is snake_case");
  const auto known = std::find_if(facts.facts.begin(), facts.facts.end(), [name](const Fact& fact) {
    return fact.name == name;
  });
  Fact fact{std::string(name), std::string(unit), std::move(reading)};
  if (known != facts.facts.end()) {
    *known = std::move(fact);
  } else {
    facts.facts.push_back(std::move(fact));
  }
}

void add_fact(MachineFacts& facts, std::string_view name, const Reading<bool>& reading) {
  add_fact(facts, name, "", keep(reading));
}

void add_fact(MachineFacts& facts, std::string_view name, const Reading<std::string>& reading) {
  add_fact(facts, name, "", keep(reading));
}

void add_fact(MachineFacts& facts,
              std::string_view name,
              const Reading<std::vector<std::string>>& reading) {
  add_fact(facts, name, "", keep(reading));
}

void add_fact(MachineFacts& facts, std::string_view name, const Reading<Bytes>& reading) {
  CHECK(name.ends_with("_bytes"), "a fact in bytes says so in its name");
  add_fact(facts, name, "B", widen<Bytes, std::int64_t>(reading, [](const Bytes& bytes) {
             return static_cast<std::int64_t>(bytes.count());
           }));
}

void add_fact(MachineFacts& facts, std::string_view name, const Reading<Nanoseconds>& reading) {
  CHECK(name.ends_with("_ns"), "a fact in nanoseconds says so in its name");
  add_fact(
      facts, name, "ns", widen<Nanoseconds, std::int64_t>(reading, [](const Nanoseconds& time) {
        return static_cast<std::int64_t>(time.count());
      }));
}

void add_fact(MachineFacts& facts,
              std::string_view name,
              std::string_view unit,
              const Reading<double>& reading) {
  add_fact(facts, name, unit, keep(reading));
}

void add_fact(MachineFacts& facts,
              std::string_view name,
              std::string_view unit,
              const Reading<std::int64_t>& reading) {
  add_fact(facts, name, unit, keep(reading));
}

const Fact* find_fact(const MachineFacts& facts, std::string_view name) noexcept {
  for (const Fact& fact : facts.facts) {
    if (fact.name == name) return &fact;
  }
  return nullptr;
}

Reading<bool> bool_fact(const MachineFacts& facts, std::string_view name) {
  return typed_fact<bool>(facts, name);
}

Reading<std::int64_t> integer_fact(const MachineFacts& facts, std::string_view name) {
  return typed_fact<std::int64_t>(facts, name);
}

Reading<double> number_fact(const MachineFacts& facts, std::string_view name) {
  return typed_fact<double>(facts, name);
}

Reading<std::string> text_fact(const MachineFacts& facts, std::string_view name) {
  return typed_fact<std::string>(facts, name);
}

Reading<std::vector<std::string>> list_fact(const MachineFacts& facts, std::string_view name) {
  return typed_fact<std::vector<std::string>>(facts, name);
}

}  // namespace perfbench
