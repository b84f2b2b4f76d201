import { createFileRoute } from '@tanstack/react-router';
import { SecurityPage } from '../features/account/security-page';
import { MfaCard } from '../features/mfa/mfa-card';
import { OwnSessions } from '../features/sessions/own-sessions';

export const Route = createFileRoute('/app/account/security')({
  component: () => <SecurityPage mfa={(required) => <MfaCard required={required} />} sessions={<OwnSessions />} />,
});
