#include "harness/core/judge/contended.hpp"
