#include "harness/core/judge/limit.hpp"
