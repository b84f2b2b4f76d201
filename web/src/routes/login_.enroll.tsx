import { createFileRoute } from '@tanstack/react-router';
import { EnrollPage } from '../features/auth/enroll';
import { SetupWizard } from '../features/mfa/setup-wizard';

export const Route = createFileRoute('/login_/enroll')({
  component: () => <EnrollPage wizard={(enrolling) => <SetupWizard {...enrolling} />} />,
});
