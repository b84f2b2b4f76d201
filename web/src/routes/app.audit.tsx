import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import * as v from 'valibot';
import { OnlyFor } from '../components/only-for';
import { AuditPage } from '../features/audit/audit-page';

const search = v.object({
  q: v.optional(v.fallback(v.optional(v.string()), undefined)),
  tz: v.optional(v.fallback(v.optional(v.picklist(['utc'])), undefined)),
});

const ROLES = ['manager', 'admin'] as const;

export const Route = createFileRoute('/app/audit')({
  validateSearch: search,
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
    <OnlyFor roles={ROLES}>
      <AuditPage
        text={q ?? ''}
        utc={tz === 'utc'}
        onText={setText}
        onUtc={(utc) =>
          void navigate({ search: (before) => ({ ...before, tz: utc ? 'utc' : undefined }), replace: true })
        }
      />
    </OnlyFor>
  );
}
