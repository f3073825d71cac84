#include "harness/core/json/write.hpp"
