import { Trans, useLingui } from "@lingui/react/macro";

import page from "../../design/page.module.css";
import type { Stats, StatsSample } from "../administration.ts";
import { adminWords } from "../words.ts";
import { Chart } from "./Chart.tsx";
import { bytes, duration, milliseconds, rate } from "./format.ts";
import styles from "./Numbers.module.css";
import { type Point, rangeOf } from "./series.ts";
import { useStats } from "./useStats.ts";

/** How the server is doing. */
export function NumbersPage() {
  const { stats, failure } = useStats();
  return (
    <>
      {failure !== null && (
        <p role="alert" className={page["problem"]}>
          <Trans>There are no newer numbers.</Trans> {adminWords(failure)}
        </p>
      )}
      {stats !== null && (
        <>
          {isJustStarted(stats) && (
            <p role="status" className={page["small"]}>
              <Trans>The server has just started: its first numbers come in a few seconds.</Trans>
            </p>
          )}
          <div className={styles["charts"]}>
            <Connections stats={stats} />
            <Messages stats={stats} />
            <Latency stats={stats} />
            <StorageTaken stats={stats} />
          </div>
          <About stats={stats} />
        </>
      )}
    </>
  );
}

function pointsOf(stats: Stats, value: (sample: StatsSample) => number | null): readonly Point[] {
  return stats.history.map((sample) => ({ at: sample.at, value: value(sample) }));
}

/** What the server tells of the moment of its start is only zeros. */
function isJustStarted({ history }: Stats): boolean {
  return history.length < 2;
}

function nowIn(stats: Stats, words: string): string {
  return isJustStarted(stats) ? "–" : words;
}

/** A chart in words: its least and most. */
function useSummary(points: readonly Point[], now: string, format: (value: number) => string) {
  const { t } = useLingui();
  const range = rangeOf(points);
  if (range === null) return t`Nothing was measured in the last ten minutes.`;
  const [least, most] = range.map(format);
  return t`Now ${now}; in the last ten minutes from ${least} to ${most}.`;
}

function Connections({ stats }: { stats: Stats }) {
  const { i18n } = useLingui();
  const points = pointsOf(stats, (sample) => sample.connections);
  const format = (value: number): string => rate(value, i18n.locale);
  const now = nowIn(stats, format(stats.now.connections));
  return (
    <Chart
      title={<Trans>Connections</Trans>}
      now={now}
      note={<Trans>devices that are here just now</Trans>}
      series={[{ points }]}
      format={format}
      atLeast={5}
      summary={useSummary(points, now, format)}
    />
  );
}

function Messages({ stats }: { stats: Stats }) {
  const { i18n } = useLingui();
  const points = pointsOf(stats, (sample) => sample.messages_per_second);
  const format = (value: number): string => rate(value, i18n.locale);
  const now = nowIn(stats, format(stats.now.messages_per_second));
  return (
    <Chart
      title={<Trans>Messages</Trans>}
      now={now}
      note={<Trans>written in a second</Trans>}
      series={[{ points }]}
      format={format}
      atLeast={5}
      summary={useSummary(points, now, format)}
    />
  );
}

function Latency({ stats }: { stats: Stats }) {
  const { i18n, t } = useLingui();
  const middle = pointsOf(stats, (sample) => sample.commit_p50_ms);
  const slow = pointsOf(stats, (sample) => sample.commit_p99_ms);
  const format = (value: number): string => milliseconds(value, i18n.locale);
  const { commit_p50_ms, commit_p99_ms } = stats.now;
  const now = commit_p50_ms === null ? t`none just now` : format(commit_p50_ms);
  return (
    <Chart
      title={<Trans>Time to keep a message</Trans>}
      now={commit_p50_ms === null ? "–" : now}
      note={
        commit_p99_ms === null ? (
          <Trans>none was written just now</Trans>
        ) : (
          <Trans>half of them; 99 of 100 within {format(commit_p99_ms)}</Trans>
        )
      }
      series={[{ points: middle }, { points: slow, second: true }]}
      format={format}
      atLeast={1}
      summary={useSummary(middle, now, format)}
    />
  );
}

function StorageTaken({ stats }: { stats: Stats }) {
  const { i18n } = useLingui();
  const points = pointsOf(stats, (sample) => sample.storage_bytes);
  const format = (value: number): string => bytes(value, i18n.locale);
  const now = nowIn(stats, format(stats.now.storage_bytes));
  return (
    <Chart
      title={<Trans>Storage</Trans>}
      now={now}
      note={<Trans>taken by the database, about</Trans>}
      series={[{ points }]}
      format={format}
      atLeast={1_000_000}
      summary={useSummary(points, now, format)}
    />
  );
}

function About({ stats }: { stats: Stats }) {
  const { i18n } = useLingui();
  const { uptime_ms, version, memory_bytes } = stats.now;
  return (
    <p className={page["small"]}>
      <Trans>
        <bdi dir="ltr">Parley {version}</bdi>, running for {duration(uptime_ms, i18n.locale)}, with{" "}
        {bytes(memory_bytes, i18n.locale)} of memory.
      </Trans>
    </p>
  );
}
