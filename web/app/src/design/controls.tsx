import { type ComponentProps, type ReactNode, useId } from "react";

import styles from "./controls.module.css";

export function Button({
  primary = false,
  danger = false,
  ...rest
}: ComponentProps<"button"> & { primary?: boolean; danger?: boolean }) {
  const kinds = [styles["button"], primary && styles["primary"], danger && styles["danger"]];
  return <button type="button" {...rest} className={kinds.filter(Boolean).join(" ")} />;
}

/** A button that is only a picture: its name is for screen readers and the tooltip. */
export function IconButton({ label, ...rest }: ComponentProps<"button"> & { label: string }) {
  return (
    <button type="button" {...rest} className={styles["icon"]} aria-label={label} title={label} />
  );
}

export function TextField(
  props: ComponentProps<"input"> & {
    label: ReactNode;
    hint?: ReactNode;
    error?: string | undefined;
  },
) {
  const { label, hint, error, ...rest } = props;
  const id = useId();
  const about = error !== undefined || hint !== undefined ? `${id}-about` : undefined;
  return (
    <div className={styles["field"]}>
      <label className={styles["label"]} htmlFor={id}>
        {label}
      </label>
      <input
        {...rest}
        id={id}
        className={styles["input"]}
        aria-describedby={about}
        aria-invalid={error !== undefined}
      />
      {error !== undefined ? (
        <span id={about} role="alert" className={styles["error"]}>
          {error}
        </span>
      ) : (
        hint !== undefined && (
          <span id={about} className={styles["hint"]}>
            {hint}
          </span>
        )
      )}
    </div>
  );
}
