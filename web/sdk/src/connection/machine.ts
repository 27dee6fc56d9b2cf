/**
 * The connection as a pure state machine: what happened goes in, the next state and what to do come out. The driver
 * (connection.ts) has the socket and the timers.
 */

export type State =
  | { readonly is: "stopped" }
  | { readonly is: "connecting"; readonly attempt: number }
  /** The server knows who one is; what was missed is on its way. */
  | { readonly is: "syncing"; readonly attempt: number }
  | { readonly is: "live"; readonly attempt: number; readonly since: number }
  | {
      readonly is: "waiting";
      readonly attempt: number;
      readonly wait_ms: number;
      readonly offline: boolean;
    }
  | { readonly is: "signed_out"; readonly reason: string };

export type Happening =
  | { readonly type: "start"; readonly offline: boolean }
  | { readonly type: "ready" }
  | { readonly type: "synced" }
  /** The socket closed, or never opened. */
  | { readonly type: "closed"; readonly code: number; readonly reason: string }
  | { readonly type: "signed_out"; readonly reason: string }
  /** The time to wait is over. */
  | { readonly type: "time" }
  | { readonly type: "offline" }
  | { readonly type: "online" }
  /** Somebody looks: do not wait any longer. */
  | { readonly type: "wake" }
  | { readonly type: "stop" };

export type Effect =
  | { readonly do: "open" }
  | { readonly do: "close"; readonly code: number }
  | { readonly do: "wait"; readonly ms: number }
  /** Ask what was missed on the connection that stands, and whether it does. */
  | { readonly do: "check" };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** What the machine needs to know besides its state. */
export interface Surroundings {
  readonly now: number;
  /** From 0 up to 1. */
  readonly random: number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** The spread of those that a restarting or busy server sent away. */
const SOON_MS = 2_000;
/** After `too fast` at least so long. */
const TOO_FAST_MS = 5_000;
/** A connection that was live for so long starts the waits anew. */
const STEADY_MS = 10_000;

/** Close codes that mean more than "try again". */
export const CLOSE = { restart: 1012, tooSlow: 1013, signedOut: 4001, tooFast: 4008 } as const;

/** How long to wait before attempt number `attempt` (1 is the second): full jitter below 0.5 s, 1 s, 2 s, … 30 s. */
export function waitBefore(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round(random * ceiling);
}

export function step(state: State, happening: Happening, around: Surroundings): Step {
  if (happening.type === "stop") return become({ is: "stopped" }, { do: "close", code: 1000 });
  if (happening.type === "signed_out") {
    return become({ is: "signed_out", reason: happening.reason }, { do: "close", code: 1000 });
  }
  switch (state.is) {
    case "stopped":
      return whenStopped(state, happening);
    case "signed_out":
      return become(state);
    case "waiting":
      return whenWaiting(state, happening);
    case "connecting":
    case "syncing":
    case "live":
      return whenConnected(state, happening, around);
  }
}

type Connected = Extract<State, { is: "connecting" | "syncing" | "live" }>;

/** What is left once `stop` and `signed_out` are dealt with. */
type Passing = Exclude<Happening, { type: "stop" | "signed_out" }>;

function whenStopped(state: State, happening: Passing): Step {
  if (happening.type !== "start") return become(state);
  if (happening.offline) return become({ is: "waiting", attempt: 0, wait_ms: 0, offline: true });
  return become({ is: "connecting", attempt: 0 }, { do: "open" });
}

function whenWaiting(state: Extract<State, { is: "waiting" }>, happening: Passing): Step {
  switch (happening.type) {
    case "time":
      if (state.offline) return become(state);
      return become({ is: "connecting", attempt: state.attempt }, { do: "open" });
    case "offline":
      return become({ ...state, offline: true });
    case "online":
    case "wake":
      // A device may be wrong about being offline, and a person who asks is answered.
      return become({ is: "connecting", attempt: state.attempt }, { do: "open" });
    case "start":
    case "ready":
    case "synced":
    case "closed":
      return become(state);
  }
}

function whenConnected(state: Connected, happening: Passing, around: Surroundings): Step {
  switch (happening.type) {
    case "ready":
      return become({ is: "syncing", attempt: state.attempt });
    case "synced":
      if (state.is === "live") return become(state);
      // Live, but not for long yet: the attempts before it still count.
      return become({ is: "live", attempt: state.attempt, since: around.now });
    case "closed":
      return afterClose(state, happening, around);
    case "offline":
      return become(
        { is: "waiting", attempt: 0, wait_ms: 0, offline: true },
        { do: "close", code: 1000 },
      );
    case "online":
    case "wake":
      return state.is === "live" ? become(state, { do: "check" }) : become(state);
    case "start":
    case "time":
      return become(state);
  }
}

function afterClose(
  state: Connected,
  { code, reason }: { readonly code: number; readonly reason: string },
  { now, random }: Surroundings,
): Step {
  if (code === CLOSE.signedOut) return become({ is: "signed_out", reason: reason || "signed out" });
  const steady = state.is === "live" && now - state.since >= STEADY_MS;
  const attempt = (steady ? 0 : state.attempt) + 1;
  const wait_ms = waitAfter(code, attempt, random);
  return become({ is: "waiting", attempt, wait_ms, offline: false }, { do: "wait", ms: wait_ms });
}

function waitAfter(code: number, attempt: number, random: number): number {
  // The first time only: a server that sends everybody away again and again is not helped by haste.
  const soon = (code === CLOSE.restart || code === CLOSE.tooSlow) && attempt <= 2;
  if (soon) return Math.round(random * SOON_MS);
  const wait = waitBefore(attempt, random);
  return code === CLOSE.tooFast ? TOO_FAST_MS + wait : wait;
}

function become(state: State, ...effects: readonly Effect[]): Step {
  return { state, effects };
}
