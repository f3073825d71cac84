// What the roofline chart draws, computed from the document: which roofs, kernels and ridge points stand together, and the
// ends of the axes. Arithmetic only.
import type { Dot, Roof, RooflineSection } from "./document";
import { rateOf } from "./format";
import { padded, type Span } from "./scales";
import { placeKey, type Place } from "./teams";

export interface Ridge {
  compute: Roof;
  bandwidth: Roof;
  /** flop per byte at which the two roofs meet. */
  intensity: number;
}

/** A kernel with the number that it has in chart and tables alike. */
export interface NumberedDot {
  number: number;
  dot: Dot;
}

export interface View {
  place: Place;
  /** null: the highest roof of each. */
  precision: string | null;
  /** Highest first, as everything here that has a height. */
  compute: Roof[];
  bandwidth: Roof[];
  dots: NumberedDot[];
  ridges: Ridge[];
  /** Refused by a verdict of the report: listed, not drawn. */
  refused: Roof[];
}

export const kLevels = ["L1", "L2", "L3", "DRAM"] as const;
export const kPrecisions: readonly string[] = ["fp64", "fp32", "bf16", "fp16", "int8"];

export function best(roof: Roof): number {
  return rateOf(roof).best;
}

export function sustainedOf(roof: Roof): number | null {
  const { sustained } = roof;
  return sustained?.rate_flop_per_s ?? sustained?.rate_byte_per_s ?? sustained?.latency_ns ?? null;
}

/**
 * The documented limit in the roof's own unit: limit per core and cycle x clock x cores, which is best over the fraction
 * that the report gives. null where it gives none.
 */
export function limitOf(roof: Roof): number | null {
  const share = roof.fraction_of_limit;
  return share !== null && share > 0 ? best(roof) / share : null;
}

export function isDrawable(roof: Roof): boolean {
  const rate = best(roof);
  return Number.isFinite(rate) && rate > 0;
}

export function precisionsOf(section: RooflineSection): string[] {
  const found = new Set(section.roofs.flatMap((roof) => (roof.kind === "compute" && roof.precision ? [roof.precision] : [])));
  return [...kPrecisions.filter((name) => found.has(name)), ...[...found].filter((name) => !kPrecisions.includes(name))];
}

/** GEMM is held against multiply-adds; a mix with more additions is a roof apart. */
export function isMix(roof: Roof): boolean {
  return roof.kernel === "fma_add";
}

const falling = (a: Roof, b: Roof): number => best(b) - best(a);

function computeRoofs(roofs: readonly Roof[], precision: string | null): Roof[] {
  const all = roofs.filter((roof) => roof.kind === "compute").sort(falling);
  if (precision !== null) return all.filter((roof) => roof.precision === precision);
  const names = new Set(all.map((roof) => roof.precision));
  return [...names].flatMap((name) => all.find((roof) => roof.precision === name && !isMix(roof)) ?? []).sort(falling);
}

/** A slope for each level: its read, or what is highest where that is missing; and whatever binds a kernel. */
function bandwidthRoofs(roofs: readonly Roof[], dots: readonly NumberedDot[]): Roof[] {
  const all = roofs.filter((roof) => roof.kind === "bandwidth").sort(falling);
  const binding = new Set(dots.map(({ dot }) => dot.roof));
  const levels = [...new Set(all.map((roof) => roof.level))];
  const chosen = new Set(levels.flatMap((level) => {
    const of = all.filter((roof) => roof.level === level);
    return of.find((roof) => roof.kernel === "read") ?? of.slice(0, 1);
  }));
  return all.filter((roof) => chosen.has(roof) || binding.has(roof.id));
}

/** The report's ridge points of these roofs; a report of an older version has none, and they are best over best. */
function ridgesOf(section: RooflineSection, compute: readonly Roof[], bandwidth: readonly Roof[]): Ridge[] {
  if (!section.ridge_points) {
    return compute.flatMap((roof) => bandwidth.map((slope) => ({ compute: roof, bandwidth: slope, intensity: best(roof) / best(slope) })));
  }
  return section.ridge_points.flatMap((point) => {
    const flat = compute.find((roof) => roof.id === point.compute_roof);
    const slope = bandwidth.find((roof) => roof.id === point.bandwidth_roof);
    return flat && slope && point.flop_per_byte > 0 ? [{ compute: flat, bandwidth: slope, intensity: point.flop_per_byte }] : [];
  });
}

/** Kernels in the order of the report, numbered once for the whole page. */
export function numbered(section: RooflineSection): NumberedDot[] {
  return section.dots.map((dot, at) => ({ number: at + 1, dot }));
}

export function viewOf(section: RooflineSection, place: Place, precision: string | null): View {
  const here = section.roofs.filter((roof) => placeKey(roof) === place.key);
  const drawn = here.filter((roof) => roof.verdict !== "INVALID" && isDrawable(roof));
  const dots = numbered(section).filter(({ dot }) => {
    if (placeKey(dot) !== place.key || !(dot.rate_flop_per_s.best > 0)) return false;
    return precision === null || !dot.precision || dot.precision === precision;
  });
  const compute = computeRoofs(drawn, precision);
  const bandwidth = bandwidthRoofs(drawn, dots);
  const refused = here.filter((roof) => roof.verdict === "INVALID" && (roof.kind !== "compute" || precision === null || roof.precision === precision));
  return { place, precision, compute, bandwidth, dots, ridges: ridgesOf(section, compute, bandwidth), refused };
}

/** Where the chart starts: the first place, and fp32, which most kernels compute in. */
export function defaultPrecision(section: RooflineSection): string | null {
  const names = precisionsOf(section);
  return names.includes("fp32") ? "fp32" : (names[0] ?? null);
}

/** The ridges that carry their value in the chart: those of the roof that GEMM is held against, one for each slope. */
export function markedRidges(view: View): Ridge[] {
  const top = view.compute.find((roof) => !isMix(roof)) ?? view.compute[0];
  return view.ridges.filter((ridge) => ridge.compute === top);
}

/** Every roof, ridge and kernel is inside, and a slope has room to be seen as one. */
export function axesOf(view: View): { x: Span; y: Span } | null {
  const ridges = view.ridges.map((ridge) => ridge.intensity);
  const intensities = view.dots.map(({ dot }) => dot.intensity_flop_per_byte);
  // Where the steepest and the flattest slope meet the highest roof: what is left of the one is slope alone.
  const top = view.compute[0];
  const meets = top ? view.bandwidth.map((slope) => best(top) / best(slope)) : [];
  const lowest = Math.min(...ridges, ...meets);
  const highest = Math.max(...ridges, ...meets);
  const room = ridges.length + meets.length > 0 ? [lowest / 4, highest / 25, highest * 10] : [];
  const x = padded([...room, ...intensities], 1.6, 2.5) ?? ([0.1, 100] as const);
  const slopes = view.bandwidth.map(best);
  const tops = view.compute.flatMap((roof) => [best(roof), limitOf(roof) ?? best(roof)]);
  const rates = view.dots.flatMap(({ dot }) => [dot.rate_flop_per_s.best, dot.rate_flop_per_s.median]);
  // The lowest slope is seen from a third of its way on, so that it does not press the others to the top.
  const foot = slopes.length > 0 ? [Math.min(...slopes) * x[0] * 2] : [];
  const alone = tops.length + rates.length === 0 ? slopes.map((slope) => slope * x[1]) : [];
  // Ridge points carry their values at the foot, below every kernel.
  const y = padded([...tops, ...rates, ...foot, ...alone], ridges.length > 0 ? 2.4 : 1.3, 1.6);
  return y ? { x, y } : null;
}
