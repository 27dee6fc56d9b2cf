import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { linguiMacro } from "./scripts/linguiMacro.mjs";

export default defineConfig({
  plugins: [react(), linguiMacro(), lingui({ cwd: import.meta.dirname })],
  test: {
    name: "app",
    environment: "jsdom",
    include: ["{src,test}/**/*.test.{ts,tsx}"],
    testTimeout: 30_000, // for a machine that has other work too
  },
});
