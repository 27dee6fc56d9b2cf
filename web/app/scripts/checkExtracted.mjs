// Whether the catalogues hold every message of the sources, and each language says all of them. They are left as they are.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const app = join(import.meta.dirname, "..");
const pathOf = (language) => join(app, "src/i18n/locales", `${language}.po`);
/** Neither the time of the extraction nor the places count: only what is said. */
const said = (text) =>
  text
    .split("\n")
    .filter((line) => !line.startsWith("#") && !line.startsWith('"POT-Creation-Date'))
    .join("\n");

const languages = ["en", "ar"];
const before = languages.map((language) => readFileSync(pathOf(language), "utf8"));
try {
  execFileSync(process.execPath, [lingui(), "extract", "--clean"], { cwd: app, stdio: "pipe" });
  languages.forEach((language, index) => {
    const after = readFileSync(pathOf(language), "utf8");
    if (said(after) !== said(before[index]))
      fail(`${language}.po is not as the sources: npm run extract`);
    const empty = after.match(/^msgid "(?!"\nmsgstr ""\n").*\n(?:".*\n)*msgstr ""\n(?!")/gm);
    if (empty !== null) fail(`${language}.po says nothing for ${empty.length} messages`);
  });
} finally {
  languages.forEach((language, index) => {
    writeFileSync(pathOf(language), before[index]);
  });
}

function lingui() {
  return new URL(import.meta.resolve("@lingui/cli")).pathname.replace(/dist\/.*/, "dist/lingui.js");
}

function fail(reason) {
  console.error(reason);
  process.exitCode = 1;
}
