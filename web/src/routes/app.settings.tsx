import { createFileRoute, notFound } from '@tanstack/react-router';
import { SettingsPage } from '../features/settings/settings-page';

export const Route = createFileRoute('/app/settings')({
  // The server decides; this page only does not pretend to be there.
  beforeLoad: ({ context }) => {
    if (context.me.role !== 'admin') throw notFound();
  },
  component: SettingsPage,
});
