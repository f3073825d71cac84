#!/usr/bin/env bash
# From a fresh machine to a report in one command: installs what is missing (apt), builds, measures this machine.
#   tools/run.sh [ARGS of `perfbench run`]     tools/run.sh VERB [ARGS]
# Leaves report.json and report.html in the folder it is called from. A second call only builds and measures.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tools/packages.sh
. "$root/tools/packages.sh"

[ "$(uname -s)" = Linux ] || stop "perfbench measures Linux on x86-64 and arm64 (WSL2 included), not $(uname -s)."
case "$(uname -m)" in
  x86_64|aarch64) ;;
  *) stop "perfbench measures x86-64 and arm64 processors, not $(uname -m)." ;;
esac

case "$(distribution_kind)" in
  apt)
    mapfile -t missing < <(missing_packages "${run_packages[@]}" "${page_packages[@]}")
    if [ ${#missing[@]} -gt 0 ] && become_root; then
      install_packages "${run_packages[@]}" "${page_packages[@]}"
    else
      install_packages "${run_packages[@]}"
      install_optional_packages "building without the report page (\`perfbench render\` can make it later)" "${page_packages[@]}"
    fi ;;
  *) require_by_use ;;
esac

log="$root/build/run.log"
mkdir -p "$root/build" || stop "$root/build cannot be written: clone perfbench into a folder of your own."
say "perfbench: building (the log is in build/run.log)"
if ! { cmake -S "$root" --preset release -DPERFBENCH_TESTS=OFF && cmake --build "$root/build/release"; } >"$log" 2>&1; then
  tail -n 25 "$log" >&2
  say "perfbench: the build failed; the whole log is in $log."
  exit 4
fi

case "${1:-}" in
  ''|-*) set -- run "$@" ;;
esac
exec "$root/build/release/tools/cli/perfbench" "$@"
