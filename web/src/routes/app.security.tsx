import { createFileRoute, notFound, useNavigate } from '@tanstack/react-router';
import * as v from 'valibot';
import { DeskPage } from '../features/live/desk-page';

const search = v.object({
  window: v.optional(v.fallback(v.optional(v.picklist(['5m', '1h', '24h'])), undefined)),
});

export const Route = createFileRoute('/app/security')({
  validateSearch: search,
  // The server decides; this page only does not pretend to be there.
  beforeLoad: ({ context }) => {
    if (context.me.role === 'user') throw notFound();
  },
  component: Desk,
});

function Desk() {
  const { window: name } = Route.useSearch();
  const navigate = useNavigate({ from: '/app/security' });
  return (
    <DeskPage
      windowName={name ?? '5m'}
      onWindow={(next) => void navigate({ search: { window: next === '5m' ? undefined : next }, replace: true })}
    />
  );
}
