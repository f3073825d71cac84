#include "harness/core/stats/order_statistics.hpp"
