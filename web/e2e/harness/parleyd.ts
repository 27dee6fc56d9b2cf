import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { Front } from "./front.ts";

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

/** A built app to serve in front of a program that has none inside; without it the program serves its own. */
const DIST = process.env["PARLEY_APP_DIST"];

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  /** The path of the administrator link; null where somebody is one already. */
  readonly adminPath: string | null;
}

async function startProgram(
  folder: string,
  port: number,
  settings: Record<string, string>,
): Promise<Started> {
  const child = spawn(
    PROGRAM,
    ["serve", "--data-dir", folder, "--listen", `127.0.0.1:${port}`, "--ops-listen", "127.0.0.1:0"],
    {
      env: { ...cleanEnvironment(), ...SETTINGS, ...settings },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const deadline = setTimeout(() => child.kill("SIGKILL"), START_DEADLINE_MS);
  let listening = 0;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      listening = Number(/^listening http=\S+:(\d+) /.exec(line)?.[1] ?? listening);
      const link = /^administrator link: \S+(\/#\S+)$/.exec(line)?.[1];
      // A server that has an administrator prints no link.
      if (link === undefined && !(port !== 0 && listening !== 0)) continue;
      child.stdout.resume();
      return { child, port: listening, adminPath: link ?? null };
    }
  } finally {
    clearTimeout(deadline);
  }
  throw new Error(`${PROGRAM} did not start (exit code ${String(child.exitCode)})`);
}

/** A parleyd of its own, with its data in memory, on a free port of this machine. */
export class Parleyd {
  /** Of all that this process has started: what is asked of others is foreign. */
  static readonly urls = new Set<string>();
  /** Where browsers find it: `localhost` is a secure context. */
  readonly url: string;
  /** What makes whoever opens it an administrator, once. */
  readonly adminLink: string;
  private started: Started;
  private readonly folder: string;
  private readonly settings: Record<string, string>;
  private readonly front: Front | null;

  private constructor(
    started: Started,
    folder: string,
    settings: Record<string, string>,
    front: Front | null,
  ) {
    this.started = started;
    this.folder = folder;
    this.settings = settings;
    this.front = front;
    this.url = `http://localhost:${front?.port ?? started.port}`;
    this.adminLink = this.url + (started.adminPath ?? "/");
    Parleyd.urls.add(this.url);
  }

  static async start(settings: Record<string, string> = {}): Promise<Parleyd> {
    const folder = await mkdtemp(join(tmpdir(), "parley-e2e-"));
    try {
      const started = await startProgram(folder, 0, settings);
      const front =
        DIST === undefined ? null : await Front.start(resolve(DIST), () => started.port);
      return new Parleyd(started, folder, settings, front);
    } catch (error) {
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  /** Makes somebody an administrator, as one does it at the server's command line. */
  async grantAdmin(username: string): Promise<void> {
    await promisify(execFile)(PROGRAM, ["admin", "grant", username, "--data-dir", this.folder], {
      env: { ...cleanEnvironment(), ...SETTINGS },
    });
  }

  /** As if the power went out: nothing is said to anybody. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Starts it again where it was, with what it kept: `PARLEY_STORAGE_ENGINE` must not be `memory`. */
  async startAgain(): Promise<void> {
    this.started = await startProgram(this.folder, this.started.port, this.settings);
  }

  async stop(): Promise<void> {
    await this.end("SIGTERM");
    await this.front?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this.started;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}
