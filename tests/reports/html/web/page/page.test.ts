import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import type { Report } from "../../../../../reports/web/src/document";
import { assertPanels, assertSilent, bodyText, brokenRules, coveredLabels } from "./checks";
import { golden, launch, open, render, widthOverflow, type Opened } from "./harness";
import { hostile } from "./hostile";
import { aged, widened } from "./wide";

const kPanels = ["warnings", "roofline", "compute", "memory", "cores", "kernels", "library", "scenarios", "quiet", "machine", "run"];

const assertEveryPanel = (opened: Opened): Promise<void> => assertPanels(opened, kPanels);

let browser: Browser;
let goldenPage: string;
before(async () => {
  browser = await launch();
  goldenPage = render("golden", JSON.stringify(golden()));
});
after(async () => {
  await browser.close();
});

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
  const section = golden().sections.roofline;
  assert.ok(section);
  const one = section.roofs.filter((roof) => roof.team === "1c" && roof.verdict !== "INVALID");
  const ceilings = one.filter((roof) => roof.kind === "compute" && roof.precision === "fp32");
  assert.ok(ceilings.length > 3);
  const slopes = one.filter((roof) => roof.kind === "bandwidth" && roof.kernel === "read");
  assert.equal(slopes.length, 4);
  for (const [kind, roofs] of [["compute", ceilings], ["bandwidth", slopes]] as const) {
    assert.equal(await page.locator(`.roof.${kind}:not(.median):not(.limit)`).count(), roofs.length);
    assert.equal(await page.locator(`.roof.${kind}.median`).count(), roofs.length);
    assert.equal(await page.locator(`.roof.${kind}.limit`).count(), roofs.filter((roof) => roof.fraction_of_limit !== null).length);
    assert.equal(await page.locator(`.sustained.${kind}`).count(), roofs.filter((roof) => roof.sustained).length);
    assert.equal(await page.locator(`#roofline .label.${kind}`).count(), roofs.length);
  }
  const dots = section.dots.filter((dot) => dot.team === "1c" && dot.precision === "fp32");
  assert.equal(await page.locator(".dot .best").count(), dots.length);
  assert.equal(await page.locator("#roofline .label.kernel").count(), dots.length);
  assert.ok((await page.locator(".ridge-mark").count()) > 0);
  assert.ok((await page.locator(".label.ridge-label").count()) > 0);
  assert.equal(await page.locator("#memory .curve").count(), 2);
  assert.equal(await page.locator("#memory .edge.found").count(), 3);
  assert.equal(await page.locator("#memory .edge.told").count(), 3);
  assert.ok((await page.locator("#cores .curve").count()) > 2);
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

test("labels do not cover each other and stay inside, whatever is chosen", async () => {
  const wide = render("wide", JSON.stringify(widened(golden())));
  for (const width of [1280, 820, 400]) {
    const opened = await open(browser, wide, { width });
    const { page } = opened;
    assert.ok((await page.locator("input[name=place]").count()) > 10);
    assert.ok((await page.locator("input[name=precision]").count()) > 4);
    assert.deepEqual(await coveredLabels(opened, width !== 820), [], `at ${width} px`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => details.setAttribute("open", "")));
    assert.equal(await widthOverflow(page), 0, `at ${width} px, everything open`);
    assertSilent(opened);
    await page.close();
  }
});

test("what is chosen is what is drawn, told and listed", async () => {
  const opened = await open(browser, goldenPage);
  const { page } = opened;
  const caption = page.locator("#roofline figure h3");
  const label = async (): Promise<string> => (await page.locator("#roofline figure svg").getAttribute("aria-label")) ?? "";
  assert.equal(await caption.innerText(), "one core, fp32");
  // By keyboard alone: Tab to the chosen team, arrow to the next.
  await page.locator("input[name=place]").first().focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await caption.innerText(), /^2 cores/);
  assert.match(await label(), /^Roofline of 2 cores/);
  await page.locator("input[name=place]").first().check({ force: true });
  await page.locator("label", { hasText: "int8" }).click();
  assert.equal(await caption.innerText(), "one core, int8");
  const refused = golden().sections.roofline?.roofs.find((roof) => roof.precision === "int8" && roof.verdict === "INVALID");
  assert.ok(refused);
  const text = await page.locator("#roofline").innerText();
  assert.match(text, /not drawn as a roof:\s+\u2715 INVALID/);
  assert.ok(text.includes(refused.reasons[0]?.text ?? "no reason"));
  assert.equal(await page.locator("#roofline .roof.compute:not(.median):not(.limit)").count(), 2);
  await page.locator("label", { hasText: "all precisions" }).click();
  const all = new Set(golden().sections.roofline?.roofs.flatMap((roof) => (roof.team === "1c" && roof.precision ? [roof.precision] : [])));
  assert.equal(await page.locator("#roofline .roof.compute:not(.median):not(.limit)").count(), all.size);
  assert.match(await label(), /highest roof of every precision/);
  assertSilent(opened);
  await page.close();
});

test("kernels are one stop of the Tab key; arrows go through them and each says what is known of it", async () => {
  const opened = await open(browser, goldenPage);
  const { page } = opened;
  const detail = page.locator("#roofline .detail");
  assert.match(await detail.innerText(), /Point at a kernel/);
  assert.equal(await page.locator(".dot[tabindex='0']").count(), 1);
  await page.locator(".dot[tabindex='0']").focus();
  const first = await detail.innerText();
  assert.match(first, /^1: /);
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await detail.innerText(), first);
  await page.keyboard.press("End");
  assert.equal(await detail.innerText(), await page.locator(".dot").last().getAttribute("aria-label"));
  await page.keyboard.press("ArrowRight");
  assert.equal(await detail.innerText(), first);
  await page.locator(".dot .reach").nth(1).hover({ force: true });
  assert.notEqual(await detail.innerText(), first);
  await page.close();
});

test("memory: counted bytes and true traffic in tables of their own, told and found levels", async () => {
  const { page } = await open(browser, goldenPage);
  const section = golden().sections.roofline;
  const copy = section?.roofs.find((roof) => roof.team === "1c" && roof.level === "DRAM" && roof.kernel === "copy");
  assert.ok(copy?.rate_byte_per_s && copy.moved_bytes_per_1000_counted);
  const counted = (copy.rate_byte_per_s.best / 1e9).toPrecision(3);
  const moved = ((copy.rate_byte_per_s.best * copy.moved_bytes_per_1000_counted) / 1e12).toPrecision(3);
  assert.notEqual(counted, moved);
  const cells = page.locator("#memory .matrix tr", { has: page.locator("th", { hasText: /^copy$/ }) });
  assert.ok((await cells.nth(0).innerText()).includes(counted));
  assert.ok(!(await cells.nth(0).innerText()).includes(moved));
  assert.ok((await cells.nth(1).innerText()).includes(moved));
  const levels = (await page.locator("#memory table", { hasText: "as they were found" }).innerText()).replace(/\u00a0/g, " ");
  assert.match(levels, /L1\s+48 KiB \([^)]+\)\s+48 KiB \(latency sweep\)/);
  await page.close();
});

test("cores: scaling with its share of a core, nodes against memories, pairs", async () => {
  const { page } = await open(browser, render("wide-cores", JSON.stringify(widened(golden()))));
  const text = (await page.locator("#cores").innerText()).replace(/\u00a0/g, " ");
  assert.match(text, /16 cores, 32 threads\s+74\.0 ns/);
  assert.match(text, /9\.40\u00d7, 58\.8 % a core/);
  assert.match(text, /memory of node 1/);
  assert.match(text, /over 15 pairs/);
  await page.close();
});

test("a report of an older version is drawn with what it has", async () => {
  for (const width of [1280, 400]) {
    const opened = await open(browser, render("aged", JSON.stringify(aged(golden()))), { width });
    assertSilent(opened);
    await assertEveryPanel(opened);
    assert.deepEqual(await coveredLabels(opened), []);
    assert.equal(await widthOverflow(opened.page), 0);
    const { page } = opened;
    assert.equal(await page.locator("#roofline figure h3").innerText(), "1 thread, fp32");
    assert.ok((await page.locator(".ridge-mark").count()) > 0, "ridges are best over best");
    assert.doesNotMatch(await bodyText(opened), /undefined|NaN|\[object/);
    await page.close();
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
  // Colours change with the scheme, what is there with the width: two pages show both of both.
  for (const [scheme, width] of [["light", 1280], ["dark", 400]] as const) {
    const { page } = await open(browser, goldenPage, { scheme, width });
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const level = Number(/\d+/.exec(background)?.[0]);
    assert.ok(scheme === "dark" ? level < 60 : level > 200, background);
    const broken = await brokenRules(page, axe.source);
    assert.deepEqual(broken, [], `${scheme}, ${width} px`);
    await page.close();
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
  const deadControls = await page.locator("button, input:not([name=place]):not([name=precision]), select, [onclick], a:not([href^='#'])").count();
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
  assert.equal(await page.locator(".choosers").isVisible(), false);
  assert.ok(await page.locator("#roofline figure h3").isVisible(), "what is drawn is said");
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
