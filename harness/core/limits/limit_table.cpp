#include "harness/core/limits/evidence.hpp"
