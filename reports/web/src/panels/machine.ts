import type { Fact, Report } from "../document";
import { el, type Child } from "../dom";
import { kNotAvailable } from "../format";
import { factName, factValueText, isAvailable } from "../names";
import { emptyPanel } from "../section";
import { table, type Column } from "../table";

type Row = [string, Fact];

const kColumns: Column<Row>[] = [
  { header: "Fact", cell: ([key]) => factName(key) },
  {
    header: "Value",
    cell: ([, fact]) =>
      isAvailable(fact) ? factValueText(fact.value, fact.unit) : el("span", { class: "absent" }, `${kNotAvailable}: ${fact.unavailable}`),
  },
  { header: "Source", cell: ([, fact]) => (isAvailable(fact) ? el("span", { class: "source" }, fact.source) : "\u2013") },
];

export function machine(report: Report): Child[] {
  const rows = Object.entries(report.machine.facts);
  if (rows.length === 0) return [emptyPanel("The machine was not probed.")];
  return [table("What was found, and where", kColumns, rows)];
}
