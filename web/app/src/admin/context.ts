import type { User } from "@parley/client";
import { createContext, useContext, useEffect, useState } from "react";

import type { Administration } from "./administration.ts";

interface AdministrationServices {
  readonly administration: Administration;
  /** Who has an id; asked for once. */
  readonly userOf: (id: string) => Promise<User>;
}

export const AdministrationContext = createContext<AdministrationServices | null>(null);

export function servicesOf(administration: Administration): AdministrationServices {
  const known = new Map<string, Promise<User>>();
  const ask = async (id: string): Promise<User> => (await administration.person(id)).user;
  const userOf = (id: string): Promise<User> => {
    const answer = known.get(id) ?? ask(id);
    known.set(id, answer);
    // What failed may be asked again.
    answer.catch(() => known.delete(id));
    return answer;
  };
  return { administration, userOf };
}

function useServices(): AdministrationServices {
  const services = useContext(AdministrationContext);
  if (services === null) throw new Error("no administration above this component");
  return services;
}

export function useAdministration(): Administration {
  return useServices().administration;
}

/** Who has an id; undefined until that is known, null where it cannot be told. */
export function useUser(id: string): User | null | undefined {
  const { userOf } = useServices();
  const [found, setFound] = useState<{ readonly id: string; readonly user: User | null }>();
  useEffect(() => {
    let current = true;
    userOf(id).then(
      (user) => {
        if (current) setFound({ id, user });
      },
      () => {
        if (current) setFound({ id, user: null });
      },
    );
    return () => {
      current = false;
    };
  }, [userOf, id]);
  return found?.id === id ? found.user : undefined;
}
