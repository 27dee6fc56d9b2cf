/** What was measured at a time; null where there was nothing to measure. */
export interface Point {
  readonly at: number;
  readonly value: number | null;
}

const STEPS = [1, 2, 5, 10] as const;

/** The smallest of 1, 2, 5, 10, 20, … that is not under a value: a round number to end an axis at. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((each) => each * power >= value) ?? 10;
  return step * power;
}

export interface Frame {
  readonly from: number;
  readonly to: number;
  /** The value at the upper edge; 0 lies at the lower one. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

type Dot = readonly [x: number, y: number];

/** The stretches without a gap, as places in the frame. Whatever the numbers are, no place lies outside of it. */
function stretches(points: readonly Point[], frame: Frame): readonly (readonly Dot[])[] {
  const all: Dot[][] = [];
  let open: Dot[] | null = null;
  for (const { at, value } of points) {
    if (value === null || at < frame.from) {
      open = null;
      continue;
    }
    if (open === null) {
      open = [];
      all.push(open);
    }
    const x = ((at - frame.from) / (frame.to - frame.from)) * frame.width;
    const y = frame.height * (1 - Math.min(value / frame.top, 1));
    open.push([round(x), round(y)]);
  }
  return all;
}

function round(place: number): number {
  return Math.round(place * 10) / 10;
}

/** The line through what was measured, as an SVG path; what stands alone is a dot. */
export function linePath(points: readonly Point[], frame: Frame): string {
  return stretches(points, frame)
    .map(([first = [0, 0], ...rest]) => {
      const start = `M${first[0]} ${first[1]}`;
      return rest.length === 0 ? `${start}h0` : start + rest.map(([x, y]) => `L${x} ${y}`).join("");
    })
    .join("");
}

/** What lies under the line. */
export function areaPath(points: readonly Point[], frame: Frame): string {
  return stretches(points, frame)
    .filter((dots) => dots.length > 1)
    .map((dots) => {
      const through = dots.map(([x, y]) => `L${x} ${y}`).join("");
      const [begin, end] = [dots[0]?.[0] ?? 0, dots.at(-1)?.[0] ?? 0];
      return `M${begin} ${frame.height}${through}L${end} ${frame.height}Z`;
    })
    .join("");
}

/** The least and the most of what was measured; null where nothing was. */
export function rangeOf(points: readonly Point[]): readonly [least: number, most: number] | null {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  return values.length === 0 ? null : [Math.min(...values), Math.max(...values)];
}

/** Which of some times, in order, is nearest to one. */
export function nearest(times: readonly number[], at: number): number {
  const after = times.findIndex((time) => time >= at);
  if (after < 0) return times.length - 1;
  const [before = -Infinity, next = Infinity] = [times[after - 1], times[after]];
  return at - before < next - at ? after - 1 : after;
}
