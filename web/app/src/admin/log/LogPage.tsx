import { Trans, useLingui } from "@lingui/react/macro";
import { useCallback } from "react";

import page from "../../design/page.module.css";
import { dayName, startOfDay } from "../../design/time.ts";
import { useNow } from "../../design/useNow.ts";
import { More } from "../../paging/More.tsx";
import { usePages } from "../../paging/usePages.ts";
import shell from "../Admin.module.css";
import type { AuditItem } from "../administration.ts";
import { useAdministration } from "../context.ts";
import { adminWords } from "../words.ts";
import { LogLine } from "./LogLine.tsx";

/** What administrators did, newest first, day by day. */
export function LogPage() {
  const { i18n } = useLingui();
  const now = useNow();
  const administration = useAdministration();
  const load = useCallback(
    (cursor: string | null) => administration.audit(cursor),
    [administration],
  );
  const pages = usePages<AuditItem>(load);
  return (
    <>
      {pages.items?.length === 0 && (
        <p className={shell["none"]}>
          <Trans>No administrator has done anything yet.</Trans>
        </p>
      )}
      {daysOf(pages.items ?? []).map(({ day, items }) => (
        <section key={day}>
          <h2 className={shell["heading"]}>{dayName(day, now, i18n.locale)}</h2>
          <ul className={page["list"]}>
            {items.map((item) => (
              <LogLine key={item.id} item={item} />
            ))}
          </ul>
        </section>
      ))}
      <More pages={pages} words={adminWords} />
    </>
  );
}

interface Day {
  readonly day: number;
  readonly items: AuditItem[];
}

function daysOf(items: readonly AuditItem[]): readonly Day[] {
  const days: Day[] = [];
  for (const item of items) {
    const day = startOfDay(item.at);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
