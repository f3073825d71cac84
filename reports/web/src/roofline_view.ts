// What the roofline chart draws, computed from the document: grouping, axis ends and ridge points. Arithmetic only.
import type { Dot, Roof, RooflineSection } from "./document";
import { rateOf } from "./format";
import { padded, type Span } from "./scales";

export interface Ridge {
  compute: Roof;
  bandwidth: Roof;
  /** flop per byte at which the two roofs meet: best over best. */
  intensity: number;
}

/** Roofs and kernels that ran on one number of threads: only these may be held against each other. */
export interface ThreadGroup {
  threads: number;
  compute: Roof[];
  bandwidth: Roof[];
  dots: Dot[];
  ridges: Ridge[];
}

export function best(roof: Roof): number {
  return rateOf(roof).best;
}

export function isDrawable(roof: Roof): boolean {
  const rate = best(roof);
  return Number.isFinite(rate) && rate > 0;
}

export function groupsOf(section: RooflineSection): ThreadGroup[] {
  const counts = new Set<number>();
  for (const roof of section.roofs) if (roof.kind !== "latency") counts.add(roof.threads);
  for (const dot of section.dots) counts.add(dot.threads);
  return [...counts]
    .sort((a, b) => a - b)
    .map((threads) => {
      const roofs = section.roofs.filter((roof) => roof.threads === threads && roof.kind !== "latency" && isDrawable(roof));
      const falling = (a: Roof, b: Roof): number => best(b) - best(a);
      const compute = roofs.filter((roof) => roof.kind === "compute").sort(falling);
      const bandwidth = roofs.filter((roof) => roof.kind === "bandwidth").sort(falling);
      const dots = section.dots.filter((dot) => dot.threads === threads && dot.rate_flop_per_s.best > 0);
      return { threads, compute, bandwidth, dots, ridges: ridgesOf(compute, bandwidth) };
    })
    .filter((group) => group.compute.length + group.bandwidth.length + group.dots.length > 0);
}

export function ridgesOf(compute: readonly Roof[], bandwidth: readonly Roof[]): Ridge[] {
  return compute.flatMap((roof) =>
    bandwidth.map((slope) => ({ compute: roof, bandwidth: slope, intensity: best(roof) / best(slope) })),
  );
}

/** The ridges that are marked in the chart: each compute roof with the steepest slope. */
export function markedRidges(group: ThreadGroup): Ridge[] {
  const top = group.bandwidth[0];
  return top ? group.ridges.filter((ridge) => ridge.bandwidth === top) : [];
}

/** One pair of axes for all groups, so that two charts side by side can be compared by eye. */
export function axesOf(groups: readonly ThreadGroup[]): { x: Span; y: Span } | null {
  const ridges = groups.flatMap((group) => group.ridges.map((ridge) => ridge.intensity));
  const dots = groups.flatMap((group) => group.dots);
  const intensities = dots.map((dot) => dot.intensity_flop_per_byte);
  const x = padded([...ridges.map((r) => r / 25), ...ridges.map((r) => r * 25), ...intensities], 1.6, 2.5) ?? ([0.1, 100] as const);
  const slopes = groups.flatMap((group) => group.bandwidth.map(best));
  const tops = groups.flatMap((group) => group.compute.map(best));
  const rates = dots.flatMap((dot) => [dot.rate_flop_per_s.best, dot.rate_flop_per_s.median]);
  const atLeft = slopes.length > 0 ? [Math.min(...slopes) * x[0]] : [];
  const y = padded([...tops, ...rates, ...atLeft, ...(tops.length + rates.length === 0 ? slopes.map((s) => s * x[1]) : [])], 1.3, 2);
  return y ? { x, y } : null;
}
