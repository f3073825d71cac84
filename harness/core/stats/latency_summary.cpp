#include "harness/core/stats/latency_summary.hpp"
