#pragma once

#include <string>

#include "harness/core/units/error.hpp"

namespace perfbench {

/// The sentence of the InputError that `action` throws, or "no error".
template <class Action>
std::string input_error(Action action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace perfbench
