import type { LibraryTrial, Report } from "../document";
import { el, svg, type Child } from "../dom";
import { formatFlopRate, formatSignificant } from "../format";
import { shapeCell } from "../roof_cells";
import { emptyPanel, remedy } from "../section";
import type { Sentence } from "../sentences";
import { table, type Column } from "../table";

interface Row {
  trial: LibraryTrial;
  /** Best rate of the same contest. */
  most: number;
}

/** Trials that compete: one of each operation and shape class is chosen. */
export function contestOf(trial: LibraryTrial): string {
  return trial.shape_class ? `${trial.operation}, ${trial.shape_class}` : trial.operation;
}

/** Rates compare within one size alone. */
function sizeOf(trial: LibraryTrial): string {
  return JSON.stringify(trial.shape ?? null);
}

/** What the environment's setting costs: the chosen trial over the ambient one, contest by contest. */
export function costSentences(trials: readonly LibraryTrial[]): Sentence[] {
  const sentences: Sentence[] = [];
  for (const contest of new Set(trials.map(contestOf))) {
    const of = trials.filter((trial) => contestOf(trial) === contest);
    const ambient = of.find((trial) => trial.ambient);
    const chosen = of.find((trial) => trial.chosen);
    if (!ambient || !chosen) continue;
    // Rates at two sizes do not compare, nor does an answer that was wrong.
    if (!ambient.verified || !chosen.verified || sizeOf(ambient) !== sizeOf(chosen)) continue;
    if (ambient === chosen) {
      sentences.push([`${contest}: a program in this environment gets the fitting kernels already (${chosen.core_name}).`]);
    } else if (ambient.rate_flop_per_s && chosen.rate_flop_per_s) {
      sentences.push([
        `${contest}: a program in this environment gets ${ambient.core_name} kernels and `,
        { strong: formatFlopRate(ambient.rate_flop_per_s) },
        `; the ${chosen.core_name} kernels give `,
        { strong: formatFlopRate(chosen.rate_flop_per_s) },
        `, ${formatSignificant(chosen.rate_flop_per_s / ambient.rate_flop_per_s)} times as much, and were measured here.`,
      ]);
    }
  }
  return sentences;
}

/** What the report says to do about the library's setting; its warnings have the reasons. */
function remedies(report: Report): Child[] {
  const about = report.machine.warnings.filter((warning) => warning.id.startsWith("openblas-core") && warning.remedy !== "");
  return about.map((warning) => el("div", {}, el("p", {}, warning.what), remedy(warning.remedy)));
}

function bar(row: Row): Child {
  const rate = row.trial.rate_flop_per_s;
  if (rate === null || !(rate > 0) || !(row.most > 0)) return null;
  const width = Math.round((100 * rate) / row.most);
  return svg("svg", { class: "bar-cell", viewBox: "0 0 100 8", width: 100, height: 8, "aria-hidden": "true" }, svg("rect", { x: 0, y: 0, width, height: 8 }));
}

function outcome(trial: LibraryTrial): Child {
  if (trial.failure !== "") return el("span", { class: "absent" }, trial.failure);
  const parts = [trial.ambient ? "what a program here gets" : null, trial.chosen ? "chosen" : null, trial.verified ? null : "answer not verified"];
  return parts.filter((part) => part).join(", ") || "tried";
}

function settingText(trial: LibraryTrial): string {
  if (trial.setting !== "") return trial.setting;
  return trial.ambient ? "as this environment has it" : "its own choice";
}

const kColumns: Column<Row>[] = [
  { header: "Setting", cell: ({ trial }) => `${trial.library}, ${settingText(trial)}` },
  { header: "Kernels that ran", cell: ({ trial }) => trial.core_name || "\u2013" },
  { header: "Operation", cell: ({ trial }) => contestOf(trial) },
  { header: "m\u00d7n\u00d7k", cell: ({ trial }) => shapeCell(trial.shape) },
  { header: "Best", numeric: true, cell: ({ trial }) => (trial.rate_flop_per_s === null ? "did not run" : el("strong", {}, formatFlopRate(trial.rate_flop_per_s))) },
  { header: "Against the best", cell: bar },
  { header: "Outcome", cell: ({ trial }) => outcome(trial) },
];

export function library(report: Report): Child[] {
  const trials = report.sections.roofline?.library_trials ?? [];
  if (trials.length === 0) return [emptyPanel("No library setting was tried: that part was not asked for, or no library was found.")];
  const rows = trials.map((trial) => ({
    trial,
    most: Math.max(...trials.filter((other) => contestOf(other) === contestOf(trial) && sizeOf(other) === sizeOf(trial)).map((other) => other.rate_flop_per_s ?? 0)),
  }));
  return [
    el("ul", { class: "reasons" }, ...costSentences(trials).map((sentence) => el("li", {}, ...sentence.map((part) => (typeof part === "string" ? part : el("strong", {}, part.strong)))))),
    ...remedies(report),
    table("Settings that were tried, each in a process of its own", kColumns, rows),
  ];
}
