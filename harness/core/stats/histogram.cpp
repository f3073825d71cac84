#include "harness/core/stats/histogram.hpp"
