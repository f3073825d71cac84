#include "harness/core/judge/roof_id.hpp"
