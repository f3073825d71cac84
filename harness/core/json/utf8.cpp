#include "harness/core/json/utf8.hpp"
