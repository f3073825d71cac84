#include "harness/core/json/cursor.hpp"
