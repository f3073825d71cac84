#include "harness/core/limits/core_limits.hpp"
