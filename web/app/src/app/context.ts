import type { Observable, Parley, ServerInfo } from "@parley/client";
import { createContext, useCallback, useContext, useSyncExternalStore } from "react";

import type { Backend } from "./backend.ts";
import type { Session } from "./session.ts";

interface Services {
  readonly backend: Backend;
  readonly session: Session;
}

export const ServicesContext = createContext<Services | null>(null);
export const ParleyContext = createContext<Parley | null>(null);
export const ServerInfoContext = createContext<ServerInfo | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error("no services above this component");
  return services;
}

/** The signed-in person's Parley; only within the signed-in part of the app. */
export function useParley(): Parley {
  const parley = useContext(ParleyContext);
  if (parley === null) throw new Error("nobody is signed in above this component");
  return parley;
}

/** What an observable now holds; draws again when it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  const subscribe = useCallback(
    (listener: () => void) => observable.subscribe(listener),
    [observable],
  );
  const get = useCallback(() => observable.get(), [observable]);
  return useSyncExternalStore(subscribe, get);
}
