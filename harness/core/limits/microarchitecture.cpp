#include "harness/core/limits/microarchitecture.hpp"
