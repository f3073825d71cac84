// A program that is its own child, with tasks that misbehave on purpose.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/process/child_runner.hpp"
#include "harness/host/process/child_tasks.hpp"

extern char** environ;

namespace perfbench {
namespace {

JsonValue echo(const JsonValue& request) {
  std::puts("the task's own words on standard output");
  std::fflush(stdout);
  return request;
}

[[noreturn]] JsonValue crash(const JsonValue& request) {
  std::raise(static_cast<int>(request.as_int64()));
  std::abort();
}

/// Says who it is through the FIFO of the request, which it keeps open, and never answers.
[[noreturn]] void hang_for_ever(const JsonValue& request) {
  // First, since a word to a parent that is gone would end it by SIGPIPE.
  std::cerr << ::getpid() << std::endl;
  if (const JsonValue* fifo = request.find("fifo")) {
    const int fd = ::open(fifo->as_string().c_str(), O_WRONLY);
    const char ready = 'r';
    if (::write(fd, &ready, 1) != 1) std::abort();
  }
  while (true) ::pause();
}

[[noreturn]] JsonValue hang(const JsonValue& request) { hang_for_ever(request); }

/// As hang, but with the death signal switched off: only the end of standard input can end it.
[[noreturn]] JsonValue hang_without_death_signal(const JsonValue& request) {
  ::prctl(PR_SET_PDEATHSIG, 0);
  hang_for_ever(request);
}

/// Takes address space without touching it.
JsonValue allocate(const JsonValue& request) {
  const std::unique_ptr<char[]> block(new char[request.as_uint64()]);
  volatile char* first = block.get();
  *first = 1;
  return true;
}

JsonValue chatter(const JsonValue& request) {
  const std::string line(1023, 'x');
  for (std::uint64_t i = 0; i < request.as_uint64(); ++i) std::cerr << line << '\n';
  std::cerr << "the last line" << std::endl;
  return true;
}

JsonValue long_answer(const JsonValue& request) { return std::string(request.as_uint64(), 'a'); }

JsonValue refuse(const JsonValue&) { throw UsageError("the size must not be 0"); }

[[noreturn]] JsonValue leave(const JsonValue& request) {
  std::cerr << "cannot go on" << std::endl;
  std::_Exit(static_cast<int>(request.as_int64()));
}

/// What the child starts with: environment, signal state, limits, descriptors.
JsonValue conditions(const JsonValue&) {
  JsonValue variables = JsonValue::object();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    const std::size_t equals = text.find('=');
    variables.set(text.substr(0, equals), text.substr(equals + 1));
  }
  JsonValue status = JsonValue::object();
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("Sig")) status.set(line.substr(0, 6), line.substr(line.find('\t') + 1));
  }
  JsonValue files = JsonValue::array();
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    files.push_back(std::filesystem::read_symlink(entry.path(), gone).string());
  }
  int death_signal = 0;
  ::prctl(PR_GET_PDEATHSIG, &death_signal);
  rlimit core{};
  rlimit cpu{};
  ::getrlimit(RLIMIT_CORE, &core);
  ::getrlimit(RLIMIT_CPU, &cpu);
  return JsonValue::object()
      .set("environment", variables)
      .set("signals", status)
      .set("files", files)
      .set("death_signal", death_signal)
      .set("core_bytes", core.rlim_cur)
      .set("cpu_s", cpu.rlim_cur)
      .set("own_group", ::getpgrp() == ::getpid());
}

const std::vector<ChildTask>& tasks() {
  static const std::vector<ChildTask> table = {
      {"echo", echo},
      {"crash", crash},
      {"hang", hang},
      {"hang-without-death-signal", hang_without_death_signal},
      {"allocate", allocate},
      {"chatter", chatter},
      {"long-answer", long_answer},
      {"refuse", refuse},
      {"leave", leave},
      {"conditions", conditions}};
  return table;
}

/// A parent of its own: calls `task` with the FIFO and waits for it. With "closed" its standard
/// descriptors are closed first, and 0 means that the child answered nevertheless.
int be_parent(const std::string& mode, const std::string& task, const std::string& fifo) {
  if (mode == "closed") {
    for (int fd = 0; fd < 3; ++fd) ::close(fd);
  }
  const ChildRunner runner(ChildRunnerOptions{"/proc/self/exe", {}});
  ChildCall call;
  call.task = task;
  call.request = JsonValue::object().set("fifo", fifo);
  const Interruption none;
  return runner.call(call, none).ok() ? 0 : 1;
}

}  // namespace
}  // namespace perfbench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 2 && arguments[0] == perfbench::kChildVerb) {
    return perfbench::run_child_task(perfbench::tasks(), arguments[1]);
  }
  if (arguments.size() == 3) return perfbench::be_parent(arguments[0], arguments[1], arguments[2]);
  return 2;
}
