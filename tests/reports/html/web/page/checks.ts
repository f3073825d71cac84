// What whole pages are held against.
import assert from "node:assert/strict";
import type axe from "axe-core";
import type { Page } from "playwright-core";
import type { Opened } from "./harness";

export function assertSilent({ complaints, requests }: Opened): void {
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests, []);
}

export async function assertPanels({ page }: Opened, panels: readonly string[]): Promise<void> {
  for (const id of panels) {
    const text = await page.locator(`section#${id}`).innerText();
    assert.ok(text.split("\n").length > 1, `the panel ${id} is empty`);
    assert.doesNotMatch(text, /cannot be drawn/, `the panel ${id}`);
  }
  assert.doesNotMatch(await page.locator("header").innerText(), /cannot be drawn/);
}

export async function bodyText({ page }: Opened): Promise<string> {
  return (await page.locator("main").innerText()).replace(/\u00a0/g, " ");
}

/** Labels on a level line that cover each other or leave the drawing, in every chart; with `every`, for every choice. */
export async function coveredLabels({ page }: Opened, every = false): Promise<string[]> {
  return page.evaluate((choose) => {
    const found: string[] = [];
    // Those that no choice changes are looked at once.
    const look = (where: string, charts: string): void => {
      for (const root of document.querySelectorAll(charts)) {
        const frame = root.getBoundingClientRect();
        const level = [...root.querySelectorAll("text.label:not([transform])")].map((label) => ({ text: label.textContent, box: label.getBoundingClientRect() }));
        level.forEach((a, i) => {
          if (a.box.left < frame.left - 1 || a.box.right > frame.right + 1) found.push(`${where}: ${a.text} leaves the chart`);
          for (const b of level.slice(i + 1)) {
            const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
            const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
            if (wide > 1 && high > 3) found.push(`${where}: ${a.text} / ${b.text}`);
          }
        });
      }
    };
    look("at first", "main .chart svg");
    if (choose) {
      // What is not looked at need not be laid out anew each time.
      for (const panel of document.querySelectorAll<HTMLElement>("section:not(#roofline), #roofline details")) panel.hidden = true;
      for (const place of document.querySelectorAll<HTMLInputElement>("input[name=place]")) {
        place.click();
        for (const precision of document.querySelectorAll<HTMLInputElement>("input[name=precision]")) {
          precision.click();
          look(document.querySelector("#roofline figure h3")?.textContent ?? "", "#roofline .chart svg");
        }
      }
      for (const panel of document.querySelectorAll<HTMLElement>("section, #roofline details")) panel.hidden = false;
    }
    return found;
  }, every);
}

/** Rules of accessibility that the page breaks, contrast included. */
export async function brokenRules(page: Page, source: string): Promise<string[]> {
  await page.evaluate(source);
  return page.evaluate(async () => {
    const tool = (globalThis as unknown as { axe: typeof axe }).axe;
    const result = await tool.run();
    if (result.passes.length < 10) return ["the rules did not run"];
    return result.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  });
}
