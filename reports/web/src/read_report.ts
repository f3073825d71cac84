import type { Report } from "./document";

export const kSchema = "perfbench-report/1";

export type ReadResult = { report: Report } | { problem: string };

interface SourceContext {
  source?: string;
}

/**
 * Reads the document. A seed has 64 bits and a JavaScript number 53: where the browser tells the digits as they were
 * written, they are kept as text; where it does not, the seed says that it was rounded.
 */
export function readReport(json: string): ReadResult {
  const keepSeed = function (key: string, value: unknown, context?: SourceContext): unknown {
    if (key !== "seed" || typeof value !== "number" || Number.isSafeInteger(value)) return value;
    return context?.source ?? `about ${value}`;
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(json, keepSeed as (key: string, value: unknown) => unknown);
  } catch (error) {
    return { problem: `The data in this file are no JSON document (${(error as Error).message}).` };
  }
  if (typeof parsed !== "object" || parsed === null || !("schema" in parsed)) {
    return { problem: "The data in this file are no perfbench report." };
  }
  if (parsed.schema !== kSchema) {
    return {
      problem: `This page draws ${kSchema}, and the data are of another kind: ${String(parsed.schema)}. A perfbench of that version draws them: perfbench render report.json.`,
    };
  }
  return { report: parsed as Report };
}
