#!/bin/sh
# Our DRAM kernels on one core beside likwid-bench (where it is installed) and STREAM (a binary that was built elsewhere, given
# as argument), in turn, several rounds. Prints the figures and judges nothing: on a shared machine, hold the
# best of each against the best of the others, and repeat.
#
#   compare_bandwidth.sh ROOF_WINDOWS [STREAM_BINARY] [ROUNDS]
#
# Counted bytes throughout (STREAM's rule: a store counts once). likwid-bench: load and ddot beside "read"; stream (a = b + s c)
# with non-temporal stores beside "triad_nt".
set -eu
if [ $# -lt 1 ]; then
  sed -n '2,9p' "$0" >&2
  exit 2
fi
ours=$1
stream=${2:-}
rounds=${3:-3}
# The first CPU of our affinity mask: the one that roof_windows takes.
cpu=$(taskset -cp $$ | sed 's/.*: *//; s/[,-].*//')

likwid() {  # kernel
  likwid-bench -a | grep -q "^$1 " || return 0
  rate=$(likwid-bench -t "$1" -w "S0:2GB:1" 2>/dev/null | awk '/^MByte\/s/ { printf "%.2f", $2 / 1000 }')
  [ -n "$rate" ] && echo "likwid-bench $1  $rate GB/s"
}

round=1
while [ "$round" -le "$rounds" ]; do
  echo "-- round $round of $rounds, load $(cut -d' ' -f1-3 /proc/loadavg)"
  "$ours" dram 1 3
  if command -v likwid-bench >/dev/null; then
    for kernel in load load_sse load_avx load_avx512 ddot_avx512 stream_mem_sse stream_mem_avx stream_mem_avx_fma stream_mem_avx512; do
      likwid "$kernel"
    done
  fi
  if [ -n "$stream" ]; then
    OMP_NUM_THREADS=1 taskset -c "$cpu" "$stream" | awk '/^(Copy|Scale|Add|Triad):/ { printf "STREAM %s  %.2f GB/s\n", $1, $2 / 1000 }'
  fi
  round=$((round + 1))
done
