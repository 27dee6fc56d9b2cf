import { defineConfig } from "@lingui/cli";

export default defineConfig({
  locales: ["en", "ar"],
  sourceLocale: "en",
  catalogs: [{ path: "<rootDir>/src/i18n/locales/{locale}", include: ["src"] }],
  orderBy: "message",
});
