import { useLingui } from "@lingui/react/macro";
import { encode } from "uqr";

import styles from "./Settings.module.css";

/** An invitation's address as a picture that a phone's camera reads. */
export function QrCode({ text }: { text: string }) {
  const { t } = useLingui();
  const { size, data } = encode(text, { border: 2 });
  const dark = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    <svg
      className={styles["qr"]}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={t`The invitation as a QR code`}
      shapeRendering="crispEdges"
    >
      <path d={dark.join("")} />
    </svg>
  );
}
