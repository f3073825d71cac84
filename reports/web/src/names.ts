// Words for what the document names by keys.
import type { Dot, Fact, FactValue, Roof } from "./document";
import { formatBytes, formatCount, formatHertz, formatNs, formatPercent, formatSignificant } from "./format";
import { plural } from "./text";

const kIsaNames: Record<string, string> = {
  scalar: "scalar",
  sse2: "SSE2",
  avx2: "AVX2+FMA",
  avx512: "AVX-512",
  neon: "NEON",
};

export function isaName(isa: string): string {
  return Object.hasOwn(kIsaNames, isa) ? (kIsaNames[isa] as string) : isa;
}

const kKernelNames: Record<string, string> = {
  fma: "FMA",
  triad_nt: "triad, streaming stores",
  read: "read",
  triad: "triad",
};

export function kernelName(kernel: string): string {
  return Object.hasOwn(kKernelNames, kernel) ? (kKernelNames[kernel] as string) : kernel;
}

/** "fp32 FMA", "DRAM read": what a roof is, without threads and instruction set. */
export function roofName(roof: Roof): string {
  const first = roof.kind === "compute" ? roof.precision : roof.level;
  return [first, kernelName(roof.kernel)].filter((part) => part).join(" ");
}

/** For a label in the chart, where room is short. */
export function roofShortName(roof: Roof): string {
  if (roof.kind === "compute") return roof.precision ?? kernelName(roof.kernel);
  return [roof.level, roof.kernel.replace(/_nt$/, " NT")].filter((part) => part).join(" ");
}

export function threadsText(count: number): string {
  return `${formatCount(count)} ${plural(count, "thread")}`;
}

/** What is to be said beside a figure, in words: contended, a lower bound, not valid. */
export function flagsOf(figure: Roof | Dot): string[] {
  const flags: string[] = [];
  if (figure.verdict !== "VALID") flags.push(figure.verdict);
  if (figure.contended) flags.push("contended");
  if ("lower_bound" in figure && figure.lower_bound) flags.push("lower bound");
  return flags;
}

const kAcronyms = [
  "AVX", "BIOS", "CPU", "CPUs", "ID", "ISA", "KVM", "L1d", "L1i", "L1", "L2", "L3", "NUMA", "OpenBLAS", "OS", "PMU", "PSI",
  "SMT", "THP", "TSC", "WSL", "hwloc", "cgroup", "cpufreq",
];
const kUnitSuffix = /_(bytes|hz|ns|us|ms|s|celsius|c|percent|fraction|kib|cores)$/;

/** "cache_l1d_bytes" -> "Cache L1d", "openblas_core" -> "OpenBLAS core". */
export function factName(key: string): string {
  const bare = key.replace(kUnitSuffix, (suffix) => (suffix === "_cores" ? suffix : ""));
  const words = bare.split("_").map((word, at) => {
    const known = kAcronyms.find((acronym) => acronym.toLowerCase() === word.toLowerCase());
    if (known) return known;
    return at === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word;
  });
  return words.join(" ");
}

export function factValueText(value: FactValue, unit: string): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length > 0 ? value.join(", ") : "none";
  // Text stands for a number that there is none of ("unlimited"), and takes no unit.
  if (typeof value === "string") return value === "" ? "(empty)" : value;
  switch (unit) {
    case "bytes":
    case "byte":
    case "B":
      return formatBytes(value);
    case "Hz":
    case "hz":
      return formatHertz(value);
    case "ns":
      return formatNs(value);
    case "fraction":
      return formatPercent(value);
    default: {
      const text = Number.isInteger(value) ? formatInteger(value) : formatSignificant(value, 4);
      return unit ? `${text}\u00a0${unit}` : text;
    }
  }
}

/** Identifiers such as a family or a year stay as they are; thousands are set apart from 10,000 on. */
function formatInteger(value: number): string {
  return Math.abs(value) < 10000 ? String(value) : formatCount(value);
}

export function isAvailable(fact: Fact): fact is { value: FactValue; unit: string; source: string } {
  return "value" in fact;
}
