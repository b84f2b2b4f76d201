import { useState } from 'react';
import { api, unwrap } from '../../api/client';
import { FormError } from '../../components/form-error';
import { Button, LinkButton } from '../../components/ui';
import { AuthPage } from './auth-page';
import { copy } from './copy';
import { EmailField } from './email-field';
import { useForm } from './use-form';

const text = copy.forgot;

/** Every address is answered alike. */
const Sent = () => (
  <AuthPage title={text.sent} lead={text.sentBody}>
    <LinkButton to="/login" variant="outline" className="w-full">
      {text.back}
    </LinkButton>
  </AuthPage>
);

export function ForgotPage() {
  const [sent, setSent] = useState(false);
  const { form, fields, error, button } = useForm(async (entry) => {
    await unwrap(api.POST('/api/auth/password/forgot', { body: { email: entry('email').trim() } }));
    setSent(true);
  });
  if (sent) return <Sent />;
  return (
    <AuthPage title={text.title} lead={text.lead}>
      <form {...form} className="space-y-4">
        <FormError text={error} />
        <EmailField label={text.email} autoFocus error={fields.email} />
        <Button {...button} busyText={text.busy} className="w-full">
          {text.submit}
        </Button>
        <LinkButton to="/login" variant="ghost" className="w-full">
          {text.back}
        </LinkButton>
      </form>
    </AuthPage>
  );
}
