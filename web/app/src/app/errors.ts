import type { ParleyErrorShape } from "@parley/client";
import { i18n } from "@lingui/core";
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
    case "unauthenticated":
      return t`You are signed out. Sign in again.`;
    default:
      return inServersWords(error);
  }
}

/** The server knows best what it refused, but speaks English only. */
function inServersWords({ code, detail }: ParleyErrorShape): string {
  if (i18n.locale === "en") return detail;
  switch (code) {
    case "forbidden":
      return t`You may not do that here.`;
    case "not_found":
      return t`That is not there any more.`;
    case "conflict":
      return t`That does not go together with how things are now. Look again, and try once more.`;
    case "invalid":
      return t`The server does not take that. Check what you have written.`;
    default:
      return detail;
  }
}

/** What a field takes, in words for a person; as the server says it where it is not known here. */
function fieldWords(field: string, detail: string): string {
  switch (field) {
    case "username":
      return t`Use 3 to 32 letters from a to z, digits, dots, dashes or underscores.`;
    case "password":
    case "new":
      return t`Use at least 8 characters, and no more than 1,000.`;
    case "display_name":
      return t`Use a name of at most 100 characters, on one line.`;
    case "title":
      return t`Use a name of at most 200 characters, on one line.`;
    default:
      return detail;
  }
}

/** What is wrong with each field that the server refused. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  if (!isParleyError(error)) return {};
  return Object.fromEntries(
    error.errors.map(({ field, detail }) => [field, fieldWords(field, detail)]),
  );
}

/** Next to the one field that a form has: what is wrong with it, else what went wrong. */
export function atField(error: unknown, field: string): string {
  return fieldErrors(error)[field] ?? inPlainWords(error);
}

export function errorCode(error: unknown): string | null {
  return isParleyError(error) ? error.code : null;
}
