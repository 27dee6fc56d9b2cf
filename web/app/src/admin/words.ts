import { t } from "@lingui/core/macro";

import { errorCode, inPlainWords } from "../app/errors.ts";

/** Why an administrator's wish was not followed, in words for them. */
export function adminWords(error: unknown): string {
  switch (errorCode(error)) {
    case "forbidden":
      return t`You are not an administrator any more. Another one can make you one again.`;
    case "not_found":
      return t`There is no such account any more.`;
    case "conflict":
      return t`Your own account stays as it is: another administrator can change it.`;
    case null:
    default:
      return inPlainWords(error);
  }
}
