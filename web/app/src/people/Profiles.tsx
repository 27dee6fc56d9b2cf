import type { User } from "@parley/client";
import { lazy, type ReactNode, Suspense, useCallback, useState } from "react";

import { ProfileContext } from "./profile.ts";

const ProfileCard = lazy(async () => ({
  default: (await import("./ProfileCard.tsx")).ProfileCard,
}));

/** Lets everything inside show the card of a person. */
export function Profiles({ children }: { children: ReactNode }) {
  const [user, setUser] = useState<User | null>(null);
  const close = useCallback(() => {
    setUser(null);
  }, []);
  return (
    <ProfileContext value={setUser}>
      {children}
      {user !== null && (
        <Suspense>
          <ProfileCard key={user.id} user={user} onClose={close} />
        </Suspense>
      )}
    </ProfileContext>
  );
}
