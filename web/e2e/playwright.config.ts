import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  outputDir: "results",
  reporter: [["list"]],
  forbidOnly: true,
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  projects: [
    { name: "behaviour", testIgnore: "load.spec.ts" },
    // What measures time has the machine for itself: after the others.
    {
      name: "load",
      testMatch: "load.spec.ts",
      dependencies: ["behaviour"],
      // A trace takes pictures all the while, which costs more than what is measured.
      use: { trace: "off" },
    },
  ],
  use: {
    browserName: "chromium",
    trace: "retain-on-failure",
    launchOptions: {
      // Debian's own, which tools/install_packages installs: Playwright's would be a download.
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      chromiumSandbox: false, // it refuses to run as root with it
      args: [
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-sync",
      ],
    },
  },
});
