import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The release build's, or the one that ctest names. */
const PROGRAM =
  process.env["PARLEYD"] ?? join(import.meta.dirname, "../../../build/release/bin/parleyd");
const START_DEADLINE_MS = 60_000;

/** Tests are in a hurry: cheap password hashes, no rate limits, sockets that are closed at once. */
const SETTINGS = {
  PARLEY_LIMITS_ENABLED: "false",
  PARLEY_AUTH_ARGON2_MEMORY_KIB: "8192",
  PARLEY_AUTH_ARGON2_PASSES: "1",
  PARLEY_SERVER_DRAIN_MS: "200",
  PARLEY_STORAGE_ENGINE: "memory",
  PARLEY_LOG_LEVEL: "warning",
};

/** The caller's environment without its own settings of Parley. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("PARLEY")),
  );
}

/** A parleyd of its own, with its data in memory, on a free port of this machine. */
export class Parleyd {
  /** Where browsers find it: `localhost` is a secure context. */
  readonly url: string;
  /** What makes whoever opens it an administrator, once. */
  readonly adminLink: string;
  private readonly child: ChildProcess;
  private readonly folder: string;

  private constructor(child: ChildProcess, folder: string, url: string, adminLink: string) {
    this.child = child;
    this.folder = folder;
    this.url = url;
    this.adminLink = adminLink;
  }

  static async start(settings: Record<string, string> = {}): Promise<Parleyd> {
    const folder = await mkdtemp(join(tmpdir(), "parley-e2e-"));
    const child = spawn(
      PROGRAM,
      ["serve", "--data-dir", folder, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"],
      {
        env: { ...cleanEnvironment(), ...SETTINGS, ...settings },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const deadline = setTimeout(() => child.kill("SIGKILL"), START_DEADLINE_MS);
    let port = "";
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        port = /^listening http=\S+:(\d+) /.exec(line)?.[1] ?? port;
        const token = /^administrator link: \S+(\/#\S+)$/.exec(line)?.[1];
        if (token === undefined) continue;
        child.stdout.resume();
        const url = `http://localhost:${port}`;
        return new Parleyd(child, folder, url, url + token);
      }
    } finally {
      clearTimeout(deadline);
    }
    await rm(folder, { recursive: true });
    throw new Error(`${PROGRAM} did not start (exit code ${String(child.exitCode)})`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, "exit");
      this.child.kill("SIGTERM");
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
