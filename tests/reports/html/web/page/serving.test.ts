import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import type { Report } from "../../../../../reports/web/src/document";
import { assertPanels, assertSilent, bodyText, brokenRules, coveredLabels } from "./checks";
import { golden, launch, open, render, widthOverflow } from "./harness";
import { hostile } from "./hostile";
import { served } from "./serving";

const kPanels = ["scenarios", "serving", "tracks", "calibration"];

let browser: Browser;
let full: Report;
let fullPage: string;
before(async () => {
  browser = await launch();
  full = served(golden());
  fullPage = render("served", JSON.stringify(full));
});
after(async () => {
  await browser.close();
});

test("scenarios, load, tracks and calibration: every panel and chart, at every width", async () => {
  for (const width of [1280, 820, 400]) {
    const opened = await open(browser, fullPage, { width });
    const { page } = opened;
    assertSilent(opened);
    await assertPanels(opened, kPanels);
    assert.equal(await page.locator("#serving .chart svg").count(), 1);
    assert.equal(await page.locator("#tracks .chart svg").count(), 3);
    assert.deepEqual(await coveredLabels(opened), [], `at ${width} px`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => details.setAttribute("open", "")));
    assert.equal(await widthOverflow(page), 0, `at ${width} px, everything open`);
    await page.close();
  }
});

test("the document as the program writes it has what the page reads", async () => {
  const opened = await open(browser, render("written", JSON.stringify(golden())));
  assertSilent(opened);
  await assertPanels(opened, kPanels);
  assert.ok((await opened.page.locator("#tracks .chart svg").count()) > 2);
  assert.deepEqual(await coveredLabels(opened), []);
  assert.doesNotMatch(await bodyText(opened), /undefined|NaN|Infinity|not a number|\[object/);
  await opened.page.close();
});

test("every figure of a scenario stands on the page", async () => {
  const opened = await open(browser, fullPage);
  const text = await bodyText(opened);
  for (const part of [
    "8 at once take 4.60 ms, 4.18 times as long as one, with 2 workers",
    "Asked at random moments, 800 /s (workers busy 48.0 % of the time)",
    "the slowest 1 % at least 5.20 ms: on average 400 µs in the queue and 1.15 ms in service",
    "All together, it does 1,780 /s, 1.98 times as many as one after the other",
    "With P99 held within 10.0 ms, batches of 1, it serves 1,240 /s",
    "P99 within 10.0 ms",
    "asks for 1,693 queries, passes",
    "P90 1.20 ms",
    "3 of 600",
    "3 fresh processes: P99 5.20 ms (95 % interval 5.00 ms to 5.40 ms)",
    "poisson; wait: hybrid",
    "91.0 µs",
    "M/M/2 1,010 /s and M/D/2 1,390 /s",
    "not held at any rate tried",
    "1.99 clock reads",
    "others used 0.31 of a core",
    "Lindley 19.0 ms, off +1.05 %",
  ]) {
    assert.ok(text.includes(part), part);
  }
  const head = text.slice(0, text.indexOf("Roofline"));
  assert.ok(head.includes("One camera's figure promises 4 cameras; 2 hold."), "a track's crisis stands at the top");
  await opened.page.close();
});

test("charts draw what the report says", async () => {
  const { page } = await open(browser, fullPage);
  const label = async (panel: string, at = 0): Promise<string> => ((await page.locator(`${panel} .chart svg`).nth(at).getAttribute("aria-label")) ?? "").replace(/\u00a0/g, " ");
  const sweep = full.sections.load_sweeps?.[0];
  assert.ok(sweep);
  assert.equal(await page.locator("#serving .point").count(), 2 * sweep.points.length);
  assert.equal(await page.locator("#serving .point.hollow").count(), 0);
  // Saturation, the peak and two predictions of batch 1; the peak with batches is another queue.
  assert.equal(await page.locator("#serving .edge.told").count(), 2);
  assert.equal(await page.locator("#serving .edge.found").count(), 3);
  assert.match(await label("#serving"), /saturated at 1,700 per second.*200 per second: P50/);
  assert.match(await label("#tracks", 0), /k 5\.0: gap 83\.0 %, closed 35\.0 %/);
  assert.match(await label("#tracks", 1), /deadline 10\.0 ms; one camera promises 4, 2 hold.*8: P99 48\.0 ms \(46\.1.50\.4 ms\)/);
  assert.match(await label("#tracks", 2), /in order: 0, 1, 0, 3, 2, 5, 8, 6, 7, 9\./);
  assert.equal(await page.locator("#tracks .bar").count(), 8, "a tenth without a late frame has no bar");
  const together = page.locator("#scenarios figure.wide", { hasText: "mobilenet, fixed" });
  const names = await together.locator("text.label").evaluateAll((all) => all.map((node) => node.textContent ?? ""));
  assert.deepEqual(new Set(names), new Set(["SingleStream", "MultiStream", "Server", "Offline, a batch"]));
  await page.close();
});

test("what the verb did not make is not on the page, nor among its parts", async () => {
  const report = served(golden());
  const { calibration } = report.sections;
  assert.ok(calibration);
  report.sections = { calibration };
  const opened = await open(browser, render("calibrated", JSON.stringify(report)));
  assertSilent(opened);
  await assertPanels(opened, ["calibration", "quiet", "machine", "run"]);
  for (const id of ["roofline", "compute", "scenarios", "serving", "tracks"]) {
    assert.equal(await opened.page.locator(`#${id}, nav a[href='#${id}']`).count(), 0, id);
  }
  await opened.page.close();
});

test("doubt: INVALID is not told as a finding, INCONCLUSIVE is said, missing is named", async () => {
  const report = served(golden());
  const scenarios = report.sections.scenarios?.filter((result) => result.workload === "mobilenet") ?? [];
  const [single, multi, server] = scenarios;
  assert.ok(single && multi && server);
  single.verdict = "INVALID";
  multi.verdict = "INCONCLUSIVE";
  server.partial = true;
  server.failure = "the <workload> threw";
  report.sections.scenarios = [single, multi, server];
  report.sections.peak_rates = (report.sections.peak_rates ?? []).map((peak) => ({ ...peak, found: false, verdict: "INCONCLUSIVE" }));
  const opened = await open(browser, render("doubtful", JSON.stringify(report)));
  assertSilent(opened);
  const finding = (await opened.page.locator("#scenarios .finding").innerText()).replace(/\u00a0/g, " ");
  assert.doesNotMatch(finding, /alone|times as long|it serves/);
  assert.match(finding, /8 at once take 4\.60 ms \(INCONCLUSIVE\)/);
  assert.match(finding, /\(cut short\)/);
  assert.match(finding, /INVALID and not told here: SingleStream\. Not measured: Offline\./);
  const text = await bodyText(opened);
  assert.match(text, /The workload failed: the <workload> threw/);
  assert.match(text, /not even the lowest rate tried holds it/);
  await opened.page.close();
});

test("sections with nothing in them, and points that are none, are said and not drawn", async () => {
  const report = served(golden());
  const { tracks, load_sweeps: sweeps, calibration } = report.sections;
  assert.ok(tracks && sweeps?.[0] && calibration);
  sweeps[0].points = [];
  for (const track of tracks) {
    if (track.cloud) track.cloud.points = [];
    if (track.edge) track.edge.trials = [];
    if (track.mobile) track.mobile.missed_by_tenth = [];
  }
  Object.assign(calibration, { schedule_slip: [], queue: [], clock_read_ns: 0 });
  report.sections.peak_rates = [];
  const opened = await open(browser, render("hollow", JSON.stringify(report)), { width: 400 });
  assertSilent(opened);
  await assertPanels(opened, kPanels);
  const text = await bodyText(opened);
  assert.match(text, /No point of this sweep can be drawn/);
  assert.match(text, /Nothing of this experiment can be drawn/);
  assert.match(text, /no clock read was timed/);
  assert.doesNotMatch(text, /undefined|NaN|Infinity|\[object/);
  await opened.page.close();
});

test("light and dark: no accessibility rule is broken", async () => {
  for (const [scheme, width] of [["light", 1280], ["dark", 400]] as const) {
    const { page } = await open(browser, fullPage, { scheme, width });
    assert.deepEqual(await brokenRules(page, axe.source), [], `${scheme}, ${width} px`);
    await page.close();
  }
});

test("on paper the charts fit and the tables of details are open", async () => {
  const { page } = await open(browser, fullPage);
  await page.emulateMedia({ media: "print" });
  // In one go: on the screen that this is, the charts fit themselves to the window again afterwards.
  const widths = await page.evaluate(() => {
    dispatchEvent(new Event("beforeprint"));
    return [...document.querySelectorAll("#serving .chart svg, #tracks .chart svg")].map((chart) => Number(chart.getAttribute("width")));
  });
  assert.ok(widths.length === 4 && widths.every((width) => width > 300 && width <= 670), widths.join(", "));
  assert.equal(await page.locator("main details:not([open])").count(), 0);
  await page.close();
});

test("a hostile report runs nothing and is drawn all the same", async () => {
  const structure = new Set(["schema", "kind", "scenario", "verdict", "track", "percentile", "workload", "rung"]);
  for (const [name, keep] of [["served-hostile", structure], ["served-hostile-all", new Set(["schema"])]] as const) {
    const file = render(name, JSON.stringify(hostile(full, keep)));
    for (const width of [1280, 400]) {
      const opened = await open(browser, file, { width });
      assertSilent(opened);
      await assertPanels(opened, kPanels);
      assert.equal(await opened.page.evaluate(() => "pwned" in globalThis), false);
      assert.equal(await opened.page.locator("#page img, #page iframe, #page script, #page [onload], #page [onerror]").count(), 0);
      assert.equal(await widthOverflow(opened.page), 0, `${name} at ${width} px`);
      await opened.page.close();
    }
  }
});
