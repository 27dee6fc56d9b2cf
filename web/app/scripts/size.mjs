// What of JavaScript the first screen loads, and each lazy chunk, gzipped: the budget of the web app, on the built files.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = join(import.meta.dirname, "..", "dist");
const KIB = 1024;
const FIRST_SCREEN_KIB = 150;
const LAZY_CHUNK_KIB = 90;

const page = readFileSync(join(dist, "index.html"), "utf8");
const first = new Set([...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1]));
const sizeOf = (path) => gzipSync(readFileSync(join(dist, path)), { level: 9 }).length / KIB;

const rows = readdirSync(dist, { recursive: true })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".js") && path !== "sw.js")
  .map((path) => ({ path, kib: sizeOf(path), first: first.has(path) }))
  .sort((a, b) => b.kib - a.kib);
const total = rows.filter((row) => row.first).reduce((sum, row) => sum + row.kib, 0);

for (const row of rows) {
  console.log(
    `${row.kib.toFixed(1).padStart(7)} KiB  ${row.first ? "first" : "lazy "}  ${row.path}`,
  );
}
console.log(
  `${total.toFixed(1).padStart(7)} KiB  first screen together (at most ${FIRST_SCREEN_KIB})`,
);

const heavy = rows.filter((row) => !row.first && row.kib > LAZY_CHUNK_KIB);
for (const row of heavy) console.error(`${row.path} is over ${LAZY_CHUNK_KIB} KiB`);
if (first.size === 0) console.error("index.html names no script: is the app built?");
if (total > FIRST_SCREEN_KIB) console.error(`the first screen is over ${FIRST_SCREEN_KIB} KiB`);
process.exitCode = heavy.length > 0 || first.size === 0 || total > FIRST_SCREEN_KIB ? 1 : 0;
