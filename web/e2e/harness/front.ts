import { once } from "node:events";
import { readFile } from "node:fs/promises";
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { extname, join, normalize } from "node:path";

/** As src/http/web_routes.cc sends it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
  "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; " +
  "media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Serves a built app in front of a parleyd that has none inside, so that the app is tried without linking the server. */
export class Front {
  readonly port: number;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(server: Server, port: number) {
    this.server = server;
    this.port = port;
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
  }

  static async start(dist: string, target: () => number): Promise<Front> {
    const server = createServer((incoming, answer) => {
      if (/^\/(v1|docs)\//.test(incoming.url ?? "")) passOn(incoming, answer, target());
      else void sendFile(dist, incoming, answer);
    });
    server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      tunnel(incoming, socket, head, target());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Front(server, (server.address() as AddressInfo).port);
  }

  async stop(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

function passOn(incoming: IncomingMessage, answer: ServerResponse, port: number): void {
  const { method, url, headers } = incoming;
  const forwarded = request({ host: "127.0.0.1", port, method, path: url, headers }, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
  });
  forwarded.on("error", () => {
    if (!answer.headersSent) answer.writeHead(502);
    answer.end();
  });
  incoming.pipe(forwarded);
}

function tunnel(incoming: IncomingMessage, socket: Socket, head: Buffer, port: number): void {
  const upstream = connect(port, "127.0.0.1", () => {
    const fields = incoming.rawHeaders
      .map((value, index) => (index % 2 === 0 ? `${value}: ` : `${value}\r\n`))
      .join("");
    upstream.write(`GET ${incoming.url ?? "/"} HTTP/1.1\r\n${fields}\r\n`);
    upstream.write(head);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  upstream.on("error", () => socket.destroy());
  upstream.on("close", () => socket.destroy());
  socket.on("error", () => upstream.destroy());
  socket.on("close", () => upstream.destroy());
}

async function sendFile(
  dist: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const path = normalize(new URL(incoming.url ?? "/", "http://localhost").pathname);
  const wanted = extname(path) === "" ? "/index.html" : path;
  try {
    const body = await readFile(join(dist, wanted));
    answer.writeHead(200, {
      "Content-Type": TYPES[extname(wanted)] ?? "application/octet-stream",
      "Content-Security-Policy": POLICY,
      "Cache-Control": "no-cache",
    });
    answer.end(body);
  } catch {
    answer.writeHead(404).end();
  }
}
