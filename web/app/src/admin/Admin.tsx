import { Trans, useLingui } from "@lingui/react/macro";
import { ShieldAlert } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { Link, Redirect } from "wouter";

import { EmptyState } from "../design/EmptyState.tsx";
import { Header, HeaderTitle } from "../design/Header.tsx";
import styles from "./Admin.module.css";
import { AdministrationContext, servicesOf } from "./context.ts";
import { JoiningPage } from "./joining/JoiningPage.tsx";
import { LogPage } from "./log/LogPage.tsx";
import { NumbersPage } from "./numbers/NumbersPage.tsx";
import { PeoplePage } from "./people/PeoplePage.tsx";
import { sdkAdministration } from "./sdkAdministration.ts";
import { useAdministrator } from "./useAdministrator.ts";

const PAGES: ReadonlyMap<string, { readonly name: ReactNode; readonly page: ReactNode }> = new Map([
  ["people", { name: <Trans>People</Trans>, page: <PeoplePage /> }],
  ["joining", { name: <Trans>Joining</Trans>, page: <JoiningPage /> }],
  ["numbers", { name: <Trans>Numbers</Trans>, page: <NumbersPage /> }],
  ["log", { name: <Trans>Log</Trans>, page: <LogPage /> }],
]);

/** The administrator's pages: `/admin/people`, `/admin/joining`, `/admin/numbers` and `/admin/log`. */
export function Admin({ page = "" }: { page?: string | undefined }) {
  const isAdministrator = useAdministrator();
  const [services] = useState(() => servicesOf(sdkAdministration(window.location.origin)));
  return (
    <>
      <Header>
        <HeaderTitle>
          <Trans>Administration</Trans>
        </HeaderTitle>
      </Header>
      {isAdministrator === false && (
        <EmptyState
          icon={<ShieldAlert size={38} strokeWidth={1.5} />}
          title={<Trans>Only for administrators</Trans>}
          text={<Trans>Who looks after this server can make you one.</Trans>}
        />
      )}
      {isAdministrator === true && (
        <AdministrationContext value={services}>
          <AdminPages current={page} />
        </AdministrationContext>
      )}
    </>
  );
}

function AdminPages({ current }: { current: string }) {
  const { t } = useLingui();
  const tab = useId();
  const shown = PAGES.get(current);
  if (shown === undefined) return <Redirect to="/admin/people" replace />;
  return (
    <>
      <nav className={styles["tabs"]} aria-label={t`Administration`}>
        {[...PAGES].map(([path, { name }]) => (
          <Link
            key={path}
            href={`/admin/${path}`}
            className={styles["tab"] ?? ""}
            id={path === current ? tab : undefined}
            aria-current={path === current ? "page" : undefined}
          >
            {name}
          </Link>
        ))}
      </nav>
      {/* The numbers hold nothing to tab to: without a stop here the keyboard could not scroll them. */}
      <div
        key={current}
        className={styles["page"]}
        role="region"
        aria-labelledby={tab}
        tabIndex={0}
      >
        {shown.page}
      </div>
    </>
  );
}
