import type { Observable } from "@parley/client";

import { recall, remember } from "../app/notes.ts";

export interface Alerts {
  readonly sound: boolean;
  /** Windows of the system, while the page is not in view. */
  readonly notifications: boolean;
}

const KEY = "parley.alerts";
const DEFAULTS: Alerts = { sound: true, notifications: false };

function kept(): Alerts {
  try {
    const value: unknown = JSON.parse(recall(KEY) ?? "null");
    if (typeof value !== "object" || value === null) return DEFAULTS;
    return {
      sound: "sound" in value ? value.sound === true : DEFAULTS.sound,
      notifications: "notifications" in value && value.notifications === true,
    };
  } catch {
    return DEFAULTS;
  }
}

let current: Alerts | null = null;
const listeners = new Set<() => void>();

/** How one wants to be told of new messages on this device. */
export const alerts: Observable<Alerts> = {
  get: () => (current ??= kept()),
  subscribe: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function changeAlerts(change: Partial<Alerts>): void {
  current = { ...alerts.get(), ...change };
  remember(KEY, JSON.stringify(current));
  for (const listener of listeners) listener();
}
