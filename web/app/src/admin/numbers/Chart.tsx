import { Trans } from "@lingui/react/macro";
import { type ReactNode, useId } from "react";

import styles from "./Numbers.module.css";
import { Reader } from "./Reader.tsx";
import { areaPath, type Frame, linePath, type Point, rangeOf, roundUp } from "./series.ts";

const WIDTH = 600;
const HEIGHT = 100;
/** What the server keeps of the past. */
const SPAN_MS = 600_000;

export interface Series {
  readonly points: readonly Point[];
  /** Drawn thin and broken: the companion of another. */
  readonly second?: boolean;
}

interface Props {
  readonly title: ReactNode;
  /** What it is just now. */
  readonly now: ReactNode;
  readonly note?: ReactNode;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** The axis goes at least so far: small numbers are not made to look large. */
  readonly atLeast: number;
  /** The same in words. */
  readonly summary: string;
}

/** One number: as it is, and as it was in the last ten minutes. */
export function Chart({ title, now, note, series, format, atLeast, summary }: Props) {
  const gradient = useId();
  const name = useId();
  const all = series.flatMap(({ points }) => points);
  const to = Math.max(...all.map(({ at }) => at));
  const top = roundUp(Math.max(rangeOf(all)?.[1] ?? 0, atLeast));
  const frame: Frame = { from: to - SPAN_MS, to, top, width: WIDTH, height: HEIGHT };
  return (
    <section className={styles["chart"]}>
      <h2 id={name} className={styles["title"]}>
        {title}
      </h2>
      <p className={styles["now"]}>{now}</p>
      <p className={styles["note"]}>{note}</p>
      <div className={styles["plot"]} dir="ltr">
        <span className={styles["top"]} aria-hidden="true">
          <bdi>{format(top)}</bdi>
        </span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={summary}
        >
          <defs>
            <linearGradient id={gradient} x1="0" y1="0" x2="0" y2="1">
              <stop offset="0" className={styles["strong"]} />
              <stop offset="1" className={styles["faint"]} />
            </linearGradient>
          </defs>
          {series.map(({ points, second = false }, index) => (
            <g key={index}>
              {!second && <path d={areaPath(points, frame)} fill={`url(#${gradient})`} />}
              <path
                d={linePath(points, frame)}
                className={second ? styles["second"] : styles["line"]}
              />
            </g>
          ))}
        </svg>
        <Reader
          labelledBy={name}
          series={series.map(({ points }) => points)}
          frame={frame}
          format={format}
        />
        <div className={styles["axis"]} aria-hidden="true">
          <bdi>
            <Trans>10 minutes ago</Trans>
          </bdi>
          <bdi>
            <Trans>now</Trans>
          </bdi>
        </div>
      </div>
    </section>
  );
}
