import type { Conversation } from "@parley/client";
import { Trans } from "@lingui/react/macro";

import { useObservable, useParley } from "../app/context.ts";

/** Who types: by name where there are several who could. */
export function Typing({ conversation }: { conversation: Conversation }) {
  const first = useObservable(useParley().user(conversation.typing[0] ?? ""));
  if (conversation.kind === "direct") return <Trans>typing…</Trans>;
  const name = <bdi>{first?.display_name}</bdi>;
  return conversation.typing.length === 1 ? (
    <Trans>{name} is typing…</Trans>
  ) : (
    <Trans>Several people are typing…</Trans>
  );
}
