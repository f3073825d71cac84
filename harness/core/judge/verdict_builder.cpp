#include "harness/core/judge/verdict_builder.hpp"
