// The report document as reports/document/report.schema.json describes it; only what the page reads.
import type { CalibrationSection, LoadSweep, PeakRate, ScenarioResult, TrackResult } from "./serving_document";

export type { ScenarioResult };

export type FactValue = boolean | number | string | string[];
export type Fact = { value: FactValue; unit: string; source: string } | { unavailable: string; unit?: string };
export type NumberReading = { value: number; source: string } | { unavailable: string };

export type Validity = "VALID" | "INVALID" | "INCONCLUSIVE";

export interface Reason {
  id: string;
  text: string;
  remedy: string;
}

export interface Warning {
  id: string;
  what: string;
  why: string;
  remedy: string;
}

export interface Disturbance {
  wall_ns: number;
  foreign_cpu_cores: NumberReading;
  steal_fraction: NumberReading;
  share: NumberReading;
  gap_loss_fraction: NumberReading;
  quota_throttled: NumberReading;
  voluntary_switches: NumberReading;
  involuntary_switches: NumberReading;
  minor_faults: NumberReading;
  major_faults: NumberReading;
}

export interface NoiseFloor {
  cpu: number;
  watched_ns: number;
  loss_fraction: number;
  gaps_per_s: number;
  threshold_ns: number;
  gap_p50_ns: number;
  gap_p99_ns: number;
  gap_max_ns: number;
  gaps: number;
}

/** Over the kept windows; of a latency, best is the smallest. */
export interface WindowSummary {
  best: number;
  p90: number;
  median: number;
  mad: number;
  relative_mad: number;
}

/** The third height of a peak: the last quarter of one long run. */
export interface Sustained {
  rate_flop_per_s?: number;
  rate_byte_per_s?: number;
  latency_ns?: number;
  duration_ns: number;
  windows: number;
}

/** m x k times k x n. */
export interface MatrixShape {
  m: number;
  n: number;
  k: number;
}

/** Fields that may be absent are so in reports of older versions, or where there is nothing to tell. */
export interface Roof {
  id: string;
  kind: "compute" | "bandwidth" | "latency";
  precision: string | null;
  isa: string;
  level: string | null;
  kernel: string;
  /** "4c8t", "1c-e", "4c-n0-m1"; teams.ts has the words. */
  team?: string;
  epoch?: number;
  core_to_core_ns?: number | null;
  placement: string;
  threads: number;
  cores?: number | null;
  working_set_bytes?: number;
  moved_bytes_per_1000_counted?: number;
  rate_flop_per_s?: WindowSummary;
  rate_byte_per_s?: WindowSummary;
  latency_ns?: WindowSummary;
  windows: number;
  sustained?: Sustained | null;
  clock_hz: number | null;
  clock_source?: string;
  clock_unavailable?: string;
  clock_relative_uncertainty: number;
  per_core_cycle: number | null;
  limit_per_core_cycle: number | null;
  limit_source?: string;
  limit_unavailable?: string;
  fraction_of_limit: number | null;
  contended: boolean;
  lower_bound: boolean;
  lower_bound_reason: string;
  may_hold_cache_hits?: boolean;
  disturbance: Disturbance;
  verdict: Validity;
  reasons: Reason[];
}

export interface Dot {
  kernel: string;
  implementation: string;
  precision?: string | null;
  shape?: MatrixShape | null;
  working_set_bytes?: number;
  threads: number;
  team?: string;
  epoch?: number;
  placement: string;
  rate_flop_per_s: WindowSummary;
  windows: number;
  intensity_flop_per_byte: number;
  class: string;
  roof: string;
  zone?: string;
  roof_fraction: number | null;
  contended: boolean;
  disturbance: Disturbance;
  verdict: Validity;
  reasons: Reason[];
}

export interface LibraryTrial {
  library: string;
  setting: string;
  core_name: string;
  operation: string;
  shape_class?: string;
  shape?: MatrixShape | null;
  verified: boolean;
  failure: string;
  rate_flop_per_s: number | null;
  ambient: boolean;
  chosen: boolean;
}

export interface CoreToCore {
  cpu_a: number;
  cpu_b: number;
  one_way_ns: number;
}

/** Where two roofs of one team and epoch meet; the roofs by their ids. */
export interface RidgePoint {
  compute_roof: string;
  bandwidth_roof: string;
  flop_per_byte: number;
}

/** One core over one working set. */
export interface SweepPoint {
  working_set_bytes: number;
  latency_ns: number | null;
  read_byte_per_s: number | null;
}

export interface CacheLevel {
  level: string;
  told_bytes: NumberReading;
  found_bytes: NumberReading;
  working_set_bytes?: number;
  latency_ns?: number | null;
}

export interface RooflineSection {
  roofs: Roof[];
  dots: Dot[];
  library_trials: LibraryTrial[];
  core_to_core: CoreToCore[];
  ridge_points?: RidgePoint[];
  sweep?: SweepPoint[];
  cache_levels?: CacheLevel[];
  notes: string[];
}

/** A figure with its two-sided 95 % interval, or the refusal with the number of queries that would do. */
export type Percentile =
  | { value: number; low: number | null; high: number | null; n_effective: number }
  | { needs_queries: number; n_effective: number };

export type PercentileName = "p50" | "p90" | "p95" | "p99" | "p99_9";

export type Latency = Record<PercentileName, Percentile> & {
  mean: number;
  standard_deviation: number;
  max: number;
};

/** Bucket i covers (g^(i-1), g^i] ns, g = (1+alpha)/(1-alpha); counts[k] is bucket first_bucket + k. */
export interface Histogram {
  alpha: number;
  first_bucket: number;
  counts: number[];
}

export interface PlanStep {
  id: string;
  what: string;
  estimated_s: number;
  took_s: number | null;
}

export interface Report {
  schema: string;
  protocol: number;
  flop_convention: string;
  tool: { name: string; version: string; compiler: string; flags: string; git_revision: string };
  label: string | null;
  started_utc: string;
  partial: boolean;
  partial_reason: string;
  command: string[];
  plan: {
    preset: string;
    /** Text where a number would lose digits: a seed has 64 bits. */
    seed: number | string;
    settings: Record<string, FactValue>;
    steps: PlanStep[];
  };
  machine: { facts: Record<string, Fact>; warnings: Warning[] };
  quiet: {
    verdict: "quiet" | "disturbed";
    reasons: Reason[];
    windows: number;
    windows_quiet: number;
    disturbance: Disturbance;
    noise_floor: NoiseFloor[];
  };
  sections: {
    roofline?: RooflineSection;
    scenarios?: ScenarioResult[];
    peak_rates?: PeakRate[];
    load_sweeps?: LoadSweep[];
    tracks?: TrackResult[];
    calibration?: CalibrationSection;
  };
}
