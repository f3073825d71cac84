#include "harness/host/process/child_runner.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "harness/core/json/write.hpp"

namespace perfbench {
namespace {

#if defined(PERFBENCH_SANITIZED)
constexpr bool kShadowMemory = true;
#else
constexpr bool kShadowMemory = false;
#endif

// Sanitizers handle the signals that these tests want to see unhandled.
const Environment kEnvironment = {
    {"ASAN_OPTIONS", "handle_segv=0:handle_sigill=0:allocator_may_return_null=0"},
    {"TSAN_OPTIONS", "handle_segv=0:handle_sigill=0"},
    {"UBSAN_OPTIONS", "handle_segv=0:handle_sigill=0"},
    {"KEPT", "as it is"},
    {"REMOVED", "gone"}};

ChildResult call(ChildCall request, const std::string& program = PERFBENCH_TEST_CHILD) {
  const ChildRunner runner(ChildRunnerOptions{program, kEnvironment});
  const Interruption none;
  return runner.call(request, none);
}

ChildResult call(const std::string& task, JsonValue request = {}, ChildLimits limits = {}) {
  return call(ChildCall{task, std::move(request), {}, limits});
}

TEST(ChildRunner, BringsTheAnswerBackWhateverTheTaskPrints) {
  const JsonValue request =
      JsonValue::object().set("size", 2048).set("text", "ä \"quoted\"\n").set("rate", 0.1);
  const ChildResult result = call("echo", request);
  ASSERT_TRUE(result.ok()) << result.sentence;
  EXPECT_EQ(write_json(result.answer), write_json(request));
  EXPECT_NE(result.standard_error.find("the task's own words"), std::string::npos);
  EXPECT_GT(result.wall.count(), 0);
}

TEST(ChildRunner, CarriesARequestAndAnAnswerLongerThanAPipe) {
  const JsonValue request(std::string(900'000, 'q'));
  const ChildResult result = call("echo", request);
  ASSERT_TRUE(result.ok()) << result.sentence;
  EXPECT_EQ(result.answer, request);
}

TEST(ChildRunner, NamesTheSignalOfACrash) {
  for (const auto& [signal, name] : {std::pair{SIGILL, "SIGILL"}, std::pair{SIGSEGV, "SIGSEGV"}}) {
    const ChildResult result = call("crash", signal);
    EXPECT_EQ(result.outcome, ChildOutcome::kCrashed) << name << result.sentence;
    EXPECT_EQ(result.signal, signal);
    EXPECT_EQ(result.signal_name, name);
    EXPECT_NE(result.sentence.find(name), std::string::npos) << result.sentence;
  }
}

TEST(ChildRunner, EndsAndReapsAChildThatHangs) {
  ChildLimits limits;
  limits.wall = std::chrono::milliseconds(500);
  const ChildResult result = call("hang", {}, limits);
  ASSERT_EQ(result.outcome, ChildOutcome::kTimedOut) << result.sentence;
  EXPECT_NE(result.sentence.find("0.5 s"), std::string::npos) << result.sentence;
  // It has said its process id, and nobody of this id is left, not even a zombie.
  const pid_t pid = std::stoi(result.standard_error);
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ChildRunner, EndsAChildWhenTheRunIsInterrupted) {
  Interruption interruption;
  interruption.request(SIGINT);
  const ChildRunner runner(ChildRunnerOptions{PERFBENCH_TEST_CHILD, kEnvironment});
  const ChildResult result = runner.call(ChildCall{"hang", {}, {}, {}}, interruption);
  EXPECT_EQ(result.outcome, ChildOutcome::kInterrupted) << result.sentence;
}

TEST(ChildRunner, CallsOutputOfAnotherKindGarbage) {
  const ChildResult result = call(ChildCall{"echo", {}, {}, {}}, "/bin/echo");
  EXPECT_EQ(result.outcome, ChildOutcome::kGarbage) << result.sentence;
  const ChildResult silent = call(ChildCall{"echo", {}, {}, {}}, "/bin/true");
  EXPECT_EQ(silent.outcome, ChildOutcome::kGarbage) << silent.sentence;
}

TEST(ChildRunner, EndsAChildThatAnswersTooMuch) {
  ChildLimits limits;
  limits.answer = kib(64);
  EXPECT_EQ(call("long-answer", 1'000'000, limits).outcome, ChildOutcome::kGarbage);
  EXPECT_EQ(call("long-answer", 60'000, limits).outcome, ChildOutcome::kOk);
}

TEST(ChildRunner, LimitsTheMemoryOfAChild) {
  if (kShadowMemory)
    GTEST_SKIP() << "a sanitizer reserves more address space than any limit allows";
  const std::uint64_t gigabyte = gib(1).count();
  ChildLimits limits;
  limits.address_space = mib(512);
  const ChildResult refused = call("allocate", gigabyte, limits);
  EXPECT_EQ(refused.outcome, ChildOutcome::kRefused);
  EXPECT_NE(refused.sentence.find("memory"), std::string::npos) << refused.sentence;
  EXPECT_TRUE(call("allocate", mib(16).count(), limits).ok());
  EXPECT_TRUE(call("allocate", gigabyte).ok())
      << "the limit, not the machine, must have refused it";
}

TEST(ChildRunner, TellsARefusalFromACrash) {
  const ChildResult unknown = call("no-such-task");
  EXPECT_EQ(unknown.outcome, ChildOutcome::kRefused);
  EXPECT_NE(unknown.sentence.find("no-such-task"), std::string::npos) << unknown.sentence;

  const ChildResult refused = call("refuse");
  EXPECT_EQ(refused.outcome, ChildOutcome::kRefused);
  EXPECT_EQ(refused.sentence, "the size must not be 0");
  EXPECT_EQ(refused.exit_code, 2);

  const ChildResult left = call("leave", 7);
  EXPECT_EQ(left.outcome, ChildOutcome::kRefused);
  EXPECT_EQ(left.exit_code, 7);
  EXPECT_NE(left.sentence.find("cannot go on"), std::string::npos) << left.sentence;
}

TEST(ChildRunner, SaysWhenThereIsNothingToStart) {
  const ChildResult result = call(ChildCall{"echo", {}, {}, {}}, "/no/such/program");
  EXPECT_EQ(result.outcome, ChildOutcome::kNotStarted);
  EXPECT_NE(result.sentence.find("/no/such/program"), std::string::npos) << result.sentence;
}

TEST(ChildRunner, KeepsTheEndOfALongStderr) {
  ChildLimits limits;
  limits.kept_stderr = kib(4);
  const ChildResult result = call("chatter", 2000, limits);
  ASSERT_TRUE(result.ok()) << result.sentence;
  EXPECT_EQ(result.standard_error.size(), kib(4).count());
  EXPECT_TRUE(result.standard_error.ends_with("the last line\n"));
}

/// Undoes what a test did to the signal state of this process.
class SignalState {
 public:
  SignalState() {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before_);
    handler_before_ = ::signal(SIGHUP, SIG_IGN);
  }
  SignalState(const SignalState&) = delete;
  SignalState& operator=(const SignalState&) = delete;
  ~SignalState() {
    ::signal(SIGHUP, handler_before_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t before_{};
  void (*handler_before_)(int) = SIG_DFL;
};

TEST(ChildRunner, GivesTheChildACleanStart) {
  const SignalState blocked_and_ignored;
  const int leaked = ::open("/proc/uptime", O_RDONLY);  // Not close-on-exec.
  ASSERT_GE(leaked, 0);
  ChildCall request{"conditions", {}, {{"REMOVED", std::nullopt}, {"ADDED", "new"}}, {}};
  request.limits.cpu_s = 77;
  const ChildResult result = call(request);
  ::close(leaked);
  ASSERT_TRUE(result.ok()) << result.sentence;

  Environment environment;
  for (const auto& [name, value] : result.answer.find("environment")->as_object())
    environment[name] = value.as_string();
  Environment expected = kEnvironment;
  expected.erase("REMOVED");
  expected["ADDED"] = "new";
  EXPECT_EQ(environment, expected);

  EXPECT_EQ(result.answer.get_string("signals.SigBlk"), "0000000000000000");
  // All but 32 and 33, which glibc keeps for itself.
  const std::uint64_t ignored =
      std::stoull(result.answer.get_string("signals.SigIgn"), nullptr, 16);
  EXPECT_EQ(ignored & ~(std::uint64_t{3} << 31U), 0U);
  EXPECT_EQ(result.answer.get_uint64("core_bytes"), 0U);
  EXPECT_EQ(result.answer.get_uint64("cpu_s"), 77U);
  EXPECT_EQ(result.answer.get_int64("death_signal"), SIGKILL);
  EXPECT_TRUE(result.answer.get_bool("own_group"));
  const JsonValue& files = *result.answer.find("files");
  EXPECT_GE(files.size(), 3U);
  for (const JsonValue& file : files.as_array()) EXPECT_NE(file.as_string(), "/proc/uptime");
}

}  // namespace
}  // namespace perfbench
