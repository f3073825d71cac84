#!/usr/bin/env bash
# The whole test suite in one command: installs what is missing (apt; npm for the page's tests), builds every preset, runs
# every test, checks format, lint and headers, and ends with one short measurement whose report the schema accepts.
#   tools/test.sh [STAGE...]     stages: release debug asan tsan clang aarch64 headers format tidy end-to-end (all by default)
# CI=true makes warnings errors. Prints one line a stage and closes with "N passed, N failed, N skipped".
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tools/packages.sh
. "$root/tools/packages.sh"

readonly test_packages=(libgtest-dev clang clang-tidy clang-format libclang-rt-dev python3 python3-jsonschema
  g++-aarch64-linux-gnu qemu-user-static chromium-headless-shell)
# The project's format and lint configuration is of this major version: another one formats and warns otherwise.
readonly llvm_major=14

passed=0 failed=0 skipped=0
logs="$root/build/test-logs"
mkdir -p "$logs" || stop "$root/build cannot be written: clone perfbench into a folder of your own."

pass() { passed=$((passed + 1)); printf 'PASS  %-12s %4d s\n' "$1" "$SECONDS_TAKEN"; }
skip() { skipped=$((skipped + 1)); printf 'SKIP  %-12s %s\n' "$1" "$2"; }
fail() { failed=$((failed + 1)); printf 'FAIL  %-12s %4d s, the end of %s:\n' "$1" "$SECONDS_TAKEN" "$2"; tail -n 60 "$2"; }

# stage NAME COMMAND...: its output goes to a log, of which a failure prints the end. Exit code 77 is "skipped": the last
# line of the log says why.
stage() {
  local name=$1 log="$logs/$1.log" start=$SECONDS code=0
  shift
  "$@" >"$log" 2>&1 || code=$?
  SECONDS_TAKEN=$((SECONDS - start))
  case $code in
    0) pass "$name"; grep -hE '\*\*\*Skipped|^SKIPPED' "$log" | sed 's/^/      /' ;;
    77) skip "$name" "$(tail -n 1 "$log")" ;;
    *) fail "$name" "$log" ;;
  esac
}

configure() { # PRESET [CMAKE ARGS]
  local werror=OFF name=$1
  shift
  [ "${CI:-}" = true ] && werror=ON
  cmake -S "$root" --preset "$name" -DPERFBENCH_WERROR=$werror -DPERFBENCH_TESTS=ON "$@"
}

preset() { # PRESET [CTEST ARGS]
  local name=$1
  shift
  # The presets live in the source folder; ctest finds them only from there.
  cd "$root" && configure "$name" && cmake --build "build/$name" && ctest --preset "$name" -j "$(nproc)" "$@"
}

# Without the optimiser: hand-written loops, and what they are made of. Threads that meet are tested in three other builds.
# Line tables are all that a failure here needs.
debug() {
  cd "$root" && configure debug -DCMAKE_CXX_FLAGS_DEBUG=-g1 && cmake --build build/debug --target tests_kernels &&
    ctest --preset debug -j "$(nproc)" -L kernels
}

# clang's optimiser over the hand-written loops and what they need; all the rest is compiled by clang in asan and read by tidy.
clang() {
  cd "$root" && configure clang && cmake --build build/clang --target tests_kernels &&
    ctest --preset clang -j "$(nproc)" -L kernels
}

thread_sanitizer_works() {
  # Kernels that randomise 32 bits of an address stop older runtimes: "unexpected memory mapping".
  local probe="$logs/tsan-probe"
  echo 'int main() { return 0; }' | g++ -fsanitize=thread -x c++ - -o "$probe" && "$probe"
}

asan() {
  local folder="$logs/asan-run"
  preset asan -LE 'system|perf|simulation' || return 1
  # One whole run besides: OpenBLAS, children, teams and reports together.
  rm -rf "$folder" && mkdir -p "$folder" && cd "$folder" && "$root/build/asan/tools/cli/perfbench" run --max-time 20s --quiet
}

tsan() {
  thread_sanitizer_works || { echo "the thread sanitizer's runtime does not start on this kernel"; return 77; }
  # Only the tests in which threads of ours meet.
  cd "$root" && configure tsan && cmake --build build/tsan --target tests_threads && ctest --preset tsan -j "$(nproc)" -L threads
}

# With the target's real libraries where this machine's sources have them, else the rooms that need none.
aarch64() {
  local code=0 name=aarch64
  "$root/tools/aarch64_sysroot.sh" || code=$?
  case $code in
    0) ;;
    77) echo "built without the target's libraries (see above)"; name=aarch64-portable ;;
    *) return 1 ;;
  esac
  # The program where there is one, and what is tested under the emulator: all tests would take twice as long to build.
  cd "$root" && configure $name && cmake --build "build/$name" --target tests_emulated && ctest --preset $name -j "$(nproc)"
}

headers() {
  cd "$root" && configure release && cmake --build build/release --target all_verify_interface_header_sets
}

llvm_version() { "$1" --version 2>/dev/null | grep -oE 'version [0-9]+' | head -n 1 | awk '{ print $2 }'; }

sources() { cd "$root" && find harness kernels scenarios reports tools tests \( -name '*.cpp' -o -name '*.hpp' \) | sort; }

format() {
  [ "$(llvm_version clang-format)" = "$llvm_major" ] ||
    { echo "clang-format is version $(llvm_version clang-format), the style is that of $llvm_major"; return 77; }
  sources | (cd "$root" && xargs clang-format --dry-run -Werror)
}

tidy() {
  [ "$(llvm_version clang-tidy)" = "$llvm_major" ] ||
    { echo "clang-tidy is version $(llvm_version clang-tidy), the checks are those of $llvm_major"; return 77; }
  # What is compiled here: a file for another processor is not in the database.
  cd "$root" && configure clang &&
    sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' build/clang/compile_commands.json |
    grep -E "^$root/(harness|kernels|scenarios|reports|tools)/.*\.cpp\$" | sort -u |
    xargs -n 4 -P "$(nproc)" clang-tidy -p build/clang --quiet --warnings-as-errors='*'
}

end_to_end() {
  local folder="$logs/end-to-end" code=0
  rm -rf "$folder" && mkdir -p "$folder" && cd "$folder" || return 1
  "$root/build/release/tools/cli/perfbench" run --max-time 30s --quiet || code=$?
  [ $code -eq 0 ] || { echo "perfbench run ended with $code"; return 1; }
  if [ ! -s report.json ] || [ ! -s report.html ]; then echo "no report was left"; return 1; fi
  "$root/build/release/tools/cli/perfbench" roofline --quick --quiet -o roofline.json || return 1
  "$root/build/release/tools/cli/perfbench" scenario server --workload kws --min-duration 1s --sweep --max-time 10s --runs 2 \
    --quiet -o scenario.json || return 1
  for report in report.json roofline.json scenario.json; do
    python3 -m jsonschema -i $report "$root/reports/document/report.schema.json" &&
      "$root/build/release/tools/cli/perfbench" check $report || return 1
  done
}

[ "$(distribution_kind)" = apt ] || stop "the test suite is set up for Debian 12 and Ubuntu 24.04 or later; run single presets with ctest elsewhere."
packages=("${run_packages[@]}" "${page_packages[@]}" "${peer_packages[@]}" "${test_packages[@]}")
# npm comes with Node where Node came from elsewhere, and Debian's npm conflicts with that one.
command -v npm >/dev/null 2>&1 || packages+=(nodejs npm)
install_packages "${packages[@]}"

stages=("$@")
[ $# -gt 0 ] || stages=(release headers format end-to-end debug asan tsan clang tidy aarch64)
for name in "${stages[@]}"; do
  case "$name" in
    release) stage release preset release -LE perf ;;
    debug) stage debug debug ;;
    asan) stage asan asan ;;
    tsan) stage tsan tsan ;;
    clang) stage clang clang ;;
    aarch64) stage aarch64 aarch64 ;;
    headers) stage headers headers ;;
    format) stage format format ;;
    tidy) stage tidy tidy ;;
    end-to-end) stage end-to-end end_to_end ;;
    *) stop "unknown stage '$name'; stages are: release headers format end-to-end debug asan tsan clang tidy aarch64." ;;
  esac
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
