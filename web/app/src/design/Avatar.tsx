import styles from "./Avatar.module.css";

/** Eight, all dark enough for white letters at 4.5 : 1. */
const COLOURS = [
  "#3b5bdb",
  "#a61e4d",
  "#2b7a4b",
  "#9c36b5",
  "#0b7285",
  "#a8480b",
  "#5f3dc4",
  "#495057",
];

function colourOf(id: string): string {
  // FNV-1a: of ids that differ little, its upper bits do not.
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return COLOURS[hash >>> 29] ?? "#495057";
}

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function firstCharacter(word = ""): string | undefined {
  // A name may begin with a pile of a hundred marks; a picture of it needs none of them.
  return characters.segment(word)[Symbol.iterator]().next().value?.segment.slice(0, 16);
}

/** At most two letters; whole characters, so that an emoji in a name is not cut in half. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = firstCharacter(words[0]) ?? "?";
  const last = words.length > 1 ? (firstCharacter(words.at(-1)) ?? "") : "";
  return (first + last).toUpperCase();
}

/** The picture of a person or conversation, or its initials on a colour of its own. Decorative: the name stands beside it. */
export function Avatar(props: { id: string; name: string; url: string | null; size: number }) {
  const { id, name, url, size } = props;
  const box = {
    inlineSize: size,
    blockSize: size,
    fontSize: size * 0.38,
    background: colourOf(id),
  };
  return (
    <span
      className={styles["avatar"]}
      style={box}
      // A picture and no text: a button with it alone is called by its label.
      data-initials={url === null ? initials(name) : undefined}
      aria-hidden="true"
    >
      {url !== null && <img className={styles["image"]} src={url} alt="" />}
    </span>
  );
}
