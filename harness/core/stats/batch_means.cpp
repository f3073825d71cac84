#include "harness/core/stats/batch_means.hpp"
