#!/bin/sh
# Our streaming kernels on one core beside likwid-bench (where it is installed) and STREAM (a binary that was built elsewhere),
# at every level, in turn, several rounds; the best of each. A round takes minutes, since likwid-bench takes a second or more
# a figure. Prints the figures and judges nothing: where the machine is shared, repeat.
#
#   compare_bandwidth.sh LEVEL_WINDOWS [STREAM_BINARY] [ROUNDS]
#
# Counted bytes throughout (STREAM's rule: a store counts once). likwid-bench runs at the working set that level_windows found
# for the level; its kernels of one kind in 512-bit and 256-bit form (128-bit without AVX), of which the better counts. Its "stream" is STREAM's
# triad; it has no scale and no add.
set -eu
if [ $# -lt 1 ]; then
  sed -n '2,12p' "$0" >&2
  exit 2
fi
ours=$1
stream=${2:-}
rounds=${3:-3}
# The first CPU of our affinity mask: the one that level_windows takes.
cpu=$(taskset -cp $$ | sed 's/.*: *//; s/[,-].*//')
work=$(mktemp -d)
round=1
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

likwid_kernels() {  # our kernel
  case $1 in
    read) echo load_avx512 load_avx load_sse ;;
    write) echo store_avx512 store_avx store_sse ;;
    write_nt) echo store_mem_avx512 store_mem_avx store_mem_sse ;;
    copy) echo copy_avx512 copy_avx copy_sse ;;
    copy_nt) echo copy_mem_avx512 copy_mem_avx copy_mem_sse ;;
    triad) echo stream_avx512_fma stream_avx_fma stream_sse_fma stream_sse ;;
    triad_nt) echo stream_mem_avx512 stream_mem_avx_fma stream_mem_sse_fma stream_mem_sse ;;
    update) echo update_avx512 update_avx update_sse ;;
  esac
}

# What was measured, also when a timeout or Ctrl-C ends the rounds.
finish() {
  [ -s "$work/figures" ] && best_of_each
  rm -rf "$work"
}
best_of_each() {
  echo "-- the best of $round of $rounds rounds, GB/s"
  awk '{
    key = $1 " " $2
    if (!(key in seen)) { seen[key] = 1; order[++count] = key }
    if ($3 == "ours") { if ($4 > ours[key]) ours[key] = $4 }
    else if ($4 > best[key]) { best[key] = $4; whose[key] = $3 }
  }
  END {
    for (i = 1; i <= count; ++i) {
      key = order[i]
      printf "%-14s ours %8.2f", key, ours[key]
      if (key in best) printf "   %-18s %8.2f   ours / theirs %.3f", whose[key], best[key], ours[key] / best[key]
      printf "\n"
    }
  }' "$work/figures"
}

runs_here() {  # likwid kernel
  case $1 in
    *_avx512*) grep -qw avx512f /proc/cpuinfo ;;
    *_avx*) grep -qw avx /proc/cpuinfo ;;
    *) ! grep -qw avx /proc/cpuinfo ;;
  esac
}

# "LEVEL KERNEL TOOL GB/s" a line
likwid() {  # level bytes kernel
  for theirs in $(likwid_kernels "$3"); do
    grep -q "^$theirs " "$work/likwid" && runs_here "$theirs" || continue
    likwid-bench -t "$theirs" -w "S0:$(($2 / 1024))kB:1" 2>/dev/null |
      awk -v what="$1 $3 $theirs" '/^MByte\/s/ { printf "%s %.2f\n", what, $2 / 1000 }'
  done
}

if command -v likwid-bench >/dev/null; then likwid-bench -a >"$work/likwid"; else : >"$work/likwid"; fi
: >"$work/figures"
while [ "$round" -le "$rounds" ]; do
  echo "-- round $round of $rounds, load $(cut -d' ' -f1-3 /proc/loadavg)"
  "$ours" 1 2 >"$work/ours"
  grep -E '^(level|roof)' "$work/ours"
  awk '/^roof/ && / GB\/s/ { print $2, $5, "ours", $8 }' "$work/ours" >>"$work/figures"
  awk '/^roof/ && / GB\/s/ { print $2, $3, $5 }' "$work/ours" | sort -u | while read -r level bytes kernel; do
    likwid "$level" "$bytes" "$kernel"
  done >>"$work/figures"
  if [ -n "$stream" ]; then
    OMP_NUM_THREADS=1 taskset -c "$cpu" "$stream" |
      awk '/^(Copy|Scale|Add|Triad):/ { printf "DRAM %s STREAM %.2f\n", tolower(substr($1, 1, length($1) - 1)), $2 / 1000 }' >>"$work/figures"
  fi
  [ "$round" -lt "$rounds" ] || break
  round=$((round + 1))
done
