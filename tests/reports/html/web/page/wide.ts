// Reports that the golden one is made into: a machine with many kinds of teams, and a report of an older version.
import type { Dot, Report, Roof, RooflineSection } from "../../../../../reports/web/src/document";

function section(report: Report): RooflineSection {
  const { roofline } = report.sections;
  if (!roofline) throw new Error("the report has no roofline");
  return roofline;
}

function scaled<T extends Roof | Dot>(figure: T, factor: number): T {
  const copy = structuredClone(figure);
  for (const key of ["rate_flop_per_s", "rate_byte_per_s"] as const) {
    const rate = (copy as Partial<Roof>)[key];
    if (rate) for (const name of ["best", "p90", "median", "mad"] as const) rate[name] *= factor;
  }
  return copy;
}

interface Team {
  team: string;
  threads: number;
  cores: number;
  factor: number;
  epoch?: number;
  apart?: number;
}

const kTeams: Team[] = [
  { team: "8c", threads: 8, cores: 8, factor: 6.1, apart: 61 },
  { team: "16c", threads: 16, cores: 16, factor: 9.4, apart: 74 },
  { team: "16c32t", threads: 32, cores: 16, factor: 9.9, apart: 74 },
  { team: "1c-p", threads: 1, cores: 1, factor: 1.01 },
  { team: "1c-e", threads: 1, cores: 1, factor: 0.42 },
  { team: "8c-e", threads: 8, cores: 8, factor: 2.9, apart: 90 },
  { team: "8c-n0", threads: 8, cores: 8, factor: 5.2, apart: 60 },
  { team: "8c-n0-m1", threads: 8, cores: 8, factor: 3.3, apart: 60 },
  { team: "8c-n1", threads: 8, cores: 8, factor: 5.1, apart: 60 },
  { team: "8c-n1-m0", threads: 8, cores: 8, factor: 3.2, apart: 60 },
];

/** Every team measures what one core does, of the streams the reads; ids stay apart, as in a report. */
export function widened(report: Report): Report {
  const wide = structuredClone(report);
  const all = section(wide);
  const ofOne = (figure: Roof | Dot): boolean => figure.team === "1c";
  const roofs = all.roofs.filter((roof) => ofOne(roof) && (roof.kind === "compute" || roof.kernel === "read"));
  const dots = all.dots.filter(ofOne);
  const ridges = (all.ridge_points ?? []).filter((point) => roofs.some((roof) => roof.id === point.compute_roof));
  for (const { team, threads, cores, factor, epoch = 0, apart = null } of kTeams) {
    const idOf = (id: string): string => `${id}/${team}`;
    all.roofs.push(...roofs.map((roof) => ({ ...scaled(roof, factor), id: idOf(roof.id), team, threads, cores, epoch, core_to_core_ns: apart })));
    all.dots.push(...dots.map((dot) => ({ ...scaled(dot, factor), roof: idOf(dot.roof), team, threads, epoch })));
    all.ridge_points?.push(...ridges.map((point) => ({ ...point, compute_roof: idOf(point.compute_roof), bandwidth_roof: idOf(point.bandwidth_roof) })));
  }
  for (let cpu = 4; cpu < 16; cpu += 1) all.core_to_core.push({ cpu_a: 0, cpu_b: cpu, one_way_ns: 40 + 9 * cpu });
  return wide;
}

const kLaterKeys = [
  "rung", "arrivals", "slip_over_1us_fraction", "queue_ns", "service_ns", "batches", "samples_per_query", "bound", "early_stopping", "frames", "worker_utilisation",
  "refused", "undrained", "answers", "bandwidth_fraction", "bandwidth_roof", "failure", "runs", "p99_between_runs_ns", "rate_between_runs_per_s",
] as const;

/** As the first version wrote it: no teams, no shapes, no levels; one roof of each precision; two scenarios. */
export function aged(report: Report): Report {
  const old = structuredClone(report);
  const all = section(old);
  const seen = new Set<string>();
  all.roofs = all.roofs.filter((roof) => {
    const what = `${roof.kind} ${roof.precision ?? roof.kernel} ${roof.threads}`;
    const first = !seen.has(what) && (roof.kind === "compute" || roof.level === "DRAM") && ["fp64", "fp32", null].includes(roof.precision);
    if (first) seen.add(what);
    return first;
  });
  all.dots = all.dots.slice(0, 2);
  for (const roof of all.roofs) {
    for (const key of ["team", "epoch", "core_to_core_ns", "sustained", "may_hold_cache_hits"] as const) delete roof[key];
    roof.working_set_bytes ??= 0;
    roof.moved_bytes_per_1000_counted ??= 0;
  }
  for (const dot of all.dots) for (const key of ["team", "epoch", "precision", "shape", "working_set_bytes", "zone"] as const) delete dot[key];
  for (const trial of all.library_trials) for (const key of ["shape", "shape_class"] as const) delete trial[key];
  for (const key of ["ridge_points", "sweep", "cache_levels"] as const) delete all[key];
  for (const key of ["peak_rates", "load_sweeps", "tracks", "calibration"] as const) delete old.sections[key];
  for (const result of old.sections.scenarios ?? []) {
    for (const key of kLaterKeys) delete result[key];
    result.slip_ns = { p50: 0, p99: 0 };
  }
  return old;
}
