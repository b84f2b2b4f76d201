import { useState } from 'react';
import { type ApiProblem, api, unwrap } from '../../api/client';
import { FormError } from '../../components/form-error';
import { Button, LinkButton } from '../../components/ui';
import { AuthPage } from './auth-page';
import { copy } from './copy';
import { DeadLink, isDeadLink, useLinkToken } from './link-token';
import { useForm } from './use-form';

const text = copy.confirm;

/** Opening the link changes nothing: programs that scan mail open links too. */
export function ConfirmPage() {
  const token = useLinkToken();
  const [state, setState] = useState<'open' | 'done' | 'dead'>(token ? 'open' : 'dead');
  function caught(problem: ApiProblem) {
    if (isDeadLink(problem)) setState('dead');
    return isDeadLink(problem);
  }
  const { form, error, button } = useForm(
    async () => {
      await unwrap(api.POST('/api/auth/email/verify', { body: { token } }));
      setState('done');
    },
    { caught },
  );
  if (state === 'dead') return <DeadLink />;
  if (state === 'done') {
    return (
      <AuthPage title={text.done} lead={text.doneBody}>
        <LinkButton to="/app" className="w-full">
          {text.on}
        </LinkButton>
      </AuthPage>
    );
  }
  return (
    <AuthPage title={text.title} lead={text.lead}>
      <form {...form} className="space-y-4">
        <FormError text={error} />
        <Button {...button} busyText={text.busy} className="w-full">
          {text.submit}
        </Button>
      </form>
    </AuthPage>
  );
}
