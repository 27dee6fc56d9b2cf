import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { configure, render, type RenderResult } from "@testing-library/react";
import type { ReactNode } from "react";

import { ParleyContext } from "../src/app/context.ts";
import { Profiles } from "../src/people/Profiles.tsx";
import type { FakeParley } from "./fakeParley.ts";

// Parts that load when they are first needed take their time on a busy machine.
configure({ asyncUtilTimeout: 10_000 });

// jsdom has dialogs, but does not open them, and no top layer.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};

HTMLElement.prototype.showPopover = function () {
  this.style.display = "block";
};

/** Draws a part of the app for somebody who is signed in. Messages without a catalogue are shown as they are written. */
export function renderSignedIn(parley: FakeParley, part: ReactNode): RenderResult {
  i18n.loadAndActivate({ locale: "en", messages: {} });
  return render(
    <I18nProvider i18n={i18n}>
      <ParleyContext value={parley}>
        <Profiles>{part}</Profiles>
      </ParleyContext>
    </I18nProvider>,
  );
}
