import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Card, ErrorPanel, PageHead, Skeleton, Time } from '../../components/ui';
import { useMe } from '../../lib/session';
import { copy } from './copy';
import { EmailRow } from './email-row';
import { NameForm } from './name-form';
import { accountKeys, company, type Me } from './queries';

export function ProfilePage() {
  const client = useQueryClient();
  const me = useMe();
  return (
    <div className="max-w-3xl space-y-5">
      <PageHead title={copy.profile.title} description={copy.profile.description} />
      {me.data ? (
        <>
          <Card title={copy.profile.card}>
            <div className="space-y-5">
              <NameForm key={me.data.full_name} me={me.data} onSaved={() => client.invalidateQueries()} />
              <EmailRow me={me.data} />
            </div>
          </Card>
          <Membership me={me.data} />
        </>
      ) : me.error ? (
        <ErrorPanel error={me.error} onRetry={() => void me.refetch()} />
      ) : (
        <Card>
          <Skeleton lines={6} />
        </Card>
      )}
    </div>
  );
}

function Membership({ me }: { me: Me }) {
  const { data } = useQuery({ queryKey: accountKeys.company, queryFn: company });
  return (
    <Card title={copy.profile.facts}>
      <dl className="space-y-2.5">
        <Fact name={copy.profile.company}>{data?.name ?? <Skeleton className="h-5 w-32" />}</Fact>
        <Fact name={copy.profile.slug}>
          {data ? <span className="font-mono text-sm">{data.slug}</span> : <Skeleton className="h-5 w-24" />}
        </Fact>
        <Fact name={copy.profile.role}>{copy.profile.roles[me.role]}</Fact>
        <Fact name={copy.profile.last}>
          {me.last_login_at ? <Time at={me.last_login_at} style="exact" /> : copy.profile.never}
        </Fact>
        <Fact name={copy.profile.since}>
          <Time at={me.created_at} style="exact" />
        </Fact>
      </dl>
    </Card>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="grid gap-x-4 gap-y-0.5 sm:grid-cols-[12rem_minmax(0,1fr)]">
    <dt className="text-muted">{name}</dt>
    <dd className="break-words">{children}</dd>
  </div>
);
