#!/usr/bin/env bash
# The 64-bit Arm libraries of this very Debian release, unpacked into a folder: what the preset aarch64 links and what its
# programs load under qemu-user. No root, no `dpkg --add-architecture`: apt runs on a private state beside the folder, with
# this machine's own sources, keys and proxies, and checks every signature as it always does.
#   tools/aarch64_sysroot.sh [FOLDER]     FOLDER: build/aarch64-sysroot by default
# A second call with the same packages and sources does nothing. Exit codes: 0 the folder stands; 77 this machine's sources
# gave no arm64 packages (Ubuntu keeps them on other hosts), the last line says so: use the preset aarch64-portable; 1 else.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# By name and not by dependency: the -dev packages' dependencies would bring perl, autoconf and a compiler. What is missing
# shows as a link error. Debian 12 and 13 call all of them the same.
readonly arm64_packages=(libc6 libgcc-s1 libstdc++6 libgomp1 libgfortran5 libudev1 libcap2
  libhwloc15 libhwloc-dev libopenblas0-pthread nlohmann-json3-dev libcli11-dev)
readonly triplet=aarch64-linux-gnu

folder=${1:-$root/build/aarch64-sysroot}
mkdir -p "$(dirname "$folder")"
folder=$(cd "$(dirname "$folder")" && pwd)/$(basename "$folder")
private="$folder.apt"    # apt's lists and the downloaded packages
fresh="$folder.new"      # becomes the folder when it is complete

# What the folder is made of: the names, this script's way of laying them out, and the machine's sources.
wanted() {
  printf '%s\n' "${arm64_packages[@]}"
  cat "${BASH_SOURCE[0]}" /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sha256sum || true
}

private_apt() {
  apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Acquire::Languages=none \
    -o Dir::State="$private" -o Dir::State::status="$private/status" -o Dir::Cache="$private/cache" "$@"
}

if [ -e "$folder/packages" ] && [ "$(cat "$folder/packages")" = "$(wanted)" ]; then exit 0; fi
command -v apt-get >/dev/null 2>&1 || { echo "no apt here, hence no arm64 packages"; exit 77; }

rm -rf "$private" "$fresh"
mkdir -p "$private/lists/partial" "$private/cache/archives/partial" "$private/packages" "$fresh/usr/lib/$triplet"
: > "$private/status"
# As root, apt downloads as the user _apt, who must be able to write.
[ "$(id -u)" -ne 0 ] || chown _apt "$private/packages" 2>/dev/null || true
# One source of many may fail (a third party's that has amd64 only): what counts is whether the packages are to be had.
private_apt update || echo "apt-get update complained (above); trying with what it got"
if ! (cd "$private/packages" && private_apt download "${arm64_packages[@]}"); then
  if private_apt --no-download --simulate install libc6 >/dev/null 2>&1; then
    echo "perfbench: the arm64 packages could not be downloaded (apt's message is above)"
    exit 1
  fi
  rm -rf "$private" "$fresh"
  echo "this machine's package sources gave no arm64 packages (Ubuntu keeps them on other hosts than amd64; or no network)"
  exit 77
fi
# /usr merged first, so that the loader's /lib/ld-linux-aarch64.so.1 is there whichever of the two a package ships.
# (`dpkg-deb -x` would put a folder in the link's place.)
ln -s usr/lib "$fresh/lib"
for package in "$private"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$fresh" --keep-directory-symlink --no-same-owner
done
# The names that update-alternatives would make.
ln -sf openblas-pthread/libopenblas.so.0 "$fresh/usr/lib/$triplet/libopenblas.so.0"
wanted > "$fresh/packages"
rm -rf "$folder" "$private"
mv "$fresh" "$folder"
