/** How a text stands to the server's limit, which counts bytes; people count characters. */
export interface RoomLeft {
  /** About how many characters more there is room for; null where there is plenty. */
  readonly left: number | null;
  /** How many characters at its end are too many. */
  readonly excess: number;
}

const PLENTY: RoomLeft = { left: null, excess: 0 };
/** From so much of the limit on one is told what is left. */
const TELL_FROM = 0.9;
/** The most that one unit of a string takes. */
const MOST_BYTES_EACH = 3;
const MOST_COUNTED = 10_000;

const encoder = new TextEncoder();
const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function count(text: string): number {
  // Of a whole book nobody counts each, and each key would wait for it.
  if (text.length > MOST_COUNTED) return text.length;
  let number = 0;
  for (const segment of characters.segment(text)) if (segment.segment !== "") number++;
  return number;
}

/** What is left of `limit` bytes beside a text. */
export function roomIn(text: string, limit: number): RoomLeft {
  if (text.length * MOST_BYTES_EACH < limit * TELL_FROM) return PLENTY;
  const { read, written } = encoder.encodeInto(text, new Uint8Array(limit));
  if (read < text.length) return { left: 0, excess: Math.max(1, count(text.slice(read))) };
  if (written < limit * TELL_FROM) return PLENTY;
  const bytesEach = written / text.length;
  return { left: Math.floor((limit - written) / bytesEach), excess: 0 };
}
