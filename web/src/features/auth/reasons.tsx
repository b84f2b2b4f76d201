import type { Reason } from '../../lib/leave';
import { AuthPage } from './auth-page';

/** Why somebody is at the sign-in page again. */
export const REASON_WORDS: Record<Reason, string> = {
  revoked: 'This session was ended, by an administrator or from another of your devices. Sign in to go on.',
  expired: 'Time ran out. Sign in again to go on.',
  signed_out: 'You are signed out.',
  deactivated: 'This account was switched off. Ask an administrator of your company.',
  password_changed: 'Your password was changed. Sign in with the new one.',
};

export const ReasonBanner = ({ reason }: { reason: Reason }) => (
  <p role="status" className="mb-5 rounded-md border border-line-strong/60 bg-raised px-3 py-2 text-sm">
    {REASON_WORDS[reason]}
  </p>
);

/** What stands in place of everything while the sign-in page is on its way: nothing of the session is left. */
export const Farewell = ({ reason }: { reason: Reason | undefined }) => (
  <AuthPage title="Sign in">{reason && <ReasonBanner reason={reason} />}</AuthPage>
);
