// The emoji's names among the built files, so that the picker asks nobody else for them.
import { readFileSync } from "node:fs";

const FILES = ["en/data.json", "en/messages.json"];

const contentOf = (file) =>
  readFileSync(new URL(import.meta.resolve(`emojibase-data/${file}`)), "utf8");

export function emojiData() {
  return {
    name: "parley:emoji-data",
    generateBundle() {
      for (const file of FILES) {
        this.emitFile({ type: "asset", fileName: `emoji/${file}`, source: contentOf(file) });
      }
    },
    configureServer(server) {
      server.middlewares.use("/emoji", (request, response, next) => {
        const file = (request.url ?? "").slice(1);
        if (!FILES.includes(file)) next();
        else response.setHeader("Content-Type", "application/json").end(contentOf(file));
      });
    },
  };
}
