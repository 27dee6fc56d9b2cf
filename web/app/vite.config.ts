import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

import { emojiData } from "./scripts/emojiData.mjs";
import { linguiMacro } from "./scripts/linguiMacro.mjs";

/** Where `npm run dev` finds a parleyd; its `server.allowed_origins` must name the page's origin. */
const server = process.env["PARLEY_SERVER"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [
    react(),
    linguiMacro(),
    lingui({ cwd: import.meta.dirname, failOnCompileError: true }),
    emojiData(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src/pwa",
      filename: "sw.ts",
      injectRegister: false,
      injectManifest: {
        // What the first screens need; fonts of other scripts are loaded when they are written.
        globPatterns: [
          "index.html",
          "theme.js",
          "favicon.svg",
          "assets/*.{js,css}",
          "assets/inter-latin-wght-*.woff2",
        ],
      },
      manifest: {
        id: "/",
        name: "Parley",
        short_name: "Parley",
        description: "A messenger of your own.",
        start_url: "/",
        display: "standalone",
        background_color: "#ffffff",
        theme_color: "#3b5bdb",
        icons: [
          { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
          {
            src: "/icon-maskable-512.png",
            sizes: "512x512",
            type: "image/png",
            purpose: "maskable",
          },
        ],
      },
    }),
  ],
  // Nothing becomes a data: address: the content security policy would refuse fonts from there.
  build: { target: "es2024", assetsInlineLimit: 0 },
  server: { proxy: { "/v1": { target: server, ws: true } } },
});
