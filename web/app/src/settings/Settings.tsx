import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronRight, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";

import { useAdministrator } from "../admin/useAdministrator.ts";
import { useObservable, useParley } from "../app/context.ts";
import { StorageTrouble } from "../app/StorageTrouble.tsx";
import { chooseTheme, chosenTheme, type Theme } from "../app/theme.ts";
import { Avatar } from "../design/Avatar.tsx";
import { Header, HeaderTitle } from "../design/Header.tsx";
import page from "../design/page.module.css";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n/i18n.ts";
import { AlertChoice } from "./AlertChoice.tsx";
import { Devices } from "./Devices.tsx";
import { Invitations } from "./Invitations.tsx";
import { PasswordForm } from "./PasswordForm.tsx";
import { ProfileForm } from "./ProfileForm.tsx";
import styles from "./Settings.module.css";
import { SignOut } from "./SignOut.tsx";

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const choices: readonly (readonly [Theme, React.ReactNode])[] = [
    ["system", <Trans key="system">As the system</Trans>],
    ["light", <Trans key="light">Light</Trans>],
    ["dark", <Trans key="dark">Dark</Trans>],
  ];
  return (
    <fieldset className={page["fieldset"]}>
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
    <fieldset className={page["fieldset"]}>
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

function WayToAdministration() {
  return (
    <Link href="/admin" className={styles["way"] ?? ""}>
      <ShieldCheck size={24} aria-hidden="true" />
      <span className={page["grow"]}>
        <span>
          <Trans>Administration</Trans>
        </span>
        <span className={page["small"]}>
          <Trans>The people on this server, who may join, and how it is doing</Trans>
        </span>
      </span>
      <ChevronRight size={20} aria-hidden="true" />
    </Link>
  );
}

/** Whether this device keeps what it holds. */
function KeptHere() {
  const status = useObservable(useParley().storage);
  return (
    <section>
      <h2 className={styles["heading"]}>
        <Trans>On this device</Trans>
      </h2>
      <p className={status.durable ? page["small"] : page["problem"]}>
        {status.durable ? (
          <Trans>
            Your conversations are kept here, to be read without a network, until you sign out.
          </Trans>
        ) : (
          <>
            <StorageTrouble why={status.why} />{" "}
            <Trans>Everything else works. Keeping it is tried again when you next open it.</Trans>
          </>
        )}
      </p>
    </section>
  );
}

/** One's own account and how the app looks on this device. */
export function Settings() {
  const me = useObservable(useParley().me);
  const isAdministrator = useAdministrator();
  return (
    <>
      <Header>
        <HeaderTitle>
          <Trans>Settings</Trans>
        </HeaderTitle>
      </Header>
      <div className={page["page"]}>
        <div className={page["person"]}>
          <Avatar id={me.id} name={me.display_name} url={me.avatar_url} size={64} />
          <span className={page["grow"]}>
            <span>
              <bdi>{me.display_name}</bdi>
            </span>
            <span className={page["small"]} dir="ltr">
              @{me.username}
            </span>
          </span>
        </div>
        <ProfileForm />
        {isAdministrator === true && <WayToAdministration />}
        <Invitations title={<Trans>Invite somebody</Trans>} />
        <ThemeChoice />
        <LanguageChoice />
        <AlertChoice />
        <Devices />
        <KeptHere />
        <PasswordForm />
        <SignOut />
      </div>
    </>
  );
}
