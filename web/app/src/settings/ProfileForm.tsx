import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useObservable, useParley } from "../app/context.ts";
import { atField } from "../app/errors.ts";
import { Button, TextField } from "../design/controls.tsx";
import page from "../design/page.module.css";

/** How others see one's name. */
export function ProfileForm() {
  const parley = useParley();
  const me = useObservable(parley.me);
  const [name, setName] = useState(me.display_name);
  const [failure, setFailure] = useState<unknown>(null);
  const wanted = name.trim();

  async function change(): Promise<void> {
    setFailure(null);
    try {
      await parley.updateProfile({ display_name: wanted });
    } catch (error) {
      setFailure(error);
    }
  }

  return (
    <form
      className={page["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        void change();
      }}
    >
      <TextField
        label={<Trans>Your name</Trans>}
        dir="auto"
        autoComplete="name"
        value={name}
        error={failure === null ? undefined : atField(failure, "display_name")}
        onChange={(event) => {
          setName(event.target.value);
        }}
      />
      {wanted !== "" && wanted !== me.display_name && (
        <Button primary type="submit">
          <Trans>Change the name</Trans>
        </Button>
      )}
    </form>
  );
}
