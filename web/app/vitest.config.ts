import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react(), lingui({ macroTransform: true })],
  test: { name: "app", environment: "jsdom", include: ["{src,test}/**/*.test.{ts,tsx}"] },
});
