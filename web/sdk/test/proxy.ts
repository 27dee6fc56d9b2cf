import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Stands between clients and a server, and cuts connections. */
export class Proxy {
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private target: URL;
  /** After how many bytes the next connection is cut. */
  private bytesToCut: () => number = () => Number.POSITIVE_INFINITY;
  private refusing = false;
  cuts = 0;

  private constructor(target: string) {
    this.target = new URL(target);
    this.server = createServer((socket) => {
      this.pipe(socket);
    });
  }

  static async start(target: string): Promise<Proxy> {
    const proxy = new Proxy(target);
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The server came up at another place. */
  leadTo(target: string): void {
    this.target = new URL(target);
  }

  /** From now on each connection is cut after a random number of bytes, in the middle of whatever that is. */
  cutAtRandom(random: () => number, most: number): void {
    this.bytesToCut = () => Math.floor(random() * most);
  }

  /** Connections live from now on, and those that were marked are gone. */
  calm(): void {
    this.bytesToCut = () => Number.POSITIVE_INFINITY;
    this.cutAll();
  }

  cutAll(): void {
    for (const socket of this.open) socket.destroy();
  }

  async stop(): Promise<void> {
    this.server.close();
    this.cutAll();
    await once(this.server, "close");
  }

  /** Nobody gets through. */
  refuse(): void {
    this.refusing = true;
    this.cutAll();
  }

  /** They do again. */
  accept(): void {
    this.refusing = false;
  }

  private pipe(client: Socket): void {
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = connect(Number(this.target.port), this.target.hostname);
    let left = this.bytesToCut();
    const pass = (to: Socket) => (data: Buffer) => {
      left -= data.length;
      if (left > 0) {
        to.write(data);
        return;
      }
      this.cuts++;
      to.write(data.subarray(0, Math.max(0, data.length + left)));
      end();
    };
    const end = (): void => {
      for (const socket of [client, server]) {
        socket.destroy();
        this.open.delete(socket);
      }
    };
    client.on("data", pass(server));
    server.on("data", pass(client));
    for (const socket of [client, server]) {
      this.open.add(socket);
      socket.on("error", end).on("close", end);
    }
  }
}
