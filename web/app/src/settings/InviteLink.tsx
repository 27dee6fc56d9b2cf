import { Trans, useLingui } from "@lingui/react/macro";
import { Copy } from "lucide-react";
import { useState } from "react";
import { encode } from "uqr";

import { useServices } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { Button, IconButton } from "../design/controls.tsx";
import page from "../design/page.module.css";
import styles from "./Settings.module.css";

/** The address as a picture that a phone's camera reads. */
function QrCode({ text }: { text: string }) {
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

/** Makes an invitation for one person: a link to send, and a QR code to show. */
export function InviteLink() {
  const { t } = useLingui();
  const { backend } = useServices();
  const [url, setUrl] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function invite(): Promise<void> {
    setFailure(null);
    setCopied(false);
    try {
      const { url: made } = await backend.createInvitation();
      // Under the address that this page has: the one that surely leads here.
      setUrl(window.location.origin + new URL(made).pathname);
    } catch (error) {
      setFailure(error);
    }
  }

  return (
    <section className={page["form"]}>
      <h2 className={styles["heading"]}>
        <Trans>Invite somebody</Trans>
      </h2>
      {failure !== null && (
        <p role="alert" className={page["problem"]}>
          {inPlainWords(failure)}
        </p>
      )}
      {url === null ? (
        <Button onClick={() => void invite()}>
          <Trans>Make an invitation link</Trans>
        </Button>
      ) : (
        <div className={styles["invitation"]}>
          <QrCode text={url} />
          <div className={styles["address"]}>
            <code dir="ltr">{url}</code>
            <IconButton
              label={t`Copy the link`}
              onClick={() =>
                void navigator.clipboard.writeText(url).then(() => {
                  setCopied(true);
                }, setFailure)
              }
            >
              <Copy size={19} />
            </IconButton>
          </div>
          <p role="status" className={page["small"]}>
            {copied ? <Trans>Copied.</Trans> : <Trans>It is good for one person.</Trans>}
          </p>
        </div>
      )}
    </section>
  );
}
