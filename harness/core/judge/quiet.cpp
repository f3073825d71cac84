#include "harness/core/judge/quiet.hpp"
