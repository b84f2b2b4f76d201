import { createFileRoute } from '@tanstack/react-router';
import { MfaSetupPage } from '../features/mfa/setup-page';

export const Route = createFileRoute('/app/account/mfa/setup')({ component: MfaSetupPage });
