import { deleteDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";

import type { User } from "../parley.ts";
import type { Held } from "../replica/held.ts";
import { amendedEntry, laterEntry, type LogEntry, targetOf } from "../replica/message.ts";
import type { Change } from "../wire/types.ts";
import { forgetLastWords, LastWords } from "./lastWords.ts";
import { MemoryStorage } from "./memory.ts";
import {
  type Batch,
  KEPT_LOG,
  type OutboxEntry,
  type Storage,
  type StorageStatus,
  type StoredState,
} from "./storage.ts";

/** Raise it with the layout below; older ones are brought forward in `upgrade`. */
const VERSION = 1;
const NAME_PREFIX = "parley-";
/** Some browsers never answer where they do not let one store anything. */
const OPEN_WITHIN_MS = 5_000;

interface Schema extends DBSchema {
  conversations: { key: string; value: Held };
  log: { key: [string, number]; value: LogEntry };
  users: { key: string; value: User };
  outbox: { key: string; value: OutboxEntry };
  drafts: { key: string; value: { readonly id: string; readonly text: string } };
  meta: { key: string; value: { readonly name: "cursor"; readonly value: string } };
}
type Db = IDBPDatabase<Schema>;
const STORES = ["conversations", "log", "users", "outbox", "drafts", "meta"] as const;
type Transaction = IDBPTransaction<Schema, (typeof STORES)[number][], "readwrite">;

type Trouble = Extract<StorageStatus, { durable: false }>["why"];

/** Keeps what a person's client holds in the browser, one database for each person. `version` is for tests. */
export function indexedDbStorage(userId: string, version = VERSION): Storage {
  return new IndexedDbStorage(userId, version);
}

/** Removes what anybody's client has kept in this browser. */
export async function forgetDevice(): Promise<void> {
  forgetLastWords();
  const databases = await indexedDB.databases();
  const names = databases.flatMap(({ name }) => name ?? []);
  const ours = names.filter((name) => name.startsWith(NAME_PREFIX));
  await Promise.all(ours.map((name) => deleteDB(name)));
}

/**
 * In the browser's database as long as it can; when it cannot, in memory from then on, with a status that says why. What
 * was written and not sent is held in memory besides, so that no failure takes it along.
 */
class IndexedDbStorage implements Storage {
  onStatus: Storage["onStatus"] = null;
  private readonly name: string;
  private readonly version: number;
  private readonly memory = new MemoryStorage({ durable: false, why: "memory" });
  private readonly lastWords: LastWords;
  private current: StorageStatus = { durable: true };
  private opening: Promise<Db | null> | null = null;

  constructor(userId: string, version: number) {
    this.name = NAME_PREFIX + userId;
    this.version = version;
    this.lastWords = new LastWords(userId);
  }

  get status(): StorageStatus {
    return this.current;
  }

  async load(): Promise<StoredState> {
    const state = await this.attempt(readAll);
    if (state !== null) await this.memory.write({ outbox: state.outbox, drafts: state.drafts });
    const lastWords = this.lastWords.read();
    if (lastWords.size > 0) await this.write({ drafts: lastWords });
    const kept = await this.memory.load();
    return state === null ? kept : { ...state, drafts: kept.drafts };
  }

  keepAtOnce(drafts: ReadonlyMap<string, string>): void {
    this.lastWords.keep(drafts);
  }

  async readLog(id: string, from: number, limit: number): Promise<readonly LogEntry[]> {
    const entries = await this.attempt((db) => readLog(db, id, from, limit));
    return entries ?? this.memory.readLog(id, from, limit);
  }

  async write(batch: Batch): Promise<void> {
    const { outbox, outboxDone, drafts } = batch;
    const older = drafts && this.lastWords.read(drafts);
    await this.memory.write({
      ...(outbox && { outbox }),
      ...(outboxDone && { outboxDone }),
      ...(drafts && { drafts }),
    });
    const written = await this.attempt(async (db) => {
      await writeMakingRoom(db, batch);
      return true;
    });
    if (written === null) await this.memory.write(batch);
    else if (older !== undefined) this.lastWords.drop(older);
  }

  async wipe({ keepUnsent }: { readonly keepUnsent: boolean }): Promise<void> {
    await this.memory.wipe({ keepUnsent });
    if (keepUnsent) {
      const nothingLeft = await this.attempt(clearAllButUnsent);
      if (nothingLeft !== true) return;
    }
    this.lastWords.forget();
    await this.close();
    await deleteDB(this.name).catch(() => undefined);
  }

  async close(): Promise<void> {
    const db = await this.opening;
    this.opening = Promise.resolve(null);
    db?.close();
  }

  /** null where the database cannot do it, now or any more. */
  private async attempt<T>(run: (db: Db) => Promise<T>): Promise<T | null> {
    this.opening ??= this.open();
    const db = await this.opening;
    if (db === null) return null;
    try {
      return await run(db);
    } catch (error) {
      this.fall(troubleOf(error));
      db.close();
      return null;
    }
  }

  private open(): Promise<Db | null> {
    return new Promise((resolve) => {
      const fail = (why: Trouble): void => {
        clearTimeout(timer);
        this.fall(why);
        resolve(null);
      };
      const timer = setTimeout(fail, OPEN_WITHIN_MS, "unavailable");
      const opened = openDatabase(this.name, this.version, fail, (why) => {
        this.fall(why);
      });
      opened.then(
        (db) => {
          clearTimeout(timer);
          // One that comes when nobody waits for it any more is not used.
          if (this.current.durable) resolve(db);
          else db.close();
        },
        (error: unknown) => {
          fail(troubleOf(error));
        },
      );
    });
  }

  /** From now on in memory. */
  private fall(why: Trouble): void {
    this.opening = Promise.resolve(null);
    if (!this.current.durable) return;
    this.current = { durable: false, why };
    this.onStatus?.(this.current);
  }
}

// Async, so that a browser that refuses by throwing refuses like the others.
async function openDatabase(
  name: string,
  version: number,
  fail: (why: Trouble) => void,
  lost: (why: Trouble) => void,
): Promise<Db> {
  return openDB<Schema>(name, version, {
    upgrade: (db, before) => {
      if (before >= 1) return;
      db.createObjectStore("conversations", { keyPath: "object.id" });
      db.createObjectStore("log", { keyPath: ["conversation_id", "seq"] });
      db.createObjectStore("users", { keyPath: "id" });
      db.createObjectStore("outbox", { keyPath: "client_id" });
      db.createObjectStore("drafts", { keyPath: "id" });
      db.createObjectStore("meta", { keyPath: "name" });
    },
    blocked: () => {
      fail("blocked");
    },
    // Another tab wants to delete it, or has a newer version: it is not held up.
    blocking: (_current, wanted, event) => {
      lost(wanted === null ? "cleared" : "newer");
      (event.target as IDBDatabase).close();
    },
    terminated: () => {
      lost("cleared");
    },
  });
}

function troubleOf(error: unknown): Trouble {
  switch (error instanceof DOMException ? error.name : "") {
    case "VersionError":
      return "newer";
    case "QuotaExceededError":
      return "full";
    // The connection was closed under us, or the stores are gone.
    case "InvalidStateError":
    case "NotFoundError":
      return "cleared";
    default:
      return "unavailable";
  }
}

async function readAll(db: Db): Promise<StoredState> {
  const tx = db.transaction([...STORES]);
  const [held, users, outbox, drafts, cursor] = await Promise.all([
    tx.objectStore("conversations").getAll(),
    tx.objectStore("users").getAll(),
    tx.objectStore("outbox").getAll(),
    tx.objectStore("drafts").getAll(),
    tx.objectStore("meta").get("cursor"),
  ]);
  return {
    held,
    users,
    cursor: cursor?.value ?? null,
    outbox: outbox.sort((a, b) => a.order - b.order),
    drafts: new Map(drafts.map(({ id, text }) => [id, text])),
  };
}

async function readLog(
  db: Db,
  id: string,
  from: number,
  limit: number,
): Promise<readonly LogEntry[]> {
  const range = IDBKeyRange.bound([id, from - limit + 1], [id, from]);
  const entries = (await db.getAll("log", range)).reverse();
  const hole = entries.findIndex((entry, at) => entry.seq !== from - at);
  return hole === -1 ? entries : entries.slice(0, hole);
}

/** Where the device is full, history makes room for what is nowhere else. */
async function writeMakingRoom(db: Db, batch: Batch): Promise<void> {
  try {
    await writeBatch(db, batch);
  } catch (error) {
    if (troubleOf(error) !== "full") throw error;
    await db.clear("log");
    await writeBatch(db, { ...batch, entries: [], amendments: [] });
  }
}

async function writeBatch(db: Db, batch: Batch): Promise<void> {
  const tx: Transaction = db.transaction([...STORES], "readwrite");
  const done = tx.done;
  // Each request's own failure aborts the transaction, whose end tells of it.
  const requests = Promise.all([...stateRequests(tx, batch), logRequests(tx, batch)]);
  requests.catch(() => undefined);
  // All is asked for: without this it would wait for the answers, and a page that is being left hears none.
  if (!touchesLog(batch)) commit(tx);
  await done;
}

function commit(tx: Transaction): void {
  try {
    tx.commit();
  } catch {
    // It is aborted already, and its end tells why.
  }
}

/** Whether there is something to read and to write again. */
function touchesLog({ held, forgotten, droppedLogs, entries, amendments }: Batch): boolean {
  const parts = [held, forgotten, droppedLogs, entries, amendments];
  return parts.some((part = []) => part.length > 0);
}

function stateRequests(tx: Transaction, batch: Batch): Promise<unknown>[] {
  const conversations = tx.objectStore("conversations");
  const drafts = tx.objectStore("drafts");
  const outbox = tx.objectStore("outbox");
  const cursor = batch.cursor;
  return [
    ...(batch.forgotten ?? []).map((id) => conversations.delete(id)),
    ...(batch.held ?? []).map((held) => conversations.put(held)),
    ...(batch.users ?? []).map((user) => tx.objectStore("users").put(user)),
    ...(batch.outbox ?? []).map((entry) => outbox.put(entry)),
    ...(batch.outboxDone ?? []).map((id) => outbox.delete(id)),
    ...[...(batch.drafts ?? [])].map(([id, text]) =>
      text === "" ? drafts.delete(id) : drafts.put({ id, text }),
    ),
    ...(cursor === undefined
      ? []
      : [tx.objectStore("meta").put({ name: "cursor", value: cursor })]),
  ];
}

async function logRequests(tx: Transaction, batch: Batch): Promise<void> {
  const log = tx.objectStore("log");
  const dropped = [...(batch.forgotten ?? []), ...(batch.droppedLogs ?? [])];
  await Promise.all(dropped.map((id) => log.delete(IDBKeyRange.bound([id, 0], [id, Infinity]))));
  await Promise.all(latest(batch.entries ?? []).map((entry) => putEntry(tx, entry)));
  for (const change of batch.amendments ?? []) await amend(tx, change);
  const long = (batch.held ?? []).filter(({ head }) => head > KEPT_LOG);
  await Promise.all(
    long.map(({ object: { id }, head }) =>
      log.delete(IDBKeyRange.bound([id, 0], [id, head - KEPT_LOG])),
    ),
  );
}

/** Each place once: two writes to one place at the same time could not see each other. */
function latest(entries: readonly LogEntry[]): readonly LogEntry[] {
  const byPlace = new Map<string, LogEntry>();
  for (const entry of entries) {
    const place = `${entry.conversation_id} ${entry.seq}`;
    byPlace.set(place, laterEntry(byPlace.get(place), entry));
  }
  return [...byPlace.values()];
}

async function putEntry(tx: Transaction, entry: LogEntry): Promise<void> {
  const log = tx.objectStore("log");
  const known = await log.get([entry.conversation_id, entry.seq]);
  await log.put(laterEntry(known, entry));
}

async function amend(tx: Transaction, change: Change): Promise<void> {
  const log = tx.objectStore("log");
  const entry = await log.get([change.conversation_id, targetOf(change) ?? 0]);
  if (entry !== undefined) await log.put(amendedEntry(entry, change));
}

/** Whether nothing is left then. */
async function clearAllButUnsent(db: Db): Promise<boolean> {
  const tx: Transaction = db.transaction([...STORES], "readwrite");
  const cleared = ["conversations", "log", "users", "meta"] as const;
  const [messages, drafts] = await Promise.all([
    tx.objectStore("outbox").count(),
    tx.objectStore("drafts").count(),
    ...cleared.map((store) => tx.objectStore(store).clear()),
  ]);
  await tx.done;
  return messages === 0 && drafts === 0;
}
