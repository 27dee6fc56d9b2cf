import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type OpenOptions,
  openParley,
  memoryStorage,
  signUp,
  type SignedIn,
} from "../src/index.ts";

/** The program to test against; the tests with it are left out, loudly, where it is not given. */
export const PARLEYD = process.env["PARLEYD"] ?? "";

if (PARLEYD === "") {
  console.warn("PARLEYD is not set: the tests against the real server are SKIPPED.");
}

/** A real server with a data folder of its own. */
export class RealServer {
  private readonly folder: string;
  private process: ChildProcess | null = null;
  /** Where it listens: another place after each start. */
  origin = "";

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(): Promise<RealServer> {
    const server = new RealServer(await mkdtemp(join(tmpdir(), "parley-sdk-")));
    await server.run();
    return server;
  }

  async run(): Promise<void> {
    const listen = ["--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"];
    const child = spawn(PARLEYD, ["serve", "--data-dir", this.folder, ...listen], {
      env: { ...process.env, PARLEY_LIMITS_ENABLED: "false" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.process = child;
    let said = "";
    for await (const [data] of onData(child)) {
      said += String(data);
      const address = /^listening http=(\S+)/m.exec(said)?.[1];
      if (address === undefined) continue;
      this.origin = `http://${address}`;
      return;
    }
    throw new Error(`The server did not start: ${said}`);
  }

  /** Ends it without a warning, as a crash does. */
  async kill(): Promise<void> {
    const child = this.process;
    this.process = null;
    if (child?.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A new account, signed in. */
  account(username: string): Promise<SignedIn> {
    const display_name = username.charAt(0).toUpperCase() + username.slice(1);
    return signUp({ server: this.origin, username, password: "correct horse", display_name });
  }
}

async function* onData(child: ChildProcess): AsyncGenerator<readonly [unknown]> {
  const { stdout } = child;
  if (stdout === null) throw new Error("The server has no standard output.");
  for await (const data of stdout) yield [data];
}

/** Opens a client of an account at `server`. */
export function open(account: SignedIn, server: string, options: Partial<OpenOptions> = {}) {
  const { user, token } = account;
  const storage = memoryStorage();
  return openParley({ server, user, storage, ...(token !== null && { token }), ...options });
}
