// Cells that more than one table of roofs and kernels has.
import type { Dot, MatrixShape, Roof } from "./document";
import { el, type Child } from "./dom";
import { formatHertz, formatPercent, formatRate, formatSignificant, kNotAvailable, rateOf } from "./format";
import { flagsOf, shapeText } from "./names";
import { sustainedOf } from "./roofline_view";
import { verdictMark } from "./section";

export const kNone = "\u2013";

export function absent(text: string): HTMLElement {
  return el("span", { class: "absent" }, text);
}

export function limitCell(roof: Roof): Child {
  if (roof.limit_per_core_cycle === null) return absent(`none known: ${roof.limit_unavailable ?? "no reason recorded"}`);
  return `${formatSignificant(roof.limit_per_core_cycle)} (${roof.limit_source ?? ""})`;
}

export function clockCell(roof: Roof): Child {
  if (roof.clock_hz === null) return absent(`${kNotAvailable}: ${roof.clock_unavailable ?? "no reason recorded"}`);
  return `${formatHertz(roof.clock_hz)} \u00b1 ${formatPercent(roof.clock_relative_uncertainty)}`;
}

export function verdictCell(figure: Roof | Dot): HTMLElement {
  const rest = flagsOf(figure).filter((flag) => flag !== figure.verdict);
  const because = "lower_bound_reason" in figure && figure.lower_bound ? ` (${figure.lower_bound_reason})` : "";
  return el("span", {}, verdictMark(figure.verdict), rest.length > 0 ? ` ${rest.join(", ")}${because}` : null);
}

/** "63.6 of 64.0 flop": what was reached, and the documented limit where one is known. */
export function perCoreCycleCell(roof: Roof): Child {
  if (roof.kind === "latency") return kNone;
  if (roof.per_core_cycle === null) return absent(kNotAvailable);
  const limit = roof.limit_per_core_cycle === null ? "" : `\u00a0of\u00a0${formatSignificant(roof.limit_per_core_cycle)}`;
  return `${formatSignificant(roof.per_core_cycle)}${limit}\u00a0${roof.kind === "compute" ? "flop" : "B"}`;
}

export function bestCell(roof: Roof): HTMLElement {
  return el("strong", {}, (roof.lower_bound ? "\u2265\u00a0" : "") + formatRate(roof.kind, rateOf(roof).best));
}

export function sustainedCell(roof: Roof): Child {
  const sustained = sustainedOf(roof);
  return sustained === null ? kNone : formatRate(roof.kind, sustained);
}

export function ofLimitCell(roof: Roof): Child {
  if (roof.fraction_of_limit !== null) return formatPercent(roof.fraction_of_limit);
  return absent(roof.limit_per_core_cycle === null ? "none known" : "cannot be told");
}

/** A size is never torn apart. */
export function shapeCell(shape: MatrixShape | null | undefined): Child {
  return shape ? el("span", { class: "nowrap" }, shapeText(shape)) : kNone;
}

/** A figure with a smaller line under it. */
export function twoLines(figure: Child, below: string): HTMLElement {
  return el("span", {}, figure, below === "" ? null : el("span", { class: "below" }, below));
}
