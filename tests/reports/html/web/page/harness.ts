// Renders documents by the product's own render_html() and opens them in a browser, watching everything it says and asks.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import type { Report } from "../../../../../reports/web/src/document";

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

const folder = required("PERFBENCH_PAGES");

export function golden(): Report {
  return JSON.parse(readFileSync(required("PERFBENCH_GOLDEN"), "utf8")) as Report;
}

/** Where the page of a document is. */
export function render(name: string, json: string): string {
  mkdirSync(folder, { recursive: true });
  const document = join(folder, `${name}.json`);
  const page = join(folder, `${name}.html`);
  writeFileSync(document, json);
  execFileSync(required("PERFBENCH_RENDER"), [document, page]);
  return page;
}

export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: required("PERFBENCH_BROWSER"),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
}

export interface Opened {
  page: Page;
  /** What the browser complained about. */
  complaints: string[];
  /** What the page asked for besides itself. */
  requests: string[];
}

export interface View {
  width?: number;
  scheme?: "light" | "dark";
}

export async function open(browser: Browser, file: string, view: View = {}): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: view.width ?? 1280, height: 900 }, colorScheme: view.scheme ?? "light" });
  const complaints: string[] = [];
  const requests: string[] = [];
  const itself = pathToFileURL(file).href;
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== itself) requests.push(request.url());
  });
  await page.goto(itself);
  // Charts are drawn in the frame after their size is known.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(null)))));
  await page.waitForTimeout(50);
  return { page, complaints, requests };
}

export async function widthOverflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
