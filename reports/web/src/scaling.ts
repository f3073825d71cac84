// How the highest roofs grow with the cores: ratios for a table and a chart, nothing judged.
import type { Roof, RooflineSection } from "./document";
import { best, isDrawable, isMix, kLevels, kPrecisions, precisionsOf } from "./roofline_view";
import { placeKey, type Place } from "./teams";

/** One figure that every place may have: the highest multiply-add of a precision, or the read of a level. */
export interface Measure {
  name: string;
  kind: "compute" | "bandwidth";
  roofAt(place: Place): Roof | null;
}

export interface Scaled {
  roof: Roof;
  /** Over the first place; null for the first itself. */
  times: number | null;
  /** The same for each core; null where the cores are not told. */
  perCore: number | null;
}

export function measuresOf(section: RooflineSection): Measure[] {
  const usable = section.roofs.filter((roof) => roof.verdict !== "INVALID" && isDrawable(roof));
  const highest = (place: Place, fits: (roof: Roof) => boolean): Roof | null =>
    usable.filter((roof) => placeKey(roof) === place.key && fits(roof)).sort((a, b) => best(b) - best(a))[0] ?? null;
  return [
    ...precisionsOf(section).filter((precision) => kPrecisions.includes(precision)).map((precision): Measure => ({
      name: precision,
      kind: "compute",
      roofAt: (place) => highest(place, (roof) => roof.kind === "compute" && roof.precision === precision && !isMix(roof)),
    })),
    ...kLevels.map((level): Measure => ({
      name: `${level} read`,
      kind: "bandwidth",
      roofAt: (place) => highest(place, (roof) => roof.kind === "bandwidth" && roof.level === level && roof.kernel === "read"),
    })),
  ];
}

/** null where the place lacks the figure. The same instruction set is not demanded: it is each place's highest. */
export function scaledAt(measure: Measure, place: Place, first: Place): Scaled | null {
  const roof = measure.roofAt(place);
  if (!roof) return null;
  const base = place === first ? null : measure.roofAt(first);
  const times = base ? best(roof) / best(base) : null;
  const cores = place.cores !== null && first.cores !== null && first.cores > 0 ? place.cores / first.cores : null;
  return { roof, times, perCore: times !== null && cores !== null && cores > 0 ? times / cores : null };
}
