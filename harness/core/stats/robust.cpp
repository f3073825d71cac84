#include "harness/core/stats/robust.hpp"
