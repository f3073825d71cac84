// Draws the report that stands in this page. The page draws what the document says; it judges nothing.
import type { Report } from "./document";
import { el } from "./dom";
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
import { warnings } from "./panels/warnings";
import { readReport } from "./read_report";
import { emptyPanel, section } from "./section";
import { shown } from "./text";

const kPanels = [
  { id: "warnings", title: "Warnings", build: warnings },
  { id: "roofline", title: "Roofline", build: roofline },
  { id: "compute", title: "Compute", build: compute },
  { id: "memory", title: "Memory", build: memory },
  { id: "cores", title: "Cores", build: cores },
  { id: "kernels", title: "Matrix kernels", build: kernels },
  { id: "library", title: "Library settings", build: library },
  { id: "scenarios", title: "Scenarios", build: scenarios },
  { id: "quiet", title: "How quiet it was", build: quiet },
  { id: "machine", title: "The machine", build: machine },
  { id: "run", title: "This run", build: run },
] as const;

function contents(): HTMLElement {
  const links = kPanels.map((panel) => el("li", {}, el("a", { href: `#${panel.id}` }, panel.title)));
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
  page.replaceChildren(
    el("main", {}, head(report), contents(), ...kPanels.map((panel) => section(panel.id, panel.title, () => panel.build(report)))),
  );
  openForPrinting();
}

start();
