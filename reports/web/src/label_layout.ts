// Places labels beside what they name, without overlaps: each label tries its candidates in order of preference and
// takes the one that covers least of what is there already. Labels and lines are rows of small circles, so that
// rotated text needs no special case.

export interface Candidate {
  x: number;
  y: number;
  /** Degrees, as SVG's rotate() takes it. */
  angle: number;
  anchor: "start" | "middle" | "end";
}

interface Circle {
  x: number;
  y: number;
  radius: number;
  weight: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** One way to say it, with the places where it may stand in order of preference. */
export interface Wording {
  text: string;
  width: number;
  candidates: readonly Candidate[];
}

export interface Placed extends Candidate {
  text: string;
  width: number;
}

const kStep = 6;
/** Between two places that cover nothing, the earlier one. */
const kPreference = 0.05;
/** Touching one gridless line with the edge of a letter is worth the longer wording; crossing a line is not. */
const kGoodEnough = 2;

/** Centre line of a text of `width` and `height` whose baseline starts, ends or centres at the candidate. */
function circlesOf(candidate: Candidate, width: number, height: number): Circle[] {
  const turn = (candidate.angle * Math.PI) / 180;
  const start = { start: 0, middle: -width / 2, end: -width }[candidate.anchor];
  const circles: Circle[] = [];
  const steps = Math.max(1, Math.ceil(width / kStep));
  const lift = 0.35 * height;
  for (let k = 0; k <= steps; k += 1) {
    const along = start + (width * k) / steps;
    circles.push({
      x: candidate.x + along * Math.cos(turn) + lift * Math.sin(turn),
      y: candidate.y + along * Math.sin(turn) - lift * Math.cos(turn),
      radius: height * 0.5,
      weight: 1,
    });
  }
  return circles;
}

export class LabelField {
  private readonly taken: Circle[] = [];

  constructor(private readonly bounds: Box) {}

  /** A line that labels should not cover; they cover it before they cover another label, and a faint one before that. */
  addLine(from: readonly [number, number], to: readonly [number, number], weight = 0.3): void {
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const steps = Math.max(1, Math.ceil(length / kStep));
    for (let k = 0; k <= steps; k += 1) {
      const t = k / steps;
      this.taken.push({ x: from[0] + (to[0] - from[0]) * t, y: from[1] + (to[1] - from[1]) * t, radius: 1, weight });
    }
  }

  addPoint(x: number, y: number, radius: number): void {
    this.taken.push({ x, y, radius, weight: 3 });
  }

  /** 0 where nothing is covered; grows with what is. */
  cost(candidate: Candidate, width: number, height: number): number {
    let sum = 0;
    for (const circle of circlesOf(candidate, width, height)) {
      const outside = Math.max(
        this.bounds.left - (circle.x - 2),
        circle.x + 2 - this.bounds.right,
        this.bounds.top - (circle.y - circle.radius),
        circle.y + circle.radius - this.bounds.bottom,
        0,
      );
      sum += outside * 2;
      for (const other of this.taken) {
        const gap = Math.hypot(circle.x - other.x, circle.y - other.y) - circle.radius - other.radius;
        if (gap < 0) sum -= gap * other.weight;
      }
    }
    return sum;
  }

  /**
   * The first wording that covers next to nothing (costs less than `enough`) in one of its places; where none does, the
   * one that covers least. Its place is taken from then on.
   */
  place(wordings: readonly Wording[], height: number, enough = kGoodEnough): Placed {
    let chosen: Placed | undefined;
    let least = Infinity;
    for (const wording of wordings) {
      wording.candidates.forEach((candidate, preference) => {
        const cost = this.cost(candidate, wording.width, height) + preference * kPreference;
        if (cost < least) {
          least = cost;
          chosen = { ...candidate, text: wording.text, width: wording.width };
        }
      });
      if (least < enough) break;
    }
    if (!chosen) throw new Error("a label needs a candidate");
    this.taken.push(...circlesOf(chosen, chosen.width, height));
    return chosen;
  }
}
