import { SubmitButton } from '#components/submit-button.tsx';
import { leaveAction } from '../actions.ts';

/** Forgets the operator's token. */
export function LeaveForm() {
  return (
    <form action={leaveAction}>
      <SubmitButton busy="Leaving…" tone="quiet">
        Forget the token
      </SubmitButton>
    </form>
  );
}
