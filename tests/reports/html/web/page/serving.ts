// Sections of scenarios, searches, tracks and calibration put into a report: round figures that no machine gave.
import type { Latency, Report, Validity } from "../../../../../reports/web/src/document";
import type { CalibrationSection, CloudPoint, LoadSweep, PeakRate, Probe, ScenarioResult, TrackResult } from "../../../../../reports/web/src/serving_document";

const kMs = 1e6;
const kGrowth = Math.log(1.01 / 0.99);

function latencyOf(p50: number, p99: number, n: number): Latency {
  const at = (share: number): number => Math.round(p50 + (p99 - p50) * share);
  const figure = (value: number): Latency["p50"] => ({ value, low: Math.round(value * 0.98), high: Math.round(value * 1.03), n_effective: n * 0.4 });
  return {
    mean: p50 * 1.1,
    standard_deviation: p50 * 0.3,
    max: p99 * 4,
    p50: figure(at(0)),
    p90: figure(at(0.4)),
    p95: figure(at(0.6)),
    p99: figure(at(1)),
    p99_9: { needs_queries: 3688, n_effective: n * 0.4 },
  };
}

/** Counts that fall from the median's bucket on, so that the tail reaches `longest`. */
function histogramOf(p50: number, longest: number, n: number): ScenarioResult["histogram"] {
  const first = Math.floor(Math.log(p50 * 0.95) / kGrowth);
  const last = Math.ceil(Math.log(longest) / kGrowth);
  const counts = Array.from({ length: last - first + 1 }, (_, k) => (k < 6 ? Math.round(n / 8) : Math.floor((n / 30) * Math.exp(-k / 12))));
  counts[counts.length - 1] = 1;
  return { alpha: 0.01, first_bucket: first, counts };
}

interface Sketch {
  scenario: string;
  p50: number;
  p99: number;
  queries: number;
  rate: number;
  extra: Partial<ScenarioResult>;
}

function scenario(base: ScenarioResult, { scenario: name, p50, p99, queries, rate, extra }: Sketch): ScenarioResult {
  const copy = structuredClone(base);
  delete copy.latencies_ns;
  return {
    ...copy,
    scenario: name,
    workload: "mobilenet",
    rung: "fixed",
    description: "MobileNetV2 at 96 x 96, width 0.35, fp32",
    closed_loop: name === "SingleStream",
    worker_threads: 2,
    queries,
    samples: queries,
    latency_ns: latencyOf(p50, p99, queries),
    histogram: histogramOf(p50, p99 * 4, queries),
    rate_per_s: rate,
    slip_ns: { p50: 0, p99: 0, p99_9: 0, max: 0 },
    slip_over_1us_fraction: 0,
    worker_utilisation: 0.48,
    answers: { checked: 12, wrong: 0 },
    bandwidth_fraction: 0.21,
    bandwidth_roof: "DRAM read, 2 cores",
    verdict: "VALID",
    reasons: [],
    ...extra,
  };
}

const stage = (mean: number): ScenarioResult["queue_ns"] => ({ mean, standard_deviation: mean / 2, p50: mean * 0.8, p99: mean * 4, max: mean * 9 });

function scenariosOf(base: ScenarioResult): ScenarioResult[] {
  return [
    scenario(base, {
      scenario: "SingleStream",
      p50: 1.1 * kMs,
      p99: 1.4 * kMs,
      queries: 2000,
      rate: 900,
      extra: { early_stopping: { percentile: "p90", discarded: 150, value_ns: 1.2 * kMs } },
    }),
    scenario(base, {
      scenario: "MultiStream",
      p50: 4.6 * kMs,
      p99: 6.1 * kMs,
      queries: 600,
      rate: 1700,
      extra: { samples_per_query: 8, frames: { period_ns: 10 * kMs, deadline_ns: 10 * kMs, missed: 3, skew_p50_ns: 0.2 * kMs, skew_p99_ns: 0.9 * kMs } },
    }),
    scenario(base, {
      scenario: "Server",
      p50: 1.3 * kMs,
      p99: 5.2 * kMs,
      queries: 4000,
      rate: 801,
      extra: {
        arrivals: { kind: "poisson", wait: "hybrid", target_qps: 800, offered_qps: 800.4 },
        slip_ns: { p50: 51, p99: 8400, p99_9: 91_000, max: 2_400_000 },
        slip_over_1us_fraction: 0.021,
        queue_ns: stage(0.4 * kMs)!,
        service_ns: stage(1.15 * kMs)!,
        batches: { max_batch: 8, max_delay_ns: 0.5 * kMs, counts: [2000, 500, 200, 50] },
        bound: { percentile: "p99", bound_ns: 10 * kMs, over: 9, over_fraction: 0.00225, over_low: 0.0008, over_high: 0.0049, n_effective: 1500, early_stopping_needs: 1693, early_stopping_passes: true },
        runs: [1, 2, 3].map((k) => ({ seed: k * 7919, queries: 4000, rate_per_s: 800 + k, mean_ns: 1.5 * kMs, p50_ns: 1.3 * kMs, p90_ns: 2.2 * kMs, p99_ns: (5 + k / 10) * kMs, verdict: "VALID" as Validity, quiet: k !== 2 })),
        p99_between_runs_ns: { mean: 5.2 * kMs, low: 5.0 * kMs, high: 5.4 * kMs },
        rate_between_runs_per_s: { mean: 802, low: 800, high: 804 },
      },
    }),
    scenario(base, { scenario: "Offline", p50: 8.4 * kMs, p99: 9.9 * kMs, queries: 1, rate: 1780, extra: { samples: 16_000, samples_per_query: 16_000, histogram: histogramOf(8.4 * kMs, 12 * kMs, 500) } }),
  ];
}

function probe(rate: number, ascending = true): Probe {
  const load = rate / 1700;
  const wait = (0.55 * load) / (1.02 - load);
  return {
    target_qps: rate,
    achieved_qps: rate * 0.998,
    queries: 5000,
    mean_ns: (1.1 + wait) * kMs,
    p50_ns: (1.1 + wait * 0.6) * kMs,
    p90_ns: (1.2 + wait * 2) * kMs,
    p99_ns: (1.4 + wait * 4.6) * kMs,
    queue_mean_ns: wait * kMs,
    service_mean_ns: 1.1 * kMs,
    worker_utilisation: load,
    over_fraction: load > 0.8 ? 0.02 : 0.004,
    ascending,
    verdict: load > 0.8 ? "INVALID" : "VALID",
  };
}

function peak(bound: number, rate: number, batch: number): PeakRate {
  return {
    workload: "mobilenet",
    rung: "fixed",
    percentile: "p99",
    bound_ns: bound,
    max_batch: batch,
    max_delay_ns: batch > 1 ? 0.5 * kMs : 0,
    worker_threads: 2,
    found: rate > 0,
    rate_qps: rate,
    low_qps: rate * 0.96,
    high_qps: rate * 1.04,
    replicates_qps: [rate * 0.99, rate, rate * 1.01],
    service_mean_ns: 1.1 * kMs,
    service_cv2: 0.012,
    predictions: [
      { model: "M/M/2", rate_qps: 1010 },
      { model: "M/D/2", rate_qps: 1390 },
    ],
    probes: [probe(200), probe(900), probe(1500, false)],
    verdict: rate > 0 ? "VALID" : "INCONCLUSIVE",
    reasons: rate > 0 ? [] : [{ id: "not-found", text: "Even the lowest rate tried misses the bound.", remedy: "" }],
  };
}

function cloudPoint(k: number): CloudPoint {
  const alone = peak(k * 1.1 * kMs, k < 6 ? 0 : 1780 * (1 - 3.4 / k), 1);
  const gap = k < 6 ? 0.83 : 3.4 / k;
  return { k, alone, batched: peak(k * 1.1 * kMs, 1780 * (1 - 2.2 / k), 8), gap: { value: gap, low: gap - 0.03, high: gap + 0.04 }, closed: { value: 0.35, low: 0.2, high: 0.47 } };
}

function track(name: string, base: ScenarioResult, extra: Partial<TrackResult>): TrackResult {
  return {
    track: name,
    workload: "detector",
    rung: "fitted",
    fitted_by: "The largest rung whose P50 on one thread is 5 ms at most.",
    description: "YOLOv8n-class at 160 x 160",
    findings: [],
    partial: false,
    disturbance: base.disturbance,
    verdict: "VALID",
    reasons: [],
    ...extra,
  };
}

function tracksOf(base: ScenarioResult): TrackResult[] {
  const trial = (cameras: number, p99: number): NonNullable<TrackResult["edge"]>["trials"][number] => ({
    cameras,
    frames: 3000,
    missed: p99 > 10 ? 400 : 3,
    p50_ns: (4.8 + cameras * 0.3) * kMs,
    p99_ns: p99 * kMs,
    p99_low_ns: p99 * 0.96 * kMs,
    p99_high_ns: p99 * 1.05 * kMs,
    skew_p99_ns: 1.1 * kMs,
    holds: p99 > 10 ? "INVALID" : "VALID",
  });
  return [
    track("cloud", base, {
      cloud: { service_ns: 1.1 * kMs, offline_per_s: { value: 1780, low: 1760, high: 1800 }, offline_batch: 32, points: [5, 8, 10, 20, 40].map(cloudPoint) },
      findings: ["With a bound of 5 times one sample's service this machine serves none of what it does Offline."],
    }),
    track("edge", base, {
      edge: { alone_p50_ns: 4.9 * kMs, period_ns: 10 * kMs, deadline_ns: 10 * kMs, threads: 2, naive: 4, holds: 2, trials: [trial(1, 5.6), trial(2, 7.1), trial(3, 12.4), trial(4, 19), trial(8, 48)] },
      findings: ["One camera's figure promises 4 cameras; 2 hold."],
    }),
    track("mobile", base, {
      mobile: { frames_per_s: 60, period_ns: 16_666_667, headroom_fraction: 0.1, frames: 1800, missed: 41, p50_ns: 15 * kMs, p99_ns: 18.2 * kMs, burst_ns: 30e9, missed_by_tenth: [0, 1, 0, 3, 2, 5, 8, 6, 7, 9] },
      findings: ["41 of 1,800 frames were late, most of them in the second half."],
    }),
  ];
}

function calibrationOf(): CalibrationSection {
  return {
    schedule_slip: [1000, 10_000, 100_000].map((rate, k) => ({ target_qps: rate, queries: rate * 10, p50_ns: 48 + k, p99_ns: 8400, p99_9_ns: 61_000, over_1us_fraction: 0.021, gap_p99_ns: 41_000, gap_loss_fraction: 0.0078 })),
    clock_read_ns: 24.6,
    null_overhead: { reported_latency_p50_ns: 49, between_queries_p50_ns: 171 },
    offline_null_samples_per_s: 24e6,
    server_null_qps: 610_000,
    queue: [0.1, 0.5, 0.9].map((load, k) => ({
      model: "M/D/1",
      utilisation: load,
      queries: 30_000,
      service_ns: 100_300,
      measured_mean_ns: 106_000 * (1 + 5 * k * load),
      lindley_mean_ns: 105_400 * (1 + 5 * k * load),
      lindley_issued_mean_ns: 105_800 * (1 + 5 * k * load),
      theory_mean_ns: 105_900 * (1 + 5 * k * load),
      theory_standard_error_ns: 900 * (1 + k),
      measured_p99_ns: k === 1 ? 19.2 * kMs : null,
      lindley_p99_ns: k === 1 ? 19.0 * kMs : null,
      stalled: k === 1,
      quiet: k !== 2,
      disturbed_by: k === 2 ? ["others used 0.31 of a core"] : [],
    })),
    verdict: "VALID",
    reasons: [],
  };
}

/** The report with every section that the page can draw. */
export function served(report: Report): Report {
  const full = structuredClone(report);
  const base = full.sections.scenarios?.[0];
  if (!base) throw new Error("the report has no scenario");
  const sweep: LoadSweep = {
    workload: "mobilenet",
    rung: "fixed",
    worker_threads: 2,
    max_batch: 1,
    max_delay_ns: 0,
    service_mean_ns: 1.1 * kMs,
    saturation_qps: 1700,
    points: [200, 500, 800, 1000, 1200, 1350].map((rate) => probe(rate)),
  };
  full.sections.scenarios = [...(full.sections.scenarios ?? []), ...scenariosOf(base)];
  full.sections.peak_rates = [peak(10 * kMs, 1240, 1), peak(10 * kMs, 1510, 8)];
  full.sections.load_sweeps = [sweep];
  full.sections.tracks = tracksOf(base);
  full.sections.calibration = calibrationOf();
  return full;
}
