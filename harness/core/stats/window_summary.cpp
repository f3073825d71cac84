#include "harness/core/stats/window_summary.hpp"
