import createClient, { type Client, type Middleware } from "openapi-fetch";

import { ParleyError } from "../errors.ts";
import type { paths } from "../generated/http.ts";

export interface ApiOptions {
  /** Where the server is reached: its origin. */
  readonly server: string;
  /** Without it a browser's cookie tells who asks. */
  readonly token?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Told what the server's clock showed with each answer, in whole seconds. */
  readonly onServerTime?: (at: number) => void;
}

export type Api = Client<paths>;

/**
 * The HTTP interface, typed by its document. What is not an answer of the kind that was asked for throws a `ParleyError`:
 * a problem that the server tells, or `network` where none came.
 */
export function api(options: ApiOptions): Api {
  const client = createClient<paths>({
    baseUrl: options.server,
    credentials: options.token === undefined ? "include" : "omit",
    // Looked up at each call, so that a page's own wrapper around fetch is used.
    fetch: (request) => (options.fetch ?? globalThis.fetch)(request),
  });
  client.use(credentials(options.token), refusals(options.onServerTime));
  return client;
}

/** The body of an answer. */
export async function bodyOf<T>(call: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await call;
  if (data === undefined || data === null) {
    throw new ParleyError("internal", "The server's answer is empty.");
  }
  return data;
}

function credentials(token: string | undefined): Middleware {
  return {
    onRequest: ({ request }) => {
      if (token !== undefined) request.headers.set("Authorization", `Bearer ${token}`);
      else if (request.method !== "GET") request.headers.set("X-Parley-CSRF", "1");
      return request;
    },
  };
}

function refusals(onServerTime: ApiOptions["onServerTime"]): Middleware {
  return {
    onResponse: async ({ response }) => {
      const at = Date.parse(response.headers.get("Date") ?? "");
      if (!Number.isNaN(at)) onServerTime?.(at);
      if (!response.ok) throw await refusal(response);
    },
    onError: ({ error }) => {
      if (error instanceof ParleyError) return error;
      if (error instanceof Error && error.name === "AbortError") return error;
      return new ParleyError("network", "The server cannot be reached.", { cause: error });
    },
  };
}

const CODES: Readonly<Record<number, string>> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  429: "rate_limited",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

async function refusal(response: Response): Promise<ParleyError> {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const retry_after_ms = Number.isFinite(seconds) ? seconds * 1000 : null;
  const problem = await response.json().then(asProblem, () => null);
  // What stands before the server (a proxy) answers in words of its own.
  const code = problem?.code ?? CODES[response.status] ?? "internal";
  const detail = problem?.detail ?? `The server answered ${response.status}.`;
  return new ParleyError(code, detail, { retry_after_ms, errors: problem?.errors ?? [] });
}

interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: ParleyError["errors"];
}

function asProblem(body: unknown): Problem | null {
  const is = typeof body === "object" && body !== null && "code" in body && "detail" in body;
  return is ? (body as Problem) : null;
}
