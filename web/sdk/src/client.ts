import { actions, type ActionEffects } from "./actions.ts";
import { ServerTime, Timers } from "./clock.ts";
import { ParleyError } from "./errors.ts";
import { currentUser, endSession } from "./http/account.ts";
import { api, type Api, type ApiOptions, bodyOf } from "./http/api.ts";
import { Model } from "./model.ts";
import {
  clockOf,
  isOffline,
  listenToDevice,
  type OpenOptions,
  platformOf,
  socketMaker,
} from "./options.ts";
import { Outbox } from "./outbox/outbox.ts";
import type { ConnectionStatus, Conversation, SignedOut } from "./parley.ts";
import { TypingSignals } from "./presence/typing.ts";
import { targetOf } from "./replica/message.ts";
import { Journal } from "./storage/journal.ts";
import type { OutboxEntry } from "./storage/storage.ts";
import { Engine } from "./sync/engine.ts";
import type { Command, Update } from "./sync/updates.ts";
import { type Host, type Link, SoloLink, type TabNews } from "./tabs/link.ts";
import { SharedLink } from "./tabs/sharedLink.ts";
import type { WireConversation } from "./wire/types.ts";

/** The question whether a session still holds is given up after so long. */
const SESSION_CHECK_MS = 10_000;

/** One tab, or one program: ties the engine, the model and the other tabs together. */
export class Client implements Host {
  readonly api: Api;
  readonly model: Model;
  readonly outbox: Outbox;
  readonly signals: TypingSignals;
  readonly serverTime: ServerTime;
  private readonly options: OpenOptions;
  private readonly tab = crypto.randomUUID();
  private readonly timers: Timers;
  private readonly journal: Journal;
  private readonly link: Link;
  private ended = false;
  private hasMe = false;
  private stopListening: () => void = () => undefined;

  constructor(options: OpenOptions) {
    const { user, storage } = options;
    this.options = options;
    this.timers = new Timers(clockOf(options));
    this.serverTime = new ServerTime(this.timers);
    this.api = api(this.apiOptions());
    this.journal = new Journal(storage);
    const tellEngine = (command: Command): void => {
      this.do(command);
    };
    const { tab, timers, serverTime, journal } = this;
    const parts = { user, tab, clock: clockOf(options), timers, storage, journal, tellEngine };
    this.model = new Model({ ...parts, api: this.api });
    const { waiting } = this.model;
    this.outbox = new Outbox({ waiting, journal, clock: timers, serverTime, tellEngine });
    this.signals = new TypingSignals(timers, (conversation_id, active) => {
      this.do({ type: "typing", conversation_id, active });
    });
    const platform = platformOf(options);
    const shared = { userId: user.id, tab, clock: timers };
    this.link =
      platform === null ? new SoloLink(this) : new SharedLink(this, { platform, ...shared });
  }

  /** Takes over what the device keeps, then begins to connect. */
  async start(): Promise<void> {
    const { storage } = this.options;
    storage.onStatus = (status) => {
      this.model.storageStatus.set(status);
    };
    this.model.load(await storage.load());
    this.model.storageStatus.set(storage.status);
    const stopWatching = this.model.connection.subscribe(() => {
      if (this.model.connection.get().state === "live") this.signals.repeat();
    });
    const stopHearing = listenToDevice(this.options, {
      online: () => {
        this.link.online();
      },
      offline: () => {
        this.link.offline();
      },
      shown: () => {
        this.link.shown();
      },
      hidden: () => {
        this.keepDrafts();
      },
      left: () => {
        this.keepDrafts();
        this.watchNobody();
      },
    });
    this.stopListening = () => {
      stopWatching();
      stopHearing();
    };
    await this.link.start();
  }

  get leads(): boolean {
    return this.link.leads;
  }

  /** What the engine is to do; shown here without waiting for its word. */
  do(command: Command): void {
    if (command.type === "read" && !this.link.leads) this.model.replica.apply(command);
    this.link.do(command);
  }

  setDraft(conversation_id: string, text: string): void {
    if (!this.model.drafts.set(conversation_id, text)) return;
    this.link.tell({ type: "draft", conversation_id, text });
  }

  async signOut(): Promise<SignedOut> {
    const session_ended = await endSession(this.apiOptions()).then(
      () => true,
      // Whatever the server says or does not say, the device is left clean.
      () => false,
    );
    this.link.tell({ type: "signed_out", reason: "signed out" });
    await this.end("signed out", { keepUnsent: false });
    return { session_ended };
  }

  /** Lets go of everything, and keeps what is kept. */
  async close(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.model.drafts.flush();
    this.watchNobody();
    await this.stop();
    await this.options.storage.close();
  }

  actions(): ReturnType<typeof actions> {
    return actions(this.api, this.effects());
  }

  async makeEngine(onUpdate: (update: Update, kept: Promise<void>) => void): Promise<Engine> {
    const { server, token, random = Math.random } = this.options;
    const { replica, waiting } = this.model;
    // Also what tabs that are gone wrote, and nobody has sent.
    waiting.load(await this.dropDone(waiting.all()));
    const engine = new Engine({
      api: this.api,
      clock: this.timers,
      serverTime: this.serverTime,
      replica,
      cursor: this.model.snapshot().cursor,
      journal: this.journal,
      connection: {
        server,
        ...(token !== undefined && { token }),
        random,
        makeSocket: socketMaker(this.options),
        isOffline,
        isSignedOut: () => this.isSignedOut(),
      },
      onUpdate,
    });
    engine.start(waiting.all());
    return engine;
  }

  onUpdate(update: Update): boolean {
    if (this.ended) return true;
    const isWhole = this.model.apply(update, this.link.leads);
    if (update.type === "status") this.onStatus(update.status);
    if (!this.link.leads) this.keepBeside(update);
    return isWhole;
  }

  /**
   * The leader has written it, but perhaps before this tab wrote a page that it belongs to; and what this tab holds for the
   * case that the device fails it cannot see.
   */
  private keepBeside(update: Update): void {
    if (update.type === "outbox" && update.change.type !== "put") {
      void this.journal.write({ outboxDone: [update.change.client_id] });
    }
    if (update.type !== "event" || update.event.type !== "changed") return;
    const { change } = update.event;
    if (targetOf(change) !== null) void this.journal.write({ amendments: [change] });
  }

  private onStatus(status: ConnectionStatus): void {
    if (status.state === "live") void this.askForMe();
    if (status.state === "signed_out") {
      // Signed out elsewhere: nothing of the person stays but what is nowhere else, for when they come back.
      void this.end(status.reason, { keepUnsent: true });
    }
  }

  onNews(news: TabNews): void {
    switch (news.type) {
      case "draft":
        this.model.drafts.take(news.conversation_id, news.text);
        break;
      case "signed_out":
        void this.end(news.reason, { keepUnsent: false });
        break;
    }
  }

  snapshot(): ReturnType<Host["snapshot"]> {
    return this.model.snapshot();
  }

  takeSnapshot(snapshot: ReturnType<Host["snapshot"]>): void {
    if (this.ended) return;
    this.model.take(snapshot);
    void this.mendOutbox(new Set(snapshot.outbox.map(({ client_id }) => client_id)));
  }

  /** What waits here and not with the leader: it has not heard of it yet, or this tab not of its end. */
  private async mendOutbox(leaders: ReadonlySet<string>): Promise<void> {
    const { waiting } = this.model;
    const unsure = waiting.all().filter(({ client_id }) => !leaders.has(client_id));
    if (unsure.length === 0) return;
    await this.dropDone(unsure);
    for (const { client_id } of unsure) {
      const entry = waiting.get(client_id);
      if (entry !== null) this.link.do({ type: "outbox", entry });
    }
  }

  /** The device knows what became of messages that this tab takes for unsent. Answers all that are. */
  private async dropDone(unsure: readonly OutboxEntry[]): Promise<readonly OutboxEntry[]> {
    await this.journal.idle();
    const { outbox } = await this.options.storage.load();
    const unsent = new Set(outbox.map(({ client_id }) => client_id));
    for (const { client_id } of unsure) {
      if (!unsent.has(client_id)) this.model.waiting.apply({ type: "discarded", client_id });
    }
    return outbox;
  }

  standing(): readonly Command[] {
    const { replica, presences } = this.model;
    const ahead = [...replica.conversations].filter(([, h]) => h.object.read_seq > h.known_read);
    return [
      { type: "watch", tab: this.tab, user_ids: presences.all() },
      ...ahead.map(([conversation_id, { object }]) => {
        return { type: "read", conversation_id, seq: object.read_seq } as const;
      }),
    ];
  }

  /** The page may end before the database has answered. */
  private keepDrafts(): void {
    const unkept = this.model.drafts.unkept();
    if (unkept.size > 0) this.options.storage.keepAtOnce(unkept);
    void this.model.drafts.flush();
  }

  /** Nobody need be asked about any more whom this tab looked at. */
  private watchNobody(): void {
    this.do({ type: "watch", tab: this.tab, user_ids: [] });
  }

  private async end(reason: string, what: { readonly keepUnsent: boolean }): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    if (what.keepUnsent) await this.model.drafts.flush();
    await this.stop();
    await this.options.storage.wipe(what);
    this.model.apply({ type: "status", status: { state: "signed_out", reason } }, true);
  }

  private async stop(): Promise<void> {
    this.stopListening();
    this.link.close();
    await this.journal.idle();
    this.timers.cancelAll();
  }

  private effects(): ActionEffects {
    return {
      me: this.model.replica.me,
      onUsers: (users) => {
        this.model.replica.learn(users);
        this.model.people.refresh();
      },
      onMe: (user) => {
        this.model.takeMe(user);
      },
      onConversation: (object) => this.offer(object),
      onLeft: (conversation_id) => {
        if (!this.link.leads) this.model.replica.apply({ type: "forgotten", conversation_id });
        this.link.do({ type: "left", conversation_id });
      },
    };
  }

  private offer(object: WireConversation): Conversation {
    const { replica, views } = this.model;
    if (!this.link.leads) {
      const isNew = !replica.conversations.has(object.id);
      if (isNew) replica.apply({ type: "adopted", object, reset: false, live: false });
      else replica.apply({ type: "object", object });
    }
    this.link.do({ type: "object", object });
    // Between leading and the engine being there.
    if (!replica.conversations.has(object.id)) {
      replica.apply({ type: "adopted", object, reset: false, live: false });
    }
    const conversation = views.get(object.id).get();
    if (conversation === null) throw new ParleyError("unavailable", "Not connected.");
    return conversation;
  }

  private async askForMe(): Promise<void> {
    if (this.hasMe) return;
    this.hasMe = true;
    try {
      this.model.takeMe(await bodyOf(this.api.GET("/v1/users/me")));
    } catch {
      this.hasMe = false;
    }
  }

  /** A browser's cookie can only be asked about; a token's end is told by the server. */
  private async isSignedOut(): Promise<boolean> {
    const { fetch = globalThis.fetch, token, server } = this.options;
    if (token !== undefined) return false;
    const signal = AbortSignal.timeout(SESSION_CHECK_MS);
    try {
      const who = await currentUser({ server, fetch: (request) => fetch(request, { signal }) });
      return who?.id !== this.options.user.id;
    } catch {
      return false;
    }
  }

  private apiOptions(): ApiOptions {
    const { server, token, fetch } = this.options;
    return {
      server,
      ...(token !== undefined && { token }),
      ...(fetch !== undefined && { fetch }),
      onServerTime: (at) => {
        this.serverTime.heardRoughly(at);
      },
    };
  }
}
