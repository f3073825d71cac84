import type { Fact, FactValue, Report } from "../document";
import { el, type Child } from "../dom";
import { factName, factValueText, isAvailable } from "../names";
import { emptyPanel } from "../section";
import { table, type Column } from "../table";

interface Found {
  key: string;
  fact: { value: FactValue; unit: string; source: string };
}

interface Missing {
  key: string;
  reason: string;
}

const kFoundColumns: Column<Found>[] = [
  { header: "Fact", cell: ({ key }) => factName(key) },
  { header: "Value", cell: ({ fact }) => factValueText(fact.value, fact.unit) },
  { header: "Source", cell: ({ fact }) => el("span", { class: "source" }, fact.source) },
];

const kMissingColumns: Column<Missing>[] = [
  { header: "Fact", cell: ({ key }) => factName(key) },
  { header: "Why there is none", cell: ({ reason }) => `not available: ${reason}` },
];

export function machine(report: Report): Child[] {
  const found: Found[] = [];
  const missing: Missing[] = [];
  for (const [key, fact] of Object.entries<Fact>(report.machine.facts)) {
    if (isAvailable(fact)) found.push({ key, fact });
    else missing.push({ key, reason: fact.unavailable });
  }
  if (found.length + missing.length === 0) return [emptyPanel("The machine was not probed.")];
  return [
    found.length > 0 ? table("What was found, and where", kFoundColumns, found) : emptyPanel("Nothing was found out about the machine."),
    missing.length > 0 ? table("What this machine does not tell", kMissingColumns, missing) : null,
  ];
}
