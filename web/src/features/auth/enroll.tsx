import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api, unwrap } from '../../api/client';
import { Button } from '../../components/ui';
import { AuthPage } from './auth-page';
import { copy } from './copy';
import { HalfSignedIn } from './half-signed-in';
import { type Pending, setPending } from './pending';
import { useArrive } from './use-arrive';

const text = copy.enroll;

/** What the wizard needs of a sign-in that waits for it. */
export type Enrolling = {
  setup: () => Promise<{ secret: string; otpauth_uri: string; expires_in_seconds: number }>;
  enable: (code: string) => Promise<{ backup_codes: string[] }>;
  email: string;
  onFinish: () => void;
  finishLabel: string;
  cancel: ReactNode;
};

/** The waiting sign-in's own token opens the set-up and nothing else. */
const bearer = ({ token }: Pending) => ({ headers: { authorization: `Bearer ${token}` } });

function Steps({ pending, wizard }: { pending: Pending; wizard: (enrolling: Enrolling) => ReactNode }) {
  const [arrive, navigate] = [useArrive(), useNavigate()];
  async function cancel() {
    await api.POST('/api/auth/logout', { ...bearer(pending), body: {} }).catch(() => undefined);
    await navigate({ to: '/login', search: { reason: 'signed_out' }, replace: true });
    setPending(undefined);
  }
  return wizard({
    setup: () => unwrap(api.POST('/api/auth/mfa/setup', bearer(pending))),
    enable: (code) => unwrap(api.POST('/api/auth/mfa/enable', { ...bearer(pending), body: { code } })),
    email: pending.email,
    onFinish: () => void arrive(pending.next),
    finishLabel: text.finish,
    cancel: (
      <Button variant="ghost" size="sm" onClick={() => void cancel()}>
        {text.cancel}
      </Button>
    ),
  });
}

/** A company's demand for a second factor, met before anything else opens. */
export const EnrollPage = ({ wizard }: { wizard: (enrolling: Enrolling) => ReactNode }) => (
  <HalfSignedIn>
    {(pending) => (
      <AuthPage wide title={text.title} lead={text.lead}>
        <Steps pending={pending} wizard={wizard} />
      </AuthPage>
    )}
  </HalfSignedIn>
);
