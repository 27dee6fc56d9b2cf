import { LinkifyIt } from "linkify-it";
import type { ReactNode } from "react";

const links = new LinkifyIt();

const EMOJI_ONLY = /^(?:\p{RGI_Emoji}|\s)+$/v;
const EMOJI = /\p{RGI_Emoji}/gv;
const MOST_LARGE_EMOJI = 3;

/** One to three emoji and nothing else are drawn large. */
export function isLargeEmoji(text: string): boolean {
  if (text.length > 60 || !EMOJI_ONLY.test(text)) return false;
  return (text.match(EMOJI) ?? []).length <= MOST_LARGE_EMOJI;
}

/** Only what leads to a page or a mailbox becomes a link, whatever else looks like one. */
function isSafe(url: string): boolean {
  return /^(?:https?|mailto):/i.test(url);
}

/** The text with its links clickable. No HTML is made: React writes text as text. */
export function linked(text: string): ReactNode {
  const found = links.match(text)?.filter((match) => isSafe(match.url)) ?? [];
  if (found.length === 0) return text;
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of found) {
    parts.push(text.slice(end, match.index));
    parts.push(
      <a key={match.index} href={match.url} target="_blank" rel="noopener noreferrer nofollow">
        {match.text}
      </a>,
    );
    end = match.lastIndex;
  }
  parts.push(text.slice(end));
  return parts;
}
