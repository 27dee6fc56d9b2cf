// What of JavaScript the first screen loads before it is usable, and each lazy chunk, gzipped: the budget of the web app, on
// the built files. The service worker is fetched after that.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = join(import.meta.dirname, "..", "dist");
const FIRST_SCREEN_BYTES = 150_000;
const LAZY_CHUNK_BYTES = 90_000;
/** The words of a language that does not come with the page. */
const LANGUAGE = /^assets\/[a-z]{2}-[^/]+\.js$/;

const page = readFileSync(join(dist, "index.html"), "utf8");
const first = new Set([...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1]));
const sizeOf = (path) => gzipSync(readFileSync(join(dist, path)), { level: 9 }).length;
const kindOf = (path) => (first.has(path) ? "first" : LANGUAGE.test(path) ? "words" : "lazy");
const sum = (rows) => rows.reduce((bytes, row) => bytes + row.bytes, 0);
const line = (bytes, text) => console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${text}`);

const rows = readdirSync(dist, { recursive: true })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".js") && path !== "sw.js")
  .map((path) => ({ path, bytes: sizeOf(path), kind: kindOf(path) }))
  .sort((a, b) => b.bytes - a.bytes);
for (const row of rows) line(row.bytes, `${row.kind.padEnd(5)}  ${row.path}`);

// Who reads another language waits for its words too.
const heaviestWords = rows.filter(({ kind }) => kind === "words").slice(0, 1);
const total = sum(rows.filter(({ kind }) => kind === "first")) + sum(heaviestWords);
line(total, `before the first screen is usable (at most ${FIRST_SCREEN_BYTES / 1000})`);

const complaints = rows
  .filter(({ kind, bytes }) => kind !== "first" && bytes > LAZY_CHUNK_BYTES)
  .map(({ path }) => `${path} is over ${LAZY_CHUNK_BYTES / 1000} kB`);
if (first.size === 0) complaints.push("index.html names no script: is the app built?");
if (total > FIRST_SCREEN_BYTES) complaints.push("the first screen is over its budget");
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;
