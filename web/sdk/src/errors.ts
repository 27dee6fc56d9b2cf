import type { ParleyErrorShape } from "./parley.ts";

interface Details {
  readonly retry_after_ms?: number | null;
  readonly errors?: ParleyErrorShape["errors"];
  readonly cause?: unknown;
}

/** What a server, or the way to it, answered instead of what was asked for. */
export class ParleyError extends Error implements ParleyErrorShape {
  override readonly name = "ParleyError";
  readonly code: string;
  readonly detail: string;
  readonly retry_after_ms: number | null;
  readonly errors: ParleyErrorShape["errors"];

  constructor(code: string, detail: string, details: Details = {}) {
    super(`${code}: ${detail}`, { cause: details.cause });
    this.code = code;
    this.detail = detail;
    this.retry_after_ms = details.retry_after_ms ?? null;
    this.errors = details.errors ?? [];
  }
}

/** The plain form of an error, which can be stored and sent to other tabs. */
export function shapeOf(error: unknown): ParleyErrorShape {
  if (error instanceof ParleyError) {
    const { code, detail, retry_after_ms, errors } = error;
    return { code, detail, retry_after_ms, errors };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { code: "internal", detail, retry_after_ms: null, errors: [] };
}

/** Whether the same question may well be answered the next time. */
export function isPassing(code: string): boolean {
  return ["network", "rate_limited", "unavailable", "internal"].includes(code);
}
