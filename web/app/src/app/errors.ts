import type { ParleyErrorShape } from "@parley/client";
import { t } from "@lingui/core/macro";

function isParleyError(error: unknown): error is ParleyErrorShape {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string" &&
    "detail" in error &&
    typeof error.detail === "string" &&
    "errors" in error &&
    Array.isArray(error.errors)
  );
}

/** What went wrong, in words for a person. */
export function inPlainWords(error: unknown): string {
  if (!isParleyError(error)) return t`Something went wrong. Please try again.`;
  switch (error.code) {
    case "network":
      return t`The server cannot be reached. Check your connection and try again.`;
    case "rate_limited":
      return t`That was a bit too fast. Please wait a moment and try again.`;
    case "unavailable":
    case "internal":
      return t`The server has trouble just now. Please try again in a moment.`;
    case "too_large":
      return t`That is too long to be sent.`;
    default:
      return error.detail;
  }
}

/** The server's words for each field that it refused. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  if (!isParleyError(error)) return {};
  return Object.fromEntries(error.errors.map(({ field, detail }) => [field, detail]));
}

export function errorCode(error: unknown): string | null {
  return isParleyError(error) ? error.code : null;
}
