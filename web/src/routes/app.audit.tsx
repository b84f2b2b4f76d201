import { createFileRoute, notFound, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import * as v from 'valibot';
import { AuditPage } from '../features/audit/audit-page';

const search = v.object({
  q: v.optional(v.fallback(v.optional(v.string()), undefined)),
  tz: v.optional(v.fallback(v.optional(v.picklist(['utc'])), undefined)),
});

export const Route = createFileRoute('/app/audit')({
  validateSearch: search,
  // The server decides; this page only does not pretend to be there.
  beforeLoad: ({ context }) => {
    if (context.me.role === 'user') throw notFound();
  },
  component: Audit,
});

function Audit() {
  const { q, tz } = Route.useSearch();
  const navigate = useNavigate({ from: '/app/audit' });
  const setText = useCallback(
    (text: string) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true }),
    [navigate],
  );
  return (
    <AuditPage
      text={q ?? ''}
      utc={tz === 'utc'}
      onText={setText}
      onUtc={(utc) =>
        void navigate({ search: (before) => ({ ...before, tz: utc ? 'utc' : undefined }), replace: true })
      }
    />
  );
}
