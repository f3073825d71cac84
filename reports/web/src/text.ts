// Text of a report comes from anywhere: it is only ever put into text nodes, after this.

/** Longer text is cut, with the number of characters that were left out. */
export const kLongestText = 2000;

// C0 and C1 controls, the marks that turn the reading direction, line separators, and halves of surrogate pairs.
const kUnsafe =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text as it may be shown: what cannot be seen is written as its code, what is too long is cut. */
export function shown(text: string, longest: number = kLongestText): string {
  const cut = text.length > longest;
  const part = cut ? text.slice(0, longest) : text;
  const clean = part.replace(kUnsafe, (c) => {
    const code = c.charCodeAt(0);
    return `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return cut ? `${clean}\u2026 (${text.length - longest} more characters)` : clean;
}

/** For labels in a chart: cut to a few characters; the whole stands in the table. */
export function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}\u2026` : text;
}

/** An argument as a POSIX shell takes it. */
export function shellQuote(argument: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(argument)) return argument;
  return `'${argument.replace(/'/g, `'\\''`)}'`;
}

export function plural(count: number, one: string, many: string = `${one}s`): string {
  return count === 1 ? one : many;
}

/** "a", "a and b", "a, b and c". */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}
