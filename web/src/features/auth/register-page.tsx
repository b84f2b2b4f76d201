import { Link } from '@tanstack/react-router';
import { api, unwrap } from '../../api/client';
import { FormError } from '../../components/form-error';
import { Button, TextField } from '../../components/ui';
import { AuthPage } from './auth-page';
import { copy } from './copy';
import { EmailField } from './email-field';
import { NewPassword } from './new-password';
import { useArrive } from './use-arrive';
import { useForm } from './use-form';

const text = copy.register;
const OWN = { conflict: { field: 'company_name', text: text.taken } };

export function RegisterPage() {
  const arrive = useArrive();
  const { form, fields, error, button } = useForm(
    async (entry) => {
      const body = {
        company_name: entry('company_name').trim(),
        full_name: entry('full_name').trim(),
        email: entry('email').trim(),
        password: entry('password'),
      };
      await unwrap(api.POST('/api/auth/register', { body }));
      await arrive('/app');
    },
    { own: OWN },
  );
  const foot = (
    <>
      {text.foot}{' '}
      <Link to="/login" className="link">
        {text.footLink}
      </Link>
    </>
  );
  return (
    <AuthPage title={text.title} lead={text.lead} foot={foot}>
      <form {...form} className="space-y-4">
        <FormError text={error} />
        <TextField
          id="company_name"
          name="company_name"
          label={text.company}
          autoComplete="organization"
          autoFocus
          required
          error={fields.company_name ?? fields.company_slug}
        />
        <TextField
          id="full_name"
          name="full_name"
          label={text.name}
          autoComplete="name"
          required
          error={fields.full_name}
        />
        <EmailField label={text.email} error={fields.email} />
        <NewPassword name="password" label={text.password} hint={text.passwordHint} error={fields.password} />
        <Button {...button} busyText={text.busy} className="w-full">
          {text.submit}
        </Button>
      </form>
    </AuthPage>
  );
}
