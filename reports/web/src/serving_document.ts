// The report document's scenarios, searches, tracks and calibration, as far as the page reads them. What may be absent is
// so in reports of older versions.
import type { Disturbance, Histogram, Latency, Reason, Validity } from "./document";

export interface Arrivals {
  kind: string;
  wait: string;
  target_qps: number;
  offered_qps: number;
  burst_duty?: number | null;
  burst_period_ns?: number | null;
  trace?: string;
}

export interface Slip {
  p50: number;
  p99: number;
  p99_9?: number;
  max?: number;
}

/** Waiting in the queue, or service. */
export interface Stage {
  mean: number;
  standard_deviation: number;
  p50: number;
  p99: number;
  max: number;
}

/** counts[b - 1]: executions of b samples. */
export interface Batches {
  max_batch: number;
  max_delay_ns: number;
  counts: number[];
}

export interface Bound {
  percentile: string;
  bound_ns: number;
  over: number;
  over_fraction: number;
  over_low: number;
  over_high: number;
  n_effective: number;
  needs_queries?: number | null;
  early_stopping_needs: number;
  early_stopping_passes: boolean;
}

export interface EarlyStopping {
  percentile: string;
  discarded: number;
  value_ns?: number | null;
  needs_queries?: number | null;
}

export interface Frames {
  period_ns: number;
  deadline_ns: number;
  missed: number;
  skew_p50_ns: number;
  skew_p99_ns: number;
}

/** One fresh process. */
export interface Run {
  seed: number | string;
  queries: number;
  rate_per_s: number;
  mean_ns: number;
  /** null where the run refused it. */
  p50_ns: number | null;
  p90_ns: number | null;
  p99_ns: number | null;
  verdict: Validity;
  quiet: boolean;
}

export interface Between {
  mean: number;
  low: number | null;
  high: number | null;
}

export interface ScenarioResult {
  scenario: string;
  workload: string;
  rung?: string;
  description: string;
  implementation: string;
  closed_loop: boolean;
  worker_threads: number;
  placement: string;
  queries: number;
  samples: number;
  warm_up_queries: number;
  duration_ns: number;
  min_duration_ns: number;
  latency_ns: Latency;
  /** In order of issue; absent where they were not kept. */
  latencies_ns?: number[];
  histogram: Histogram;
  rate_per_s: number;
  arrivals?: Arrivals;
  slip_ns: Slip;
  slip_over_1us_fraction?: number;
  queue_ns?: Stage;
  service_ns?: Stage;
  batches?: Batches;
  samples_per_query?: number;
  bound?: Bound | null;
  early_stopping?: EarlyStopping | null;
  frames?: Frames | null;
  worker_utilisation?: number | null;
  refused?: number;
  undrained?: number;
  answers?: { checked: number; wrong: number };
  flop_per_sample: number;
  byte_per_sample: number;
  roof: string;
  roof_fraction: number | null;
  bandwidth_fraction?: number | null;
  bandwidth_roof?: string;
  verified: boolean;
  dropped: number;
  partial: boolean;
  failure?: string;
  disturbance: Disturbance;
  runs?: Run[];
  p99_between_runs_ns?: Between | null;
  rate_between_runs_per_s?: Between | null;
  verdict: Validity;
  reasons: Reason[];
}

/** One Server run of a search or a sweep. */
export interface Probe {
  target_qps: number;
  achieved_qps: number;
  queries: number;
  mean_ns: number;
  p50_ns: number | null;
  p90_ns: number | null;
  p99_ns: number | null;
  queue_mean_ns: number;
  service_mean_ns: number;
  worker_utilisation: number;
  over_fraction: number;
  ascending: boolean;
  verdict: Validity;
}

export interface PeakRate {
  workload: string;
  rung: string;
  percentile: string;
  bound_ns: number;
  max_batch: number;
  max_delay_ns: number;
  worker_threads: number;
  found: boolean;
  rate_qps: number;
  low_qps: number;
  high_qps: number;
  replicates_qps: number[];
  service_mean_ns: number;
  service_cv2: number;
  predictions: { model: string; rate_qps: number }[];
  probes: Probe[];
  verdict: Validity;
  reasons: Reason[];
}

export interface LoadSweep {
  workload: string;
  rung: string;
  worker_threads: number;
  max_batch: number;
  max_delay_ns: number;
  service_mean_ns: number;
  saturation_qps: number;
  points: Probe[];
}

export interface Estimate {
  value: number;
  low: number;
  high: number;
}

export interface CloudPoint {
  k: number;
  alone: PeakRate;
  batched: PeakRate;
  gap: Estimate;
  closed: Estimate;
}

export interface Cloud {
  service_ns: number;
  offline_per_s: Estimate;
  offline_batch: number;
  points: CloudPoint[];
}

export interface CameraTrial {
  cameras: number;
  frames: number;
  missed: number;
  p50_ns: number;
  p99_ns: number | null;
  p99_low_ns: number | null;
  p99_high_ns: number | null;
  skew_p99_ns: number;
  holds: Validity;
}

export interface Edge {
  alone_p50_ns: number;
  period_ns: number;
  deadline_ns: number;
  threads: number;
  naive: number;
  holds: number;
  trials: CameraTrial[];
}

export interface Mobile {
  frames_per_s: number;
  period_ns: number;
  headroom_fraction: number;
  frames: number;
  missed: number;
  p50_ns: number;
  p99_ns: number | null;
  burst_ns: number;
  missed_by_tenth: number[];
}

export interface TrackResult {
  track: string;
  workload: string;
  rung: string;
  fitted_by: string;
  description: string;
  cloud?: Cloud | null;
  edge?: Edge | null;
  mobile?: Mobile | null;
  findings: string[];
  partial: boolean;
  disturbance: Disturbance;
  verdict: Validity;
  reasons: Reason[];
}

export interface SlipCalibration {
  target_qps: number;
  queries: number;
  p50_ns: number;
  p99_ns: number;
  p99_9_ns: number;
  over_1us_fraction: number;
  gap_p99_ns?: number | null;
  gap_loss_fraction?: number | null;
}

export interface QueueCalibration {
  model: string;
  utilisation: number;
  queries: number;
  service_ns: number;
  measured_mean_ns: number;
  lindley_mean_ns: number;
  lindley_issued_mean_ns: number;
  theory_mean_ns: number;
  theory_standard_error_ns: number;
  measured_p99_ns?: number | null;
  lindley_p99_ns?: number | null;
  stalled: boolean;
  quiet: boolean;
  disturbed_by: string[];
}

export interface CalibrationSection {
  schedule_slip: SlipCalibration[];
  clock_read_ns: number;
  null_overhead: { reported_latency_p50_ns: number; between_queries_p50_ns: number };
  offline_null_samples_per_s: number;
  server_null_qps: number;
  queue: QueueCalibration[];
  verdict: Validity;
  reasons: Reason[];
}
