import { SubmitButton } from '#components/submit-button.tsx';
import { signOutAction } from '../actions.ts';

/** Ends the session. */
export function SignOutForm() {
  return (
    <form action={signOutAction}>
      <SubmitButton busy="Signing out…" tone="quiet">
        Sign out
      </SubmitButton>
    </form>
  );
}
