import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { type ApiProblem, api, unwrap } from '../../api/client';
import { FormError } from '../../components/form-error';
import { Button, CodeField } from '../../components/ui';
import { AuthPage } from './auth-page';
import { copy } from './copy';
import { HalfSignedIn } from './half-signed-in';
import type { Pending } from './pending';
import { useArrive } from './use-arrive';
import { useForm } from './use-form';

const text = copy.mfa;
const OWN = { invalid_code: { field: 'code', text: text.wrong } };

/** A sign-in that is over cannot be answered any more. */
export function useOver() {
  const navigate = useNavigate();
  return ({ code }: ApiProblem) => {
    if (code !== 'challenge_expired') return false;
    void navigate({ to: '/login', search: { reason: 'expired' }, replace: true });
    return true;
  };
}

function MfaForm({ pending }: { pending: Pending }) {
  const [arrive, caught] = [useArrive(), useOver()];
  const [code, setCode] = useState('');
  const typed = useRef('');
  const input = useRef<HTMLInputElement>(null);
  const { form, fields, error, button, submit } = useForm(
    async () => {
      await unwrap(api.POST('/api/auth/verify-mfa', { body: { mfa_token: pending.token, code: typed.current } }));
      await arrive(pending.next);
    },
    { own: OWN, caught },
  );
  const wrong = fields.code;
  useEffect(() => {
    if (wrong) input.current?.select();
  }, [wrong]);

  function change(value: string) {
    typed.current = value;
    setCode(value);
  }

  return (
    <form {...form} className="space-y-5">
      <FormError text={error} />
      <CodeField
        ref={input}
        label={text.label}
        value={code}
        onChange={change}
        onComplete={() => void submit()}
        error={fields.code}
        autoFocus
      />
      <Button {...button} busyText={text.busy} className="w-full">
        {text.submit}
      </Button>
      <p className="text-sm">
        <Link to="/login/backup" className="link py-1">
          {text.backup}
        </Link>
      </p>
    </form>
  );
}

const foot = (
  <Link to="/login" className="link">
    {text.back}
  </Link>
);

export const MfaPage = () => (
  <HalfSignedIn>
    {(pending) => (
      <AuthPage title={text.title} lead={text.lead(pending.email)} foot={foot}>
        <MfaForm pending={pending} />
      </AuthPage>
    )}
  </HalfSignedIn>
);
