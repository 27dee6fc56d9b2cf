import "@fontsource-variable/inter/index.css";
import "./design/tokens.css";
import "./design/base.css";

import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/App.tsx";
import { ServicesContext } from "./app/context.ts";
import { sdkBackend } from "./app/sdkBackend.ts";
import { Session } from "./app/session.ts";
import { takeClaimFromAddress } from "./claim/claimToken.ts";
import { activateLanguage, preferredLanguage } from "./i18n/i18n.ts";
import { registerServiceWorker } from "./pwa/register.ts";

async function start(root: HTMLElement): Promise<void> {
  takeClaimFromAddress();
  const backend = sdkBackend(window.location.origin);
  const session = new Session(backend);
  await Promise.all([activateLanguage(preferredLanguage()), session.start()]);
  registerServiceWorker();
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <ServicesContext value={{ backend, session }}>
          <App />
        </ServicesContext>
      </I18nProvider>
    </StrictMode>,
  );
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
void start(root);
