import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import type { Report } from "../../../../../reports/web/src/document";
import { golden, launch, open, render, widthOverflow, type Opened } from "./harness";
import { hostile } from "./hostile";

const kPanels = ["warnings", "roofline", "scenarios", "library", "quiet", "machine", "run"];

let browser: Browser;
let goldenPage: string;
before(async () => {
  browser = await launch();
  goldenPage = render("golden", JSON.stringify(golden()));
});
after(async () => {
  await browser.close();
});

function assertSilent({ complaints, requests }: Opened): void {
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests, []);
}

async function assertEveryPanel({ page }: Opened): Promise<void> {
  for (const id of kPanels) {
    const text = await page.locator(`section#${id}`).innerText();
    assert.ok(text.split("\n").length > 1, `the panel ${id} is empty`);
    assert.doesNotMatch(text, /cannot be drawn/, `the panel ${id}`);
  }
  assert.doesNotMatch(await page.locator("header").innerText(), /cannot be drawn/);
}

async function bodyText({ page }: Opened): Promise<string> {
  return (await page.locator("main").innerText()).replace(/\u00a0/g, " ");
}

test("the watch sees what it is there to see", async () => {
  const file = render("control", JSON.stringify(golden())).replace("control.html", "control-loud.html");
  writeFileSync(file, "<!doctype html><p>x</p><img src=missing.png><script>console.error('heard');alert('seen');throw Error('thrown')</script>");
  const opened = await open(browser, file);
  assert.ok(opened.complaints.some((line) => line.includes("heard")));
  assert.ok(opened.complaints.some((line) => line.includes("thrown")));
  assert.ok(opened.complaints.some((line) => line.includes("dialog")));
  assert.equal(opened.requests.length, 1);
  await opened.page.close();
});

test("the policy lets no other script or style run", async () => {
  const html = readFileSync(goldenPage, "utf8");
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[A-Za-z0-9+/]{43}='; style-src 'sha256-[A-Za-z0-9+/]{43}='/);
  for (const [element, directive] of [["script", "script-src"], ["style", "style-src"]] as const) {
    const text = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(text).digest("base64");
    assert.ok(policy.includes(`${directive} 'sha256-${hash}'`), `the hash of the ${element}`);
  }
  const file = goldenPage.replace("golden.html", "injected.html");
  writeFileSync(file, html.replace("</main>", "").replace('<div id="page">', '<script>globalThis.pwned=1</script><img src="x.png" onerror="globalThis.pwned=1"><div id="page">'));
  const opened = await open(browser, file);
  assert.equal(await opened.page.evaluate(() => "pwned" in globalThis), false);
  assert.ok(opened.complaints.length >= 1, "a blocked script is complained about");
  await opened.page.close();
});

test("a whole report: every panel, every chart, not a word to the console or the network", async () => {
  const opened = await open(browser, goldenPage);
  assertSilent(opened);
  await assertEveryPanel(opened);
  const { page } = opened;
  const report = golden();
  const roofs = report.sections.roofline?.roofs.filter((roof) => roof.kind !== "latency").length ?? 0;
  assert.ok(roofs > 0);
  assert.equal(await page.locator(".roof:not(.median)").count(), roofs);
  assert.equal(await page.locator(".roof.median").count(), roofs);
  assert.equal(await page.locator(".dot circle.best").count(), report.sections.roofline?.dots.length);
  assert.equal(await page.locator(".label.compute, .label.bandwidth").count(), roofs);
  assert.ok((await page.locator(".ridge-mark").count()) > 0);
  assert.ok((await page.locator(".bar").count()) > 5);
  assert.ok((await page.locator(".marker").count()) >= 3);
  const unlabelled = await page.locator("svg:not([aria-label]):not([aria-hidden])").count();
  assert.equal(unlabelled, 0);
  await page.close();
});

test("conclusion, warnings, refusals, trials and the seed are there in words", async () => {
  const opened = await open(browser, goldenPage);
  const text = await bodyText(opened);
  const report = golden();
  for (const warning of report.machine.warnings) {
    for (const part of [warning.what, warning.why, warning.remedy]) assert.ok(text.includes(part), part);
  }
  assert.ok(text.includes(`the machine was ${report.quiet.verdict}`));
  assert.match(text, /Not given with \d+ quer.*P99 \(needs at least \d+\)/);
  assert.match(text, /--seed 42/);
  const absent = Object.values(report.machine.facts).flatMap((fact) => ("unavailable" in fact ? [fact.unavailable] : []));
  assert.ok(absent.length > 0);
  for (const reason of absent) assert.ok(text.includes(`not available: ${reason}`), reason);
  for (const trial of report.sections.roofline?.library_trials ?? []) {
    if (trial.failure) assert.ok(text.includes(trial.failure));
  }
  await opened.page.close();
});

test("labels of the roofline do not cover each other and stay inside", async () => {
  for (const width of [1280, 760, 400]) {
    const opened = await open(browser, goldenPage, { width });
    const overlaps = await opened.page.evaluate(() => {
      const found: string[] = [];
      for (const root of document.querySelectorAll("#roofline .chart svg")) {
        const frame = root.getBoundingClientRect();
        const level = [...root.querySelectorAll("text.label:not([transform])")].map((label) => ({ text: label.textContent, box: label.getBoundingClientRect() }));
        if (level.length < 3) found.push("too few labels");
        level.forEach((a, i) => {
          if (a.box.left < frame.left - 1 || a.box.right > frame.right + 1) found.push(`${a.text} leaves the chart`);
          for (const b of level.slice(i + 1)) {
            const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
            const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
            if (wide > 1 && high > 3) found.push(`${a.text} / ${b.text}`);
          }
        });
      }
      return found;
    });
    assert.deepEqual(overlaps, [], `at ${width} px`);
    await opened.page.close();
  }
});

test("at 400 px nothing scrolls sideways and letters stay readable; at a new width the charts are drawn anew", async () => {
  const opened = await open(browser, goldenPage, { width: 400 });
  const { page } = opened;
  assert.equal(await widthOverflow(page), 0);
  const smallest = await page.evaluate(() =>
    Math.min(...[...document.querySelectorAll(".chart text, td, th, p, li")].filter((node) => node.getClientRects().length > 0).map((node) => parseFloat(getComputedStyle(node).fontSize))),
  );
  assert.ok(smallest >= 11, `the smallest letters have ${smallest} px`);
  const width = async (): Promise<number> => Number(await page.locator("#roofline svg").first().getAttribute("width"));
  const narrow = await width();
  await page.setViewportSize({ width: 900, height: 900 });
  await page.waitForTimeout(200);
  assert.ok((await width()) > narrow);
  assertSilent(opened);
  await page.close();
});

test("light and dark: no accessibility rule is broken, contrast included", async () => {
  for (const scheme of ["light", "dark"] as const) {
    for (const width of [1280, 400]) {
      const { page } = await open(browser, goldenPage, { scheme, width });
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const level = Number(/\d+/.exec(background)?.[0]);
      assert.ok(scheme === "dark" ? level < 60 : level > 200, background);
      await page.evaluate(axe.source);
      const broken = await page.evaluate(async () => {
        const tool = (globalThis as unknown as { axe: typeof axe }).axe;
        const result = await tool.run();
        if (result.passes.length < 10) return ["the rules did not run"];
        return result.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
      });
      assert.deepEqual(broken, [], `${scheme}, ${width} px`);
      await page.close();
    }
  }
});

test("the keyboard reaches what can be used, and nothing moves", async () => {
  const { page } = await open(browser, goldenPage);
  const reached: string[] = [];
  for (let k = 0; k < 40; k += 1) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement?.tagName ?? ""));
    if (reached[reached.length - 1] === "SUMMARY") break;
  }
  assert.ok(reached.includes("A"));
  assert.ok(reached.includes("SUMMARY"));
  const closed = await page.locator("main details[open]").count();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("main details[open]").count(), closed + 1);
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  const deadControls = await page.locator("button, input, select, [onclick], a:not([href^='#'])").count();
  assert.equal(deadControls, 0);
  for (const href of await page.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""))) {
    assert.equal(await page.locator(href).count(), 1, href);
  }
  await page.close();
});

test("on paper everything is open and dark ink is on white", async () => {
  const { page } = await open(browser, goldenPage, { scheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("main details:not([open])").count(), 0);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.ok((await page.locator("main details:not([open])").count()) > 0);
  const pdf = await page.pdf({ format: "A4" });
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  await page.close();
});

test("a hostile report runs nothing, asks for nothing and is drawn all the same", async () => {
  const structure = new Set(["schema", "kind", "scenario", "verdict"]);
  for (const [name, keep] of [["hostile", structure], ["hostile-all", new Set(["schema"])]] as const) {
    const json = JSON.stringify(hostile(golden(), keep));
    assert.ok(json.includes("</script>") && json.includes("onerror"), "the attack is in the document");
    const file = render(name, json);
    for (const width of [1280, 400]) {
      const opened = await open(browser, file, { width });
      const { page } = opened;
      assertSilent(opened);
      await assertEveryPanel(opened);
      assert.equal(await page.evaluate(() => "pwned" in globalThis), false);
      assert.equal(await page.locator("script").count(), 2);
      assert.equal(await page.locator("#page img, #page iframe, #page script, #page style, #page [onload], #page [onerror]").count(), 0);
      assert.equal(await page.locator("#page a:not([href^='#'])").count(), 0);
      assert.equal(await widthOverflow(page), 0, `${name} at ${width} px`);
      assert.ok((await page.locator("main").innerText()).includes("</script><script>globalThis.pwned=1</script>"), "shown as text");
      if (keep === structure) assert.ok((await page.locator(".label.compute").count()) > 0);
      await page.close();
    }
  }
});

async function textOf(name: string, change: (report: Report) => void): Promise<string> {
  const report = golden();
  change(report);
  const opened = await open(browser, render(name, JSON.stringify(report)), { width: 400 });
  assertSilent(opened);
  await assertEveryPanel(opened);
  assert.equal(await widthOverflow(opened.page), 0, name);
  const text = await bodyText(opened);
  await opened.page.close();
  return text;
}

test("a partial report says so, a missing section is an empty panel with the reason", async () => {
  const text = await textOf("partial", (report) => {
    report.partial = true;
    report.partial_reason = "interrupted by signal 2";
    report.sections = {};
    report.quiet.noise_floor = [];
  });
  assert.match(text, /Partial report\. Not everything that was planned was measured: interrupted by signal 2/);
  assert.match(text, /holds no roofline/);
  assert.match(text, /holds no scenario/);
  assert.match(text, /No library setting was tried/);
  assert.match(text, /noise floor was not measured/);
});

test("doubt is said at the top, in the report's own words", async () => {
  const text = await textOf("doubt", (report) => {
    const roof = report.sections.roofline?.roofs[0];
    assert.ok(roof);
    roof.verdict = "INVALID";
    roof.reasons = [{ id: "above-limit", text: "68.1 flop per cycle is above the limit of 64.", remedy: "perfbench probe" }];
    roof.contended = true;
    roof.lower_bound = true;
    roof.lower_bound_reason = "AMX has no kernel";
    report.quiet.verdict = "disturbed";
    report.quiet.reasons = [{ id: "foreign-cpu", text: "Others used 0.97 of a core.", remedy: "Close other programs." }];
  });
  const head = text.slice(0, text.indexOf("Roofline"));
  assert.match(head, /INVALID/);
  assert.match(head, /68\.1 flop per cycle is above the limit of 64\./);
  assert.match(head, /machine was disturbed/);
  assert.match(head, /Others used 0\.97 of a core\./);
  assert.match(text, /contended, lower bound \(AMX has no kernel\)/);
});

test("nothing known and nothing measured is said, not drawn as 0", async () => {
  const text = await textOf("empty", (report) => {
    report.machine = { facts: {}, warnings: [] };
    report.label = null;
    report.command = [];
    report.plan.steps = [];
    report.plan.settings = {};
    report.quiet.reasons = [];
    report.sections = { roofline: { roofs: [], dots: [], library_trials: [], core_to_core: [], notes: [] }, scenarios: [] };
  });
  assert.match(text, /Unnamed machine/);
  assert.match(text, /No roof and no kernel was measured/);
  assert.match(text, /machine was not probed/);
  assert.match(text, /found nothing that makes the figures fragile/);
});

test("no clock, no limit, no trial, one query, one bucket", async () => {
  const text = await textOf("bare", (report) => {
    const { roofline, scenarios } = report.sections;
    for (const roof of roofline?.roofs ?? []) {
      roof.clock_hz = null;
      delete roof.clock_source;
      roof.clock_unavailable = "the chain was too noisy";
      roof.per_core_cycle = null;
      roof.limit_per_core_cycle = null;
      delete roof.limit_source;
      roof.limit_unavailable = "the core is unknown";
      roof.fraction_of_limit = null;
    }
    for (const dot of roofline?.dots ?? []) dot.roof_fraction = null;
    const [first, second] = scenarios ?? [];
    assert.ok(first && second);
    first.histogram = { alpha: 0.01, first_bucket: 600, counts: [first.queries] };
    second.histogram = { alpha: 0.01, first_bucket: 600, counts: [1] };
    second.queries = 1;
    second.samples = 4096;
  });
  assert.match(text, /no limit of this core is known/);
  assert.match(text, /none known/);
  assert.match(text, /One query of 4,096 samples was measured/);
});

test("what is no report is said to be none", async () => {
  for (const [name, json] of [["other", '{"schema":"perfbench-report/9"}'], ["broken", '{"schema": '], ["list", "[1,2]"]] as const) {
    const opened = await open(browser, render(name, json));
    assertSilent(opened);
    assert.ok((await opened.page.locator(".notice").innerText()).length > 20);
    await opened.page.close();
  }
});
