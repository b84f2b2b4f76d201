import { createFileRoute } from '@tanstack/react-router';
import { OnlyFor } from '../components/only-for';
import { SettingsPage } from '../features/settings/settings-page';

export const Route = createFileRoute('/app/settings')({
  component: Settings,
});

const ROLES = ['admin'] as const;

function Settings() {
  return (
    <OnlyFor roles={ROLES}>
      <SettingsPage />
    </OnlyFor>
  );
}
