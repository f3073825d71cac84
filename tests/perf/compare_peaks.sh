#!/bin/sh
# Our compute peaks on one core beside likwid-bench's peakflops_*, in turn, several rounds. Prints the figures and judges
# nothing: on a shared machine, hold the best of each against the best of the others, and repeat.
#
#   compare_peaks.sh ROOF_WINDOWS [ROUNDS] [MODEL]
#
# likwid-bench has no peak of bf16, int8, fp16, AMX nor of FMA with ADD in Debian's version. peakflops_sse and peakflops multiply
# and add separately, beside our mul_add; peakflops_avx_fma and _avx512_fma stand beside our fma.
set -eu
if [ $# -lt 1 ]; then
  sed -n '2,8p' "$0" >&2
  exit 2
fi
rounds=${2:-3}
round=1
while [ "$round" -le "$rounds" ]; do
  echo "-- round $round of $rounds, load $(cut -d' ' -f1-3 /proc/loadavg)"
  "$1" compute 1 10 ${3:-}
  if command -v likwid-bench >/dev/null; then
    for kernel in peakflops_sp peakflops peakflops_sp_sse peakflops_sse peakflops_sp_avx_fma peakflops_avx_fma \
        peakflops_sp_avx512_fma peakflops_avx512_fma; do
      rate=$(likwid-bench -t "$kernel" -w S0:16kB:1 -s 1 2>/dev/null | awk '/^MFlops\/s/ { printf "%.2f", $2 / 1000 }')
      [ -n "$rate" ] && echo "likwid-bench $kernel  $rate Gflop/s"
    done
  fi
  round=$((round + 1))
done
