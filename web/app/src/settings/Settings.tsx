import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";

import { useObservable, useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { chooseTheme, chosenTheme, type Theme } from "../app/theme.ts";
import { Avatar } from "../design/Avatar.tsx";
import { Button } from "../design/controls.tsx";
import { Header, HeaderTitle } from "../design/Header.tsx";
import styles from "../design/page.module.css";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n/i18n.ts";
import { AlertChoice } from "./AlertChoice.tsx";
import { Devices } from "./Devices.tsx";
import { InviteLink } from "./InviteLink.tsx";
import { PasswordForm } from "./PasswordForm.tsx";
import { ProfileForm } from "./ProfileForm.tsx";

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const choices: readonly (readonly [Theme, React.ReactNode])[] = [
    ["system", <Trans key="system">As the system</Trans>],
    ["light", <Trans key="light">Light</Trans>],
    ["dark", <Trans key="dark">Dark</Trans>],
  ];
  return (
    <fieldset className={styles["fieldset"]}>
      <legend>
        <Trans>Appearance</Trans>
      </legend>
      {choices.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name="theme"
            checked={theme === value}
            onChange={() => {
              setTheme(value);
              chooseTheme(value);
            }}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function LanguageChoice() {
  const { i18n } = useLingui();
  const entries = Object.entries(LANGUAGES) as [Language, string][];
  return (
    <fieldset className={styles["fieldset"]}>
      <legend>
        <Trans>Language</Trans>
      </legend>
      {entries.map(([language, name]) => (
        <label key={language} lang={language}>
          <input
            type="radio"
            name="language"
            checked={i18n.locale === language}
            onChange={() => void chooseLanguage(language)}
          />
          <bdi>{name}</bdi>
        </label>
      ))}
    </fieldset>
  );
}

/** One's own account and how the app looks on this device. */
export function Settings() {
  const parley = useParley();
  const me = useObservable(parley.me);
  const [failure, setFailure] = useState<unknown>(null);
  return (
    <>
      <Header>
        <HeaderTitle>
          <Trans>Settings</Trans>
        </HeaderTitle>
      </Header>
      <div className={styles["page"]}>
        <div className={styles["person"]}>
          <Avatar id={me.id} name={me.display_name} url={me.avatar_url} size={64} />
          <span className={styles["grow"]}>
            <span>
              <bdi>{me.display_name}</bdi>
            </span>
            <span className={styles["small"]} dir="ltr">
              @{me.username}
            </span>
          </span>
        </div>
        <ProfileForm />
        <InviteLink />
        <ThemeChoice />
        <LanguageChoice />
        <AlertChoice />
        <Devices />
        <PasswordForm />
        {failure !== null && (
          <p role="alert" className={styles["problem"]}>
            {inPlainWords(failure)}
          </p>
        )}
        <Button onClick={() => void parley.signOut().catch(setFailure)}>
          <Trans>Sign out</Trans>
        </Button>
      </div>
    </>
  );
}
