import { type FormEvent, useRef, useState } from 'react';
import { ApiProblem, api, unwrap } from '../../api/client';
import { noteRenewal } from '../../api/renew';
import { stepUp } from '../../api/step-up';
import { useMe } from '../../lib/session';
import { useStore } from '../../lib/store';
import { Button, CodeField, Dialog, PasswordField } from '../ui';

function refusal(error: unknown): string {
  if (!(error instanceof ApiProblem)) return 'Could not reach the server. Your entries are kept.';
  if (error.code === 'invalid_credentials') return 'That password is not right.';
  if (error.code === 'invalid_code') return 'That code is not right, or was used. Wait for the next one.';
  return error.retryAfter ? `Too many tries. Wait ${error.retryAfter} seconds.` : error.detail;
}

function Proof({ settle }: { settle: (proved: boolean) => void }) {
  const { data: me } = useMe();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const first = useRef<HTMLInputElement>(null);

  async function prove(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await unwrap(api.POST('/api/auth/reauthenticate', { body: { password, ...(code ? { code } : {}) } }));
      noteRenewal();
      settle(true);
    } catch (problem) {
      setError(refusal(problem));
      setCode('');
      first.current?.focus();
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && settle(false)}
      initialFocus={first}
      title="Confirm it is you"
      description="This needs a recent proof. What you were doing goes on right after."
      footer={
        <>
          <Button variant="outline" onClick={() => settle(false)}>
            Cancel
          </Button>
          <Button type="submit" form="step-up" busy={busy} busyText="Confirming">
            Confirm
          </Button>
        </>
      }
    >
      <form id="step-up" onSubmit={prove} className="space-y-4">
        {error && (
          <p role="alert" className="rounded-md border border-bad px-3 py-2 text-sm text-bad">
            {error}
          </p>
        )}
        <input type="text" name="username" autoComplete="username" defaultValue={me?.email} hidden readOnly />
        <PasswordField
          ref={first}
          label="Password"
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          required
        />
        {me?.mfa_enabled && <CodeField label="Code from your authenticator" value={code} onChange={setCode} />}
      </form>
    </Dialog>
  );
}

/** Asks for a proof of identity when an act of the page needs one. */
export function StepUpDialog() {
  const asked = useStore(stepUp);
  return asked ? <Proof settle={asked.settle} /> : null;
}
