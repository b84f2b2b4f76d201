import { api, unwrap } from '../../api/client';
import { FormError } from '../../components/form-error';
import { Button, TextField } from '../../components/ui';
import { AuthPage } from './auth-page';
import { copy } from './copy';
import { DeadLink, useDeadLink, useLinkToken } from './link-token';
import { NewPassword } from './new-password';
import { useFollow } from './use-arrive';
import { useForm } from './use-form';

const text = copy.invite;

export function InvitePage() {
  const [token, follow] = [useLinkToken(), useFollow()];
  const { dead, caught } = useDeadLink(token);
  const { form, fields, error, button } = useForm(
    async (entry) => {
      const body = { token, full_name: entry('full_name').trim(), password: entry('password') };
      await follow(await unwrap(api.POST('/api/invitations/accept', { body })), body.full_name);
    },
    { caught },
  );
  if (dead) return <DeadLink />;
  return (
    <AuthPage title={text.title} lead={text.lead}>
      <form {...form} className="space-y-4">
        <FormError text={error} />
        <TextField
          id="full_name"
          name="full_name"
          label={text.name}
          autoComplete="name"
          autoFocus
          required
          error={fields.full_name}
        />
        <NewPassword name="password" label={text.password} hint="" error={fields.password} />
        <Button {...button} busyText={text.busy} className="w-full">
          {text.submit}
        </Button>
      </form>
    </AuthPage>
  );
}
