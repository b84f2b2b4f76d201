import { useNavigate } from '@tanstack/react-router';
import { api, unwrap } from '../../api/client';
import { FormError } from '../../components/form-error';
import { Button, LinkButton } from '../../components/ui';
import { AuthPage } from './auth-page';
import { copy } from './copy';
import { DeadLink, useDeadLink, useLinkToken } from './link-token';
import { NewPassword } from './new-password';
import { useForm } from './use-form';

const text = copy.reset;

const again = (
  <LinkButton to="/forgot" className="w-full">
    {text.again}
  </LinkButton>
);

export function ResetPage() {
  const [token, navigate] = [useLinkToken(), useNavigate()];
  const { dead, caught } = useDeadLink(token);
  const { form, fields, error, button } = useForm(
    async (entry) => {
      await unwrap(api.POST('/api/auth/password/reset', { body: { token, new_password: entry('new_password') } }));
      await navigate({ to: '/login', search: { reason: 'password_changed' }, replace: true });
    },
    { caught },
  );
  if (dead) return <DeadLink action={again} />;
  return (
    <AuthPage title={text.title} lead={text.lead}>
      <form {...form} className="space-y-4">
        <FormError text={error} />
        <NewPassword name="new_password" label={text.password} hint="" error={fields.new_password ?? fields.password} />
        <Button {...button} busyText={text.busy} className="w-full">
          {text.submit}
        </Button>
      </form>
    </AuthPage>
  );
}
