import type { Clock } from "../clock.ts";
import { type ClientFrame, parseFrame, type ServerFrame } from "../wire/types.ts";
import { Liveness } from "./liveness.ts";
import { CLOSE, type Effect, type Happening, type State, step } from "./machine.ts";

/** The part of a WebSocket that is used; the global one fits. */
export interface Socket {
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(data: string): void;
  close(code?: number): void;
}
export type SocketMaker = (url: string, protocol: string) => Socket;

export interface ConnectionOptions {
  readonly server: string;
  /** Whose connection it is to be. */
  readonly userId: string;
  readonly token?: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly makeSocket: SocketMaker;
  readonly isOffline: () => boolean;
  /** Asks over HTTP whether the session still holds: a browser does not tell why a WebSocket was refused. */
  readonly isSignedOut: () => Promise<boolean>;
  readonly onState: (state: State) => void;
  readonly onFrame: (frame: ServerFrame) => void;
  /** Time to ask what was missed, on a connection that is live. */
  readonly onCheck: () => void;
}

/** So long a socket may take to open and to say who one is. */
const OPEN_TIMEOUT_MS = 20_000;
/** A live connection asks so often what it missed: it costs little, and heals what nobody thought of. */
const RESUME_EVERY_MS = 5 * 60_000;
const OPEN = 1;

/** One WebSocket at a time, kept up: drives the state machine with sockets and timers. */
export class Connection {
  private readonly options: ConnectionOptions;
  private current: State = { is: "stopped" };
  private socket: Socket | null = null;
  private liveness: Liveness;
  private wasOpen = false;
  private cancelWait: () => void = () => undefined;
  private cancelCheck: () => void = () => undefined;
  private cancelResume: () => void = () => undefined;
  private cancelOpen: () => void = () => undefined;

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.liveness = new Liveness(options.clock.monotonic());
  }

  get state(): State {
    return this.current;
  }

  start(): void {
    this.dispatch({ type: "start", offline: this.options.isOffline() });
  }

  stop(): void {
    this.dispatch({ type: "stop" });
  }

  /** The sync is complete. */
  synced(): void {
    this.dispatch({ type: "synced" });
  }

  online(): void {
    this.dispatch({ type: "online" });
  }

  offline(): void {
    this.dispatch({ type: "offline" });
  }

  wake(): void {
    this.dispatch({ type: "wake" });
  }

  /** Gives the socket up and comes again, as if it had been lost. */
  reconnect(reason: string): void {
    this.drop(1000);
    this.dispatch({ type: "closed", code: 1006, reason });
  }

  /** False where there is no open socket: then it is not sent. */
  send(frame: ClientFrame): boolean {
    if (this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private dispatch(happening: Happening): void {
    const { clock, random } = this.options;
    const before = this.current;
    const { state, effects } = step(before, happening, {
      now: clock.monotonic(),
      random: random(),
    });
    this.current = state;
    if (state.is !== "waiting" || before.is !== "waiting") this.cancelWait();
    if (state.is !== "live") this.cancelResume();
    else if (before.is !== "live") this.resumeLater();
    if (state !== before) this.options.onState(state);
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: Effect): void {
    switch (effect.do) {
      case "open":
        this.open();
        break;
      case "close":
        this.drop(effect.code);
        break;
      case "wait":
        this.cancelWait = this.options.clock.after(effect.ms, () => {
          this.dispatch({ type: "time" });
        });
        break;
      case "check":
        this.ask();
        this.options.onCheck();
        break;
    }
  }

  private open(): void {
    const { server, token, clock, makeSocket } = this.options;
    const url = `${server.replace(/^http/, "ws")}/v1/ws?resume=1`;
    const socket = makeSocket(url, "parley.v1");
    this.socket = socket;
    this.wasOpen = false;
    this.liveness = new Liveness(clock.monotonic());
    socket.onopen = () => {
      this.wasOpen = true;
      if (token !== undefined) this.send({ type: "auth", token });
      this.checkLater();
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.heard(data);
    };
    socket.onclose = ({ code, reason }) => {
      void this.closed(socket, code, reason);
    };
    // What is wrong is told by `onclose`, which always follows.
    socket.onerror = null;
    this.cancelOpen = clock.after(OPEN_TIMEOUT_MS, () => {
      this.reconnect("The server did not answer in time.");
    });
  }

  private heard(data: string): void {
    this.liveness.heard(this.options.clock.monotonic());
    const frame = parseFrame(data);
    if (frame === null) return;
    if (frame.type === "ready") {
      if (frame.user_id !== this.options.userId) {
        // The browser's cookie is somebody else's by now.
        this.dispatch({ type: "signed_out", reason: "somebody else is signed in" });
        return;
      }
      this.cancelOpen();
      this.liveness.useInterval(frame.heartbeat_ms);
      this.dispatch({ type: "ready" });
    }
    this.options.onFrame(frame);
  }

  private async closed(socket: Socket, code: number, reason: string): Promise<void> {
    if (socket !== this.socket) return;
    const refused = !this.wasOpen && code !== CLOSE.signedOut;
    this.drop(null);
    if (!refused) {
      this.dispatch({ type: "closed", code, reason });
      return;
    }
    // The state stays "connecting" until it is known whether coming again makes sense.
    const over = await this.options.isSignedOut();
    if (this.hasSocket() || this.current.is !== "connecting") return;
    if (over) this.dispatch({ type: "signed_out", reason: "signed out" });
    else this.dispatch({ type: "closed", code, reason });
  }

  /** Lets the socket go: nothing of it is heard any more. */
  private drop(code: number | null): void {
    const { socket } = this;
    this.cancelOpen();
    this.cancelCheck();
    if (socket === null) return;
    this.socket = null;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    if (code !== null) socket.close(code);
  }

  private hasSocket(): boolean {
    return this.socket !== null;
  }

  private ask(): void {
    if (!this.send({ type: "ping" })) return;
    this.liveness.asked(this.options.clock.monotonic());
    this.checkLater();
  }

  private checkLater(): void {
    this.cancelCheck();
    this.cancelCheck = this.options.clock.after(this.liveness.checkEvery, () => {
      const verdict = this.liveness.check(this.options.clock.monotonic());
      if (verdict === "dead") {
        this.reconnect("The server is silent.");
        return;
      }
      if (verdict === "ask") this.ask();
      else this.checkLater();
    });
  }

  private resumeLater(): void {
    this.cancelResume = this.options.clock.after(RESUME_EVERY_MS, () => {
      this.options.onCheck();
      this.resumeLater();
    });
  }
}
