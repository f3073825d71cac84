import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from "d3-scale";

export type Span = readonly [number, number];

export interface Scale {
  /** Where a value stands, in pixels. On a logarithmic scale values that are not positive stand at the low end. */
  at(value: number): number;
  readonly domain: Span;
  readonly range: Span;
  /** What d3-axis draws from. */
  readonly axis: ScaleContinuousNumeric<number, number>;
}

export function logScale(domain: Span, range: Span): Scale {
  if (!(domain[0] > 0) || !(domain[1] > domain[0]) || !Number.isFinite(domain[1])) {
    throw new Error("a logarithmic axis needs positive, finite, rising ends");
  }
  const scale = scaleLog().domain([domain[0], domain[1]]).range([range[0], range[1]]);
  return {
    domain,
    range,
    axis: scale,
    at: (value) => Number(scale(value > 0 ? value : domain[0])),
  };
}

export function linearScale(domain: Span, range: Span): Scale {
  if (!(domain[1] > domain[0]) || !Number.isFinite(domain[0]) || !Number.isFinite(domain[1])) {
    throw new Error("an axis needs finite, rising ends");
  }
  const scale = scaleLinear().domain([domain[0], domain[1]]).range([range[0], range[1]]);
  return { domain, range, axis: scale, at: (value) => Number(scale(value)) };
}

/**
 * Ticks of a logarithmic axis: 1-2-5 steps, whole decades where those are too many, and evenly spaced ones where the
 * axis covers less than half a decade.
 */
export function logTicks(domain: Span, most: number): number[] {
  const [low, high] = domain;
  if (high / low < 4) return scaleLinear().domain([low, high]).ticks(most).filter((tick) => tick >= low && tick <= high);
  for (const [mantissas, every] of [[[1, 2, 5], 1], [[1, 3], 1], [[1], 1], [[1], 2], [[1], 3], [[1], 6]] as const) {
    const ticks: number[] = [];
    for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade += 1) {
      if (decade % every !== 0) continue;
      for (const mantissa of mantissas) {
        // From text, since 10 ** -3 times 5 is not the number that reads 0.005.
        const tick = Number(`${mantissa}e${decade}`);
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    if (ticks.length <= most) return ticks;
  }
  return [];
}

/** The domain widened by a factor on each side; positive and never empty. */
export function padded(values: readonly number[], below: number, above: number): Span | null {
  const usable = values.filter((value) => Number.isFinite(value) && value > 0);
  if (usable.length === 0) return null;
  return [Math.min(...usable) / below, Math.max(...usable) * above];
}

export { scaleLinear };
