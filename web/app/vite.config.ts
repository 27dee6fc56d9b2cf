import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { linguiMacro } from "./scripts/linguiMacro.mjs";

/** Where `npm run dev` finds a parleyd; its `server.allowed_origins` must name the page's origin. */
const server = process.env["PARLEY_SERVER"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), linguiMacro(), lingui({ cwd: import.meta.dirname, failOnCompileError: true })],
  // Nothing becomes a data: address: the content security policy would refuse fonts from there.
  build: { target: "es2024", assetsInlineLimit: 0 },
  server: { proxy: { "/v1": { target: server, ws: true } } },
});
