import { createFileRoute } from '@tanstack/react-router';
import { ConfirmPage } from '../features/auth/confirm-page';

export const Route = createFileRoute('/confirm')({ component: ConfirmPage });
