import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, unwrap } from '../../api/client';
import { FormError } from '../../components/form-error';
import { Button, PasswordField, TextField } from '../../components/ui';
import type { Reason } from '../../lib/session';
import { AuthPage } from './auth-page';
import { copy } from './copy';
import { EmailField } from './email-field';
import { ReasonBanner } from './reasons';
import { useFollow } from './use-arrive';
import { useForm } from './use-form';

const text = copy.login;
const OWN = { invalid_credentials: { text: text.mismatch } };

type Props = { reason?: Reason | undefined; next?: string | undefined };

export function LoginPage({ reason, next }: Props) {
  const follow = useFollow();
  const [several, setSeveral] = useState(false);
  const { form, fields, error, button } = useForm(
    async (entry) => {
      const [email, company] = [entry('email').trim(), entry('company').trim()];
      const body = { email, password: entry('password'), ...(company ? { company } : {}) };
      await follow(await unwrap(api.POST('/api/auth/login', { body })), email, next);
    },
    { own: OWN, blame: 'password' },
  );
  const foot = (
    <>
      {text.foot}{' '}
      <Link to="/register" className="link">
        {text.footLink}
      </Link>
    </>
  );
  return (
    <AuthPage title={text.title} foot={foot}>
      {reason && !error && <ReasonBanner reason={reason} />}
      <form {...form} className="space-y-4">
        <FormError text={error} />
        <EmailField label={text.email} autoFocus error={fields.email} />
        <PasswordField
          id="password"
          name="password"
          label={text.password}
          autoComplete="current-password"
          required
          error={fields.password}
        />
        {several && (
          <TextField
            id="company"
            name="company"
            label={text.company}
            hint={text.companyHint}
            autoComplete="organization"
            autoCapitalize="none"
            autoFocus
            error={fields.company}
          />
        )}
        <Button {...button} busyText={text.busy} className="w-full">
          {text.submit}
        </Button>
        <p className="flex flex-wrap justify-between gap-2 text-sm">
          <Link to="/forgot" className="link py-1">
            {text.forgot}
          </Link>
          {!several && (
            <button type="button" className="link py-1" onClick={() => setSeveral(true)}>
              {text.chooseCompany}
            </button>
          )}
        </p>
      </form>
    </AuthPage>
  );
}
