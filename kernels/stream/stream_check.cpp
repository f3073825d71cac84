#include "kernels/stream/stream_check.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kLengthsOfReads = 32;
constexpr double kOverwritten = -1.0;

Verification wrong(std::string detail) {
  Verification verification;
  verification.detail = std::move(detail);
  return verification;
}

Verification right(std::string detail) {
  Verification verification;
  verification.passed = true;
  verification.detail = std::move(detail);
  return verification;
}

std::string element_text(const char* array, std::size_t i, double is, double expected) {
  return "element " + std::to_string(i) + " of " + array + " is " + std::to_string(is) + ", " +
         std::to_string(expected) + " was to come";
}

/// An array that is stored to, with what it and its neighbours held before.
struct Stored {
  const char* name = "a";
  double* values = nullptr;
  std::vector<double> before;
  double low_neighbour = 0.0;
  double high_neighbour = 0.0;
};

Stored watch(const char* name, double* values, std::size_t n) {
  Stored stored{name, values, {values, values + n}, values[-1], values[n]};
  return stored;
}

double expected_element(const StreamLoops& loops,
                        StreamOperation operation,
                        const StreamRun& run,
                        const Stored& stored,
                        std::size_t i) {
  switch (operation) {
    case StreamOperation::kRead:
      break;
    case StreamOperation::kWrite:
      return run.scalar;
    case StreamOperation::kCopy:
      return run.b[i];
    case StreamOperation::kScale:
      return run.scalar * run.b[i];
    case StreamOperation::kAdd:
      return run.b[i] + run.c[i];
    case StreamOperation::kTriad:
      return run.b[i] + run.scalar * run.c[i];
    case StreamOperation::kUpdate:
      return stored.before[i ^ loops.vector_elements];
  }
  return stored.before[i];
}

Verification check_stored(const StreamLoops& loops,
                          StreamOperation operation,
                          const StreamRun& run,
                          const Stored& stored) {
  for (std::size_t i = 0; i < run.elements; ++i) {
    const double expected = expected_element(loops, operation, run, stored, i);
    if (stored.values[i] != expected) {
      return wrong(element_text(stored.name, i, stored.values[i], expected));
    }
  }
  if (stored.values[-1] != stored.low_neighbour ||
      stored.values[run.elements] != stored.high_neighbour) {
    return wrong(std::string("a neighbour of ") + stored.name + " was overwritten");
  }
  return right(std::to_string(run.elements) + " elements of " + stored.name + " are right");
}

Verification check_stores(const StreamLoops& loops,
                          const StreamVariant& variant,
                          const StreamRun& run,
                          StreamFunction function) {
  std::vector<Stored> all{watch("a", run.a, run.elements)};
  const bool three = stream_stores(variant.operation, variant.form) == 3;
  if (three) {
    all.push_back(watch("b", run.b, run.elements));
    all.push_back(watch("c", run.c, run.elements));
  }
  if (variant.operation != StreamOperation::kUpdate) {
    for (const Stored& stored : all) {
      std::fill(stored.values, stored.values + run.elements, kOverwritten);
    }
  }
  StreamStep nothing;
  function(run, nothing);
  Verification last;
  for (const Stored& stored : all) {
    last = check_stored(loops, variant.operation, run, stored);
    if (!last.passed) return last;
  }
  return last;
}

/// The last step's vectors of the array that is loaded last.
Verification check_last_step(const StreamLoops& loops,
                             const StreamRun& run,
                             const double* seen,
                             StreamFunction function) {
  StreamStep last;
  last.elements.fill(kOverwritten);
  function(run, last);
  const std::size_t step = 8 * loops.vector_elements;
  for (std::size_t i = 0; i < step; ++i) {
    const std::size_t at = run.elements - step + i;
    if (last.elements[i] != seen[at]) {
      return wrong("of a load of " + std::to_string(run.elements) + ", " +
                   element_text("it", at, last.elements[i], seen[at]));
    }
  }
  return right(std::to_string(run.elements) + " elements were loaded");
}

Verification check_loads(const StreamLoops& loops,
                         const StreamVariant& variant,
                         StreamRun run,
                         StreamFunction function) {
  const bool three = is_far(variant.form);
  const std::size_t whole = run.elements;
  Verification last;
  for (int turn = 0; turn < (three ? 3 : 1); ++turn) {
    const double* seen = three ? run.c : run.a;
    for (std::size_t blocks = 1; blocks <= kLengthsOfReads + 1; ++blocks) {
      run.elements = blocks <= kLengthsOfReads ? std::min(whole, blocks * kStreamBlock) : whole;
      last = check_last_step(loops, run, seen, function);
      if (!last.passed) return last;
    }
    std::swap(run.a, run.b);
    std::swap(run.b, run.c);
  }
  return last;
}

}  // namespace

Verification check_stream(const StreamLoops& loops,
                          const StreamVariant& variant,
                          const StreamRun& run) {
  const StreamFunction function = loops.find(variant.operation, variant.form, variant.store);
  CHECK(function != nullptr, "that ISA has no such loop");
  CHECK(run.elements >= kStreamBlock && run.elements % kStreamBlock == 0 && run.passes == 1,
        "a checked run is one pass over whole blocks");
  return variant.operation == StreamOperation::kRead ? check_loads(loops, variant, run, function)
                                                     : check_stores(loops, variant, run, function);
}

}  // namespace perfbench
