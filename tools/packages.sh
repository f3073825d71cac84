# shellcheck shell=bash
# Sourced by run.sh and test.sh: which packages each needs, and how they are installed. bash, coreutils, awk and sed only.

# shellcheck disable=SC2034  # used where this is sourced
readonly run_packages=(g++ cmake ninja-build pkg-config libhwloc-dev libopenblas-dev libcli11-dev nlohmann-json3-dev)
# The report page is bundled at build time from Debian's d3 modules by Debian's esbuild; no Node is needed for it.
# shellcheck disable=SC2034
readonly page_packages=(esbuild node-d3-scale node-d3-axis node-d3-shape node-d3-selection)
# Optional at build time, installed for the test suite alone: Google Benchmark for perfbench_micro, oneDNN as a third way
# through the matrix kernels.
# shellcheck disable=SC2034
readonly peer_packages=(libbenchmark-dev libdnnl-dev)
readonly minimum_cmake=3.25

say() { printf '%s\n' "$*" >&2; }
# One sentence, then exit code 2: usage, or an input that cannot be used (DESIGN's exit codes).
stop() { say "perfbench: $*"; exit 2; }

os_field() { # NAME -> its value in os-release, unquoted
  local file="${PERFBENCH_OS_RELEASE:-/etc/os-release}"
  [ -r "$file" ] && sed -n "s/^$1=//p" "$file" | head -n 1 | sed 's/^"\(.*\)"$/\1/'
}

at_least() { # VERSION MINIMUM, dotted numbers
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# apt, other or old: which way this distribution installs packages, by os-release.
distribution_kind() {
  local id version like
  id=$(os_field ID); version=$(os_field VERSION_ID); like=$(os_field ID_LIKE)
  case "$id" in
    debian) if [ -z "$version" ] || at_least "$version" 12; then echo apt; else echo old; fi ;;
    ubuntu) if at_least "${version:-0}" 24.04; then echo apt; else echo old; fi ;;
    *) case " $like " in
         *" debian "*|*" ubuntu "*) if command -v apt-get >/dev/null 2>&1; then echo apt; else echo other; fi ;;
         *) echo other ;;
       esac ;;
  esac
}

# The names of what is not installed, one a line. Asking dpkg for all names at once takes milliseconds.
missing_packages() { # NAME...
  local name
  local -A installed=()
  while read -r name; do installed["$name"]=1; done < <(
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | awk '$1 == "installed" { print $2 }')
  for name in "$@"; do [ -n "${installed[$name]:-}" ] || printf '%s\n' "$name"; done
}

# What the build needs, looked for by use and not by package, for distributions that apt does not serve.
# Prints our keys of what is missing: compiler cmake ninja pkg-config hwloc openblas cli11 nlohmann-json.
missing_by_use() {
  command -v g++ >/dev/null 2>&1 || command -v clang++ >/dev/null 2>&1 || echo compiler
  if ! command -v cmake >/dev/null 2>&1 ||
     ! at_least "$(cmake --version | awk 'NR == 1 { print $3 }')" "$minimum_cmake"; then echo cmake; fi
  command -v ninja >/dev/null 2>&1 || command -v ninja-build >/dev/null 2>&1 || echo ninja
  if command -v pkg-config >/dev/null 2>&1; then pkg-config --exists hwloc || echo hwloc
  else echo pkg-config; echo hwloc; fi
  compgen -G '/usr/lib*/libopenblas*.so*' >/dev/null || compgen -G '/usr/lib/*/libopenblas*.so*' >/dev/null ||
    compgen -G '/usr/lib/*/openblas*/libopenblas*.so*' >/dev/null || echo openblas
  [ -e /usr/include/CLI/CLI.hpp ] || echo cli11
  [ -e /usr/include/nlohmann/json.hpp ] || echo nlohmann-json
}

# KEY -> package name, in the words of the distribution's family.
package_name() { # FAMILY KEY
  case "$1:$2" in
    fedora:compiler) echo gcc-c++ ;;          arch:compiler) echo gcc ;;           suse:compiler) echo gcc-c++ ;;
    fedora:ninja) echo ninja-build ;;         arch:ninja|suse:ninja) echo ninja ;;
    fedora:pkg-config) echo pkgconf-pkg-config ;; arch:pkg-config) echo pkgconf ;; suse:pkg-config) echo pkg-config ;;
    fedora:hwloc|suse:hwloc) echo hwloc-devel ;;  arch:hwloc) echo hwloc ;;
    fedora:openblas) echo openblas-devel ;;   arch:openblas) echo openblas ;;      suse:openblas) echo openblas-devel ;;
    fedora:cli11) echo cli11-devel ;;         arch:cli11) echo cli11 ;;            suse:cli11) echo cli11-devel ;;
    fedora:nlohmann-json) echo json-devel ;;  arch:nlohmann-json) echo nlohmann-json ;; suse:nlohmann-json) echo nlohmann_json-devel ;;
    debian:compiler) echo g++ ;;              debian:ninja) echo ninja-build ;;    debian:hwloc) echo libhwloc-dev ;;
    debian:openblas) echo libopenblas-dev ;;  debian:cli11) echo libcli11-dev ;;   debian:nlohmann-json) echo nlohmann-json3-dev ;;
    *) echo "$2" ;;
  esac
}

family() {
  case " $(os_field ID) $(os_field ID_LIKE) " in
    *" fedora "*|*" rhel "*|*" centos "*) echo fedora ;;
    *" arch "*) echo arch ;;
    *suse*) echo suse ;;
    *" debian "*|*" ubuntu "*) echo debian ;;
    *) echo unknown ;;
  esac
}

# Ends with 2 unless everything that the build needs is there already.
require_by_use() {
  local key names=() name
  name=$(os_field PRETTY_NAME); name=${name:-this system}
  while read -r key; do names+=("$(package_name "$(family)" "$key")"); done < <(missing_by_use)
  [ ${#names[@]} -eq 0 ] && return 0
  local list="${names[*]}"
  case " $list " in *" cmake "*) list="${list/cmake/cmake (at least $minimum_cmake)}" ;; esac
  stop "$name is not set up by this script (Debian 12 and Ubuntu 24.04 or later are); missing here: $list."
}

# Sets as_root to what a command is prefixed with to run as root; fails where that cannot be had. sudo may ask for a
# password on a terminal only, never out of a script's depth.
become_root() {
  as_root=()
  [ "$(id -u)" -eq 0 ] && return 0
  command -v sudo >/dev/null 2>&1 || return 1
  sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; } || return 1
  as_root=(sudo)
}

# Installs what is missing of the named packages. Where root cannot be had it ends with one line for the administrator.
# A machine that has them all calls neither apt nor sudo.
install_packages() { # NAME...
  local missing=() as_root
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return 0
  become_root ||
    stop "an administrator has to install what is missing: apt-get install --no-install-recommends ${missing[*]}"
  say "perfbench: installing ${#missing[@]} packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq || say "perfbench: apt-get update failed; trying with the lists that are there."
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    stop "apt-get could not install: ${missing[*]} (its message is above)."
}

# The same for packages that the build can do without: where root cannot be had, a line says what is lost.
install_optional_packages() { # WHAT-IS-LOST NAME...
  local lost=$1 missing=() as_root
  shift
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return 0
  if become_root; then install_packages "$@"
  else say "perfbench: $lost; an administrator can install: ${missing[*]}"; fi
}
