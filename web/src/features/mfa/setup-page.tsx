import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { PageHead, toast } from '../../components/ui';
import { useMe } from '../../lib/session';
import { copy } from './copy';
import { enable, setup } from './queries';
import { SetupWizard } from './setup-wizard';

/** The wizard for somebody who is signed in. */
export function MfaSetupPage() {
  const { data: me } = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  if (!me) return null;

  function finish() {
    void client.invalidateQueries();
    toast({ title: 'Two-step sign-in is on', tone: 'ok' });
    void navigate({ to: '/app/account/security' });
  }

  return (
    <>
      <PageHead title={copy.title} description={copy.lead} />
      <SetupWizard
        setup={setup}
        enable={enable}
        email={me.email}
        onFinish={finish}
        cancel={
          <Link to="/app/account/security" className="link inline-block py-1 text-sm">
            Back to security
          </Link>
        }
      />
    </>
  );
}
