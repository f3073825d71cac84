#include "harness/core/json/parse.hpp"
