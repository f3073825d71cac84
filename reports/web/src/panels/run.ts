import type { FactValue, PlanStep, Report } from "../document";
import { command, el, type Child } from "../dom";
import { formatWait } from "../format";
import { factName, factValueText } from "../names";
import { repeatCommand } from "../sentences";
import { foldedTable, table, type Column } from "../table";

const kStepColumns: Column<PlanStep>[] = [
  { header: "Step", cell: (step) => step.what || step.id },
  { header: "Planned", numeric: true, cell: (step) => formatWait(step.estimated_s) },
  { header: "Took", numeric: true, cell: (step) => (step.took_s === null ? "did not run" : formatWait(step.took_s)) },
];

const kSettingColumns: Column<[string, FactValue]>[] = [
  { header: "Setting", cell: ([name]) => factName(name) },
  { header: "Value", cell: ([name, value]) => factValueText(value, name.endsWith("_s") ? "s" : name.endsWith("_ns") ? "ns" : "") },
];

export function run(report: Report): Child[] {
  const { tool, plan } = report;
  const settings = Object.entries(plan.settings);
  return [
    el("p", {}, "To measure the same again, with the same seed:"),
    el("p", { class: "remedy" }, command(repeatCommand(report))),
    el("p", {}, `Seed ${String(plan.seed)}, preset ${plan.preset}, protocol ${report.protocol}; ${report.flop_convention}.`),
    el("p", {}, `${tool.name} ${tool.version} (${tool.git_revision}), ${tool.compiler}, ${tool.flags}.`),
    plan.steps.length > 0 ? table("Steps", kStepColumns, plan.steps) : null,
    settings.length > 0 ? foldedTable("Settings, every default written out", kSettingColumns, settings) : null,
  ];
}
