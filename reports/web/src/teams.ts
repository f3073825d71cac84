// Which threads measured together, and when: only figures of one place may be held against each other.
import type { Dot, Roof, RooflineSection } from "./document";
import { formatCount, formatNs } from "./format";
import { isaName, roofName } from "./names";
import { plural, shortened } from "./text";

/** A team of threads in one placement epoch. */
export interface Place {
  key: string;
  team: string;
  epoch: number;
  threads: number;
  /** Physical cores under the threads, where the report tells. */
  cores: number | null;
  coreToCoreNs: number | null;
  words: string;
}

type Placed = Pick<Roof | Dot, "team" | "epoch" | "threads">;

/** Reports of older versions tell threads alone. */
export function teamOf(figure: Placed): string {
  return figure.team ?? `${figure.threads}t`;
}

export function placeKey(figure: Placed): string {
  return `${teamOf(figure)}@${figure.epoch ?? 0}`;
}

const kTeam = /^(\d{1,6})c(?:(\d{1,6})t)?(?:-([a-z]))?(?:-n(\d{1,6})(?:-m(\d{1,6}))?)?$/;
const kThreads = /^(\d{1,6})t$/;
const kKinds: Record<string, string> = { p: "performance ", e: "efficiency " };

interface TeamParts {
  cores: number;
  threads: number | null;
  kind: string | null;
  node: number | null;
  memory: number | null;
}

/** What a team's id says (harness/core/plan/team.hpp); null where it says something else. */
export function teamParts(team: string): TeamParts | null {
  const match = kTeam.exec(team);
  if (!match) return null;
  const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  return { cores: Number(match[1]), threads: number(match[2]), kind: match[3] ?? null, node: number(match[4]), memory: number(match[5]) };
}

/** "4c8t" -> "4 cores, 8 threads"; "2c-n0-m1" -> "2 cores of node 0, memory of node 1". */
export function teamWords(team: string): string {
  const threads = kThreads.exec(team);
  if (threads) return `${formatCount(Number(threads[1]))} ${plural(Number(threads[1]), "thread")}`;
  const parts = teamParts(team);
  if (!parts) return shortened(team, 40);
  const kind = parts.kind === null ? "" : (kKinds[parts.kind] ?? `${parts.kind} `);
  return [
    `${parts.cores === 1 ? "one" : formatCount(parts.cores)} ${kind}${plural(parts.cores, "core")}`,
    parts.node === null ? "" : ` of node ${parts.node}`,
    parts.threads === null ? "" : `, ${formatCount(parts.threads)} threads`,
    parts.memory === null ? "" : `, memory of node ${parts.memory}`,
  ].join("");
}

/** Teams of the whole machine come first, one core before two; kinds of cores and nodes after them. */
function rank(place: Place): number {
  const parts = teamParts(place.team);
  return parts && (parts.node !== null || parts.kind !== null) ? (parts.node !== null ? 2 : 1) : 0;
}

export function placesOf(section: RooflineSection): Place[] {
  const places = new Map<string, Place>();
  for (const figure of [...section.roofs, ...section.dots]) {
    const key = placeKey(figure);
    const known = places.get(key);
    const place = known ?? { key, team: teamOf(figure), epoch: figure.epoch ?? 0, threads: figure.threads, cores: null, coreToCoreNs: null, words: "" };
    if ("cores" in figure) place.cores ??= figure.cores ?? null;
    if ("core_to_core_ns" in figure) place.coreToCoreNs ??= figure.core_to_core_ns ?? null;
    if (!known) places.set(key, place);
  }
  const sorted = [...places.values()].sort((a, b) => rank(a) - rank(b) || a.threads - b.threads || a.epoch - b.epoch);
  for (const place of sorted) {
    const moved = sorted.some((other) => other.team === place.team && other.epoch !== place.epoch);
    const apart = place.coreToCoreNs === null ? "" : `, ${formatNs(place.coreToCoreNs)} apart`;
    place.words = teamWords(place.team) + (moved ? `, epoch ${place.epoch}${apart}` : "");
  }
  return sorted;
}

/** The words for where one figure was measured. */
export function placeWords(figure: Placed, places: readonly Place[]): string {
  const key = placeKey(figure);
  return places.find((place) => place.key === key)?.words ?? teamWords(teamOf(figure));
}

/** Teams that differ in the number of cores alone, in the order of threads: what scaling is told by. */
export function scalePlaces(places: readonly Place[]): Place[] {
  return places.filter((place) => rank(place) === 0);
}

/** One roof or kernel told from all others of its report. */
export function figureName(figure: Roof | Dot): string {
  const epoch = figure.epoch ? `, epoch ${figure.epoch}` : "";
  const what = "kind" in figure ? [roofName(figure), figure.kind === "compute" ? isaName(figure.isa) : null] : [figure.kernel, figure.implementation];
  return `${[...what, teamWords(teamOf(figure))].filter((part) => part).join(", ")}${epoch}`;
}
