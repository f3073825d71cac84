// The real trial in a program of its own.
#include <vector>

#include "kernels/gemm/openblas/core_search.hpp"

int main(int argc, char** argv) {
  const std::vector<perfbench::ChildTask> tasks = {perfbench::openblas_trial_task()};
  return argc == 3 ? perfbench::run_child_task(tasks, argv[2]) : 2;
}
