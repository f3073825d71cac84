import type { Report, Warning } from "../document";
import { el, type Child } from "../dom";
import { remedy } from "../section";

function warningItem(warning: Warning): HTMLElement {
  return el(
    "li",
    {},
    el("p", { class: "what" }, warning.what),
    el("p", { class: "why" }, warning.why),
    remedy(warning.remedy),
    el("p", { class: "id" }, warning.id),
  );
}

export function warnings(report: Report): Child[] {
  const list = report.machine.warnings;
  if (list.length === 0) return [el("p", {}, "The probe found nothing that makes the figures fragile.")];
  return [el("ol", { class: "warnings" }, ...list.map(warningItem))];
}
