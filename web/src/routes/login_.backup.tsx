import { createFileRoute } from '@tanstack/react-router';
import { BackupPage } from '../features/auth/backup-page';

export const Route = createFileRoute('/login_/backup')({ component: BackupPage });
