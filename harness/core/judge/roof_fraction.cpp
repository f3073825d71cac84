#include "harness/core/judge/roof_fraction.hpp"
