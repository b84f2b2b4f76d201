import { Link } from '@tanstack/react-router';
import { api, unwrap } from '../../api/client';
import { FormError } from '../../components/form-error';
import { Button, TextField } from '../../components/ui';
import { AuthPage } from './auth-page';
import { copy } from './copy';
import { HalfSignedIn } from './half-signed-in';
import { useOver } from './mfa-page';
import type { Pending } from './pending';
import { useArrive } from './use-arrive';
import { useForm } from './use-form';

const text = copy.backup;
const OWN = { invalid_code: { field: 'backup_code', text: text.wrong } };

function BackupForm({ pending }: { pending: Pending }) {
  const [arrive, caught] = [useArrive(), useOver()];
  const { form, fields, error, button } = useForm(
    async (entry) => {
      const body = { mfa_token: pending.token, backup_code: entry('backup_code').trim() };
      await unwrap(api.POST('/api/auth/verify-mfa', { body }));
      await arrive(pending.next);
    },
    { own: OWN, caught },
  );
  return (
    <form {...form} className="space-y-5">
      <FormError text={error} />
      <TextField
        name="backup_code"
        label={text.label}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        className="font-mono"
        error={fields.backup_code}
      />
      <Button {...button} busyText={text.busy} className="w-full">
        {text.submit}
      </Button>
      <p className="text-sm">
        <Link to="/login/mfa" className="link py-1">
          {text.code}
        </Link>
      </p>
    </form>
  );
}

export const BackupPage = () => (
  <HalfSignedIn>
    {(pending) => (
      <AuthPage title={text.title} lead={text.lead} foot={text.lost}>
        <BackupForm pending={pending} />
      </AuthPage>
    )}
  </HalfSignedIn>
);
