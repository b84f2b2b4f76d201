import { createFileRoute, useNavigate } from '@tanstack/react-router';
import * as v from 'valibot';
import { OnlyFor } from '../components/only-for';
import { DeskPage } from '../features/live/desk-page';

const search = v.object({
  window: v.optional(v.fallback(v.optional(v.picklist(['5m', '1h', '24h'])), undefined)),
});

const ROLES = ['manager', 'admin'] as const;

export const Route = createFileRoute('/app/security')({
  validateSearch: search,
  component: Desk,
});

function Desk() {
  const { window: name } = Route.useSearch();
  const navigate = useNavigate({ from: '/app/security' });
  return (
    <OnlyFor roles={ROLES}>
      <DeskPage
        windowName={name ?? '5m'}
        onWindow={(next) => void navigate({ search: { window: next === '5m' ? undefined : next }, replace: true })}
      />
    </OnlyFor>
  );
}
