#include "harness/core/judge/scenario.hpp"
