import { Trans } from "@lingui/react/macro";

import { Button } from "../design/controls.tsx";
import page from "../design/page.module.css";
import styles from "./More.module.css";
import type { Pages } from "./usePages.ts";

/** The end of a list that comes in pages: the way to the next, or why it did not come. */
export function More<T>(props: { pages: Pages<T>; words: (error: unknown) => string }) {
  const { hasMore, loading, failure, loadMore, items } = props.pages;
  const failed = failure !== null;
  if (!failed && !hasMore) return null;
  return (
    <div className={styles["more"]}>
      {failed && (
        <p role="alert" className={page["problem"]}>
          {props.words(failure)}
        </p>
      )}
      <Button disabled={loading} onClick={loadMore}>
        {failed || items === null ? <Trans>Try again</Trans> : <Trans>Show more</Trans>}
      </Button>
    </div>
  );
}
