import { Trans } from "@lingui/react/macro";

import { Invitations } from "../../settings/Invitations.tsx";
import { RegistrationForm } from "./RegistrationForm.tsx";

/** Who may make an account, and the invitations that one made. */
export function JoiningPage() {
  return (
    <>
      <RegistrationForm />
      <Invitations title={<Trans>Your invitations</Trans>} choices />
    </>
  );
}
