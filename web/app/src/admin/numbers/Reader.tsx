import { useLingui } from "@lingui/react/macro";
import { type PointerEvent, useState } from "react";

import { regional } from "../../design/time.ts";
import styles from "./Numbers.module.css";
import { type Frame, nearest, type Point } from "./series.ts";

interface Props {
  /** The id of what the chart is called. */
  readonly labelledBy: string;
  /** All measured at the same times. */
  readonly series: readonly (readonly Point[])[];
  readonly frame: Frame;
  readonly format: (value: number) => string;
}

/**
 * Tells what was measured at a time: where the pointer is, or the arrow keys have led. Lies over the chart. For screen
 * readers it is a slider over time that says the value.
 */
export function Reader({ labelledBy, series, frame, format }: Props) {
  const { i18n, t } = useLingui();
  const [at, setAt] = useState<number | null>(null);
  const span = frame.to - frame.from;
  const times = (series[0] ?? []).map((point) => point.at).filter((each) => each >= frame.from);
  const last = times.length - 1;
  if (last < 0) return null;
  const index = at === null ? last : nearest(times, at);
  const read = times[index] ?? frame.to;

  const clock = new Intl.DateTimeFormat(regional(i18n.locale), { timeStyle: "medium" }).format(
    read,
  );
  const values = series.map((points) => {
    const value = points.find((point) => point.at === read)?.value ?? null;
    return value === null ? "–" : format(value);
  });
  const value = values.join(" / ");

  function follow({ currentTarget, clientX }: PointerEvent): void {
    const { left, width } = currentTarget.getBoundingClientRect();
    setAt(frame.from + ((clientX - left) / width) * span);
  }
  function leave(): void {
    setAt(null);
  }

  const place = ((read - frame.from) / span) * 100;
  return (
    <div
      className={styles["reader"]}
      onPointerMove={follow}
      onPointerDown={follow}
      onPointerLeave={leave}
    >
      <input
        type="range"
        aria-labelledby={labelledBy}
        aria-valuetext={t`${clock}: ${value}`}
        min={0}
        max={last}
        value={index}
        onChange={(event) => {
          setAt(times[Number(event.target.value)] ?? null);
        }}
        onFocus={() => {
          setAt(read);
        }}
        onBlur={leave}
      />
      {at !== null && (
        <>
          <span className={styles["hair"]} style={{ left: `${place}%` }} />
          <span
            className={styles["reading"]}
            // It keeps to the half where there is room.
            style={place < 50 ? { left: `${place}%` } : { right: `${100 - place}%` }}
            aria-hidden="true"
          >
            <bdi>{clock}</bdi> <b>{value}</b>
          </span>
        </>
      )}
    </div>
  );
}
