import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { ApiProblem } from '../../api/client';
import { Badge, Button, Card, Empty, ErrorPanel, LinkButton, Skeleton } from '../../components/ui';
import { ActDialogs, type Chosen } from './act-dialogs';
import { copy } from './copy';
import { DangerZone } from './danger-zone';
import { PersonFacts } from './person-facts';
import { PersonHistory } from './person-history';
import { type Person, peopleKeys, person as read } from './queries';
import { useActs } from './use-acts';

type Props = {
  id: string;
  /** The list of sessions, with the button that ends them all in it. Admins only. */
  sessions: (id: string, actions: ReactNode) => ReactNode;
};

export function PersonPanel({ id, sessions }: Props) {
  const acts = useActs();
  const query = useQuery({ queryKey: peopleKeys.one(id), queryFn: () => read(id) });
  const [chosen, setChosen] = useState<Chosen>();

  if (!query.data)
    return <Aside>{query.error ? <Failed error={query.error} retry={query.refetch} /> : <Skeleton lines={8} />}</Aside>;
  const person = query.data;
  const choose = (act: Chosen['act']) => setChosen({ act, person });
  const end = !acts.reason('signOut', person) && (
    <Button variant="outline" size="sm" onClick={() => choose('signOut')}>
      {copy.actions.signOut}
    </Button>
  );
  return (
    <Aside>
      <Head person={person} me={acts.me?.id === person.id} />
      {person.status !== 'active' && (
        <p className="rounded-lg border border-line bg-raised px-4 py-3 text-sm">{copy.person.deactivatedBanner}</p>
      )}
      <Card title={copy.person.facts}>
        <PersonFacts person={person} />
      </Card>
      {acts.admin && sessions(id, end)}
      <PersonHistory id={id} email={person.email} />
      {acts.admin && <DangerZone person={person} acts={acts} onChoose={choose} />}
      <ActDialogs chosen={chosen} acts={acts} onClose={() => setChosen(undefined)} />
    </Aside>
  );
}

const Aside = ({ children }: { children: ReactNode }) => (
  <section aria-label="Person" className="min-w-0 space-y-4 lg:sticky lg:top-6">
    <div className="-ml-3 lg:hidden">
      <LinkButton variant="ghost" size="sm" to="/app/people" search={(before: object) => before}>
        <ArrowLeft aria-hidden className="size-4" /> {copy.person.back}
      </LinkButton>
    </div>
    {children}
  </section>
);

function Head({ person, me }: { person: Person; me: boolean }) {
  useEffect(() => {
    document.title = `${person.full_name} · Voxgate`;
  }, [person.full_name]);
  return (
    <div className="flex items-start gap-3">
      <div className="min-w-0 flex-1 space-y-1">
        <h1 className="flex flex-wrap items-center gap-2 text-lg font-semibold">
          <span className="break-words">{person.full_name}</span>
          {me && <Badge tone="info">{copy.you}</Badge>}
        </h1>
        <p className="flex flex-wrap items-center gap-2 text-muted">
          {copy.roles[person.role]}
          {person.status !== 'active' && <Badge tone="plain">{copy.statuses.deactivated}</Badge>}
        </p>
      </div>
      <Link
        to="/app/people"
        search={(before) => before}
        aria-label={copy.person.close}
        className="flex size-9 items-center justify-center rounded-md text-muted hover:bg-raised hover:text-ink max-lg:hidden"
      >
        <X aria-hidden className="size-4" />
      </Link>
    </div>
  );
}

function Failed({ error, retry }: { error: unknown; retry: () => unknown }) {
  if (error instanceof ApiProblem && error.status === 404) return <Empty {...copy.person.missing} />;
  return <ErrorPanel error={error} onRetry={() => void retry()} />;
}
