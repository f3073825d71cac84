// A report from a stranger: every string is an attack, or a nuisance.

const kPayloads = [
  "<script>globalThis.pwned=1</script>",
  "</script><script>globalThis.pwned=1</script>",
  "<!--<script>",
  '"><img src=x onerror="globalThis.pwned=1">',
  "'><svg onload=globalThis.pwned=1>",
  "javascript:globalThis.pwned=1",
  "a\u2028b\u2029c\u0085d",
  "\u0000\u0007\u001b[31mred\u001b[0m\r\n\t\u007f",
  "\u202etxt.exe\u2066",
  "A".repeat(100_000),
  "&lt;b&gt;&amp;&#x3c;script&#x3e;",
  "\ud800 half a pair",
  "@PERFBENCH_REPORT@",
  "]]></script><!--",
  "url(javascript:globalThis.pwned=1); } * { display: none",
  "${globalThis.pwned=1}{{globalThis.pwned=1}}",
  `#${"0".repeat(40_000)}`,
  "\u0938\u094d\u0924\u0947 \u05e9\u05dc\u05d5\u05dd \u{1f600}".repeat(50),
];

/**
 * The document with every string replaced, and with attacks among the keys of its open maps. `keep` names the keys whose
 * strings stay, so that what depends on them is drawn.
 */
export function hostile(value: unknown, keep: ReadonlySet<string>, state = { next: 0 }): unknown {
  const payload = (): string => kPayloads[state.next++ % kPayloads.length] ?? "";
  if (typeof value === "string") return payload();
  if (Array.isArray(value)) return value.map((item) => hostile(item, keep, state));
  if (typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    if (keep.has(key) && typeof item === "string") out[key] = item;
    else out[key] = hostile(item, keep, state);
    if (key === "facts" || key === "settings") {
      const map = out[key] as Record<string, unknown>;
      const entry = key === "facts" ? { value: payload(), unit: payload(), source: payload() } : payload();
      for (const name of ["__proto__", "constructor", "toString", "<img src=x onerror=globalThis.pwned=1>", "k".repeat(5000)]) {
        Object.defineProperty(map, name, { value: entry, enumerable: true, configurable: true, writable: true });
      }
    }
  }
  return out;
}
