// Words for what the document names by keys.
import type { Dot, Fact, FactValue, MatrixShape, Roof } from "./document";
import { formatBytes, formatCount, formatHertz, formatNs, formatPercent, formatSignificant } from "./format";
import { plural, shortened } from "./text";

const kIsaNames: Record<string, string> = {
  scalar: "scalar",
  sse2: "SSE2",
  avx2: "AVX2+FMA",
  avx512: "AVX-512",
  amx: "AMX",
  neon: "NEON",
  sve: "SVE",
};

export function isaName(isa: string): string {
  return Object.hasOwn(kIsaNames, isa) ? (kIsaNames[isa] as string) : isa;
}

const kKernelNames: Record<string, string> = {
  fma: "FMA",
  fma_add: "FMA+ADD",
  mul_add: "multiply and add",
  dot: "dot products",
  chase: "pointer chase",
};

/** The multiply-add in whichever form the instruction set has it goes without saying. */
const kShortKernels = new Map([["fma", ""], ["mul_add", ""], ["dot", ""], ["fma_add", "+ADD"]]);

export function kernelName(kernel: string): string {
  if (Object.hasOwn(kKernelNames, kernel)) return kKernelNames[kernel] as string;
  return kernel.replace(/_nt$/, ", streaming stores");
}

/** "fp32 FMA", "DRAM read": what a roof is, without threads and instruction set. */
export function roofName(roof: Roof): string {
  const first = roof.kind === "compute" ? roof.precision : roof.level;
  return [first, kernelName(roof.kernel)].filter((part) => part).join(" ");
}

/** For a label in the chart, where room is short: the kernel is said where it is not what one expects of the roof. */
export function roofShortName(roof: Roof, withPrecision = false): string {
  const words = roof.kind === "compute"
    ? [withPrecision ? roof.precision : null, isaName(roof.isa).replace("+FMA", ""), kShortKernels.get(roof.kernel) ?? kernelName(roof.kernel)]
    : [roof.level, roof.kernel.replace(/_nt$/, " NT")];
  return words.filter((word) => word).map((word) => shortened(String(word), 16)).join(" ");
}

/** m, n and k, in this order. */
export function shapeText(shape: MatrixShape): string {
  return [shape.m, shape.n, shape.k].map(String).join("\u00d7");
}

export function threadsText(count: number): string {
  return `${formatCount(count)} ${plural(count, "thread")}`;
}

/** What is to be said beside a figure, in words: contended, a lower bound, not valid. */
export function flagsOf(figure: Roof | Dot): string[] {
  const flags: string[] = [];
  if (figure.verdict !== "VALID") flags.push(shortened(String(figure.verdict), 20));
  if (figure.contended) flags.push("contended");
  if ("lower_bound" in figure && figure.lower_bound) flags.push("lower bound");
  if ("may_hold_cache_hits" in figure && figure.may_hold_cache_hits) flags.push("may hold cache hits");
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
