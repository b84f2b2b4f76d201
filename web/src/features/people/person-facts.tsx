import type { ReactNode } from 'react';
import { Address, Time } from '../../components/ui';
import { copy } from './copy';
import type { Person } from './queries';

export function PersonFacts({ person }: { person: Person }) {
  const confirmed = person.email_verified ? copy.person.confirmed : copy.person.notConfirmed;
  return (
    <dl className="space-y-2.5 text-sm">
      <Fact name={copy.person.email}>
        <Address>{person.email}</Address> <span className="text-muted">({confirmed})</span>
      </Fact>
      <Fact name={copy.person.mfa}>
        <span className={person.mfa_enabled ? 'text-ok' : undefined}>
          {person.mfa_enabled ? copy.mfaOn : copy.mfaOff}
        </span>
      </Fact>
      <Fact name={copy.person.lastLogin}>
        {person.last_login_at ? <Time at={person.last_login_at} style="exact" /> : copy.never}
      </Fact>
      <Fact name={copy.person.since}>
        <Time at={person.created_at} style="exact" />
      </Fact>
    </dl>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="grid grid-cols-[8.5rem_minmax(0,1fr)] gap-3">
    <dt className="text-muted">{name}</dt>
    <dd>{children}</dd>
  </div>
);
