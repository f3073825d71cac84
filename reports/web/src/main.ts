// Draws the report that stands in this page. The page draws what the document says; it judges nothing.
import type { Report } from "./document";
import { el, type Child } from "./dom";
import { calibration } from "./panels/calibration";
import { compute } from "./panels/compute";
import { conclusion, titleOf } from "./panels/conclusion";
import { cores } from "./panels/cores";
import { kernels } from "./panels/kernels";
import { library } from "./panels/library";
import { machine } from "./panels/machine";
import { memory } from "./panels/memory";
import { quiet } from "./panels/quiet";
import { roofline } from "./panels/roofline";
import { run } from "./panels/run";
import { scenarios } from "./panels/scenarios";
import { serving } from "./panels/serving";
import { tracks } from "./panels/tracks";
import { warnings } from "./panels/warnings";
import { readReport } from "./read_report";
import { emptyPanel, section } from "./section";
import { shown } from "./text";

interface Panel {
  id: string;
  title: string;
  build(report: Report): Child[];
  /** Sections that it is drawn from; one of them is there, or the panel is not. */
  of?: readonly (keyof Report["sections"])[];
  /** What every run measures: a report that was cut short says why it is missing. */
  expected?: boolean;
}

const kRoofline = { of: ["roofline"], expected: true } as const;

const kPanels: readonly Panel[] = [
  { id: "warnings", title: "Warnings", build: warnings },
  { id: "roofline", title: "Roofline", build: roofline, ...kRoofline },
  { id: "compute", title: "Compute", build: compute, ...kRoofline },
  { id: "memory", title: "Memory", build: memory, ...kRoofline },
  { id: "cores", title: "Cores", build: cores, ...kRoofline },
  { id: "kernels", title: "Matrix kernels", build: kernels, ...kRoofline },
  { id: "library", title: "Library settings", build: library, ...kRoofline },
  { id: "scenarios", title: "Scenarios", build: scenarios, of: ["scenarios"], expected: true },
  { id: "serving", title: "Load", build: serving, of: ["peak_rates", "load_sweeps"] },
  { id: "tracks", title: "Tracks", build: tracks, of: ["tracks"] },
  { id: "calibration", title: "Calibration", build: calibration, of: ["calibration"] },
  { id: "quiet", title: "How quiet it was", build: quiet },
  { id: "machine", title: "The machine", build: machine },
  { id: "run", title: "This run", build: run },
];

/** A part that the verb did not make is left out. */
function panelsOf(report: Report): Panel[] {
  return kPanels.filter(({ of, expected }) => !of || (expected && report.partial) || of.some((key) => report.sections[key] !== undefined));
}

function contents(panels: readonly Panel[]): HTMLElement {
  const links = panels.map((panel) => el("li", {}, el("a", { href: `#${panel.id}` }, panel.title)));
  return el("nav", { "aria-label": "Parts of the report" }, el("ul", {}, ...links));
}

function head(report: Report): HTMLElement {
  try {
    document.title = `${shown(titleOf(report), 80)} \u2013 perfbench report`;
    return conclusion(report);
  } catch (error) {
    return el("header", {}, el("h1", {}, "perfbench report"), emptyPanel(`The conclusion cannot be drawn: ${(error as Error).message}`));
  }
}

/** On paper everything is open; on the screen it goes back to how it was. */
function openForPrinting(): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>("main details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}

function start(): void {
  const page = document.getElementById("page");
  if (!page) return;
  const result = readReport(document.getElementById("report")?.textContent ?? "");
  if ("problem" in result) {
    page.replaceChildren(el("main", {}, el("h1", {}, "perfbench report"), el("p", { class: "notice" }, result.problem)));
    return;
  }
  const { report } = result;
  const panels = panelsOf(report);
  page.replaceChildren(
    el("main", {}, head(report), contents(panels), ...panels.map((panel) => section(panel.id, panel.title, () => panel.build(report)))),
  );
  openForPrinting();
}

start();
