#include "harness/core/json/value.hpp"
