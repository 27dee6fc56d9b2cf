import type { User } from "@parley/client";
import { createContext, useContext } from "react";

export const ProfileContext = createContext<((user: User) => void) | null>(null);

/** Shows the card of a person; only within the signed-in part of the app. */
export function useOpenProfile(): (user: User) => void {
  const open = useContext(ProfileContext);
  if (open === null) throw new Error("no profile card above this component");
  return open;
}
