import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import clsx from 'clsx';
import { Address, Badge, Table, Td, Th, Time } from '../../components/ui';
import type { Chosen } from './act-dialogs';
import { copy } from './copy';
import { PersonMenu } from './person-menu';
import { type Person, type Presence, peopleKeys, signedIn } from './queries';
import type { Acts } from './use-acts';

type Props = {
  rows: readonly Person[];
  acts: Acts;
  openId: string | undefined;
  /** Beside an open panel: names, roles and states only. */
  narrow: boolean;
  onChoose: (chosen: Chosen) => void;
};

export function PeopleTable({ rows, acts, openId, narrow, onChoose }: Props) {
  const { data: presence } = useQuery({ queryKey: peopleKeys.signedIn, queryFn: signedIn });
  const wide = clsx(narrow ? 'hidden 2xl:table-cell' : 'hidden md:table-cell');
  return (
    <Table label={copy.title} className="[&_tbody_tr:last-child>td]:border-b-0">
      <thead>
        <tr>
          <Th>{copy.columns.name}</Th>
          <Th className="max-sm:hidden">{copy.columns.role}</Th>
          <Th className={wide}>{copy.columns.state}</Th>
          <Th className={wide}>{copy.columns.mfa}</Th>
          <Th className={wide}>{copy.columns.sessions}</Th>
          <Th className={wide}>{copy.columns.seen}</Th>
          {acts.admin && (
            <Th>
              <span className="sr-only">{copy.columns.actions}</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((person) => (
          <tr
            key={person.id}
            aria-current={person.id === openId ? 'true' : undefined}
            className={clsx('relative hover:bg-raised/60', person.id === openId && 'bg-raised')}
          >
            <Td className="py-2.5">
              <Name person={person} me={acts.me?.id === person.id} />
            </Td>
            <Td className="max-sm:hidden">{copy.roles[person.role]}</Td>
            <Td className={wide}>
              <State person={person} />
            </Td>
            <Td className={wide}>
              <span className={person.mfa_enabled ? 'text-ok' : 'text-muted'}>
                {person.mfa_enabled ? copy.mfaOn : copy.mfaOff}
              </span>
            </Td>
            <Td className={wide}>
              <Here presence={presence?.(person.id)} />
            </Td>
            <Td className={clsx(wide, 'whitespace-nowrap text-muted')}>
              {person.last_login_at ? <Time at={person.last_login_at} /> : copy.never}
            </Td>
            {acts.admin && (
              <Td className="w-0 text-right">
                <PersonMenu person={person} acts={acts} onChoose={(act) => onChoose({ act, person })} />
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** How often a person is signed in, with a dot where a browser is connected this moment. */
function Here({ presence }: { presence: Presence | undefined }) {
  if (!presence) return null;
  return (
    <span className={clsx('flex items-center gap-2', presence.sessions === 0 && 'text-muted')}>
      {presence.sessions}
      {presence.connected && (
        <span title={copy.connected} className="size-2 rounded-full bg-bar-ok">
          <span className="sr-only">, {copy.connected}</span>
        </span>
      )}
    </span>
  );
}

const State = ({ person }: { person: Person }) =>
  person.status === 'active' ? copy.statuses.active : <Badge tone="plain">{copy.statuses.deactivated}</Badge>;

function Name({ person, me }: { person: Person; me: boolean }) {
  return (
    <div className="min-w-0">
      <p className="flex flex-wrap items-center gap-x-2">
        <Link
          to="/app/people/$id"
          params={{ id: person.id }}
          search={(before) => before}
          className={clsx('font-medium break-words hover:underline', person.status !== 'active' && 'text-muted')}
        >
          {person.full_name}
        </Link>
        {me && <Badge tone="info">{copy.you}</Badge>}
      </p>
      <p className="text-sm text-muted">
        <Address>{person.email}</Address>
      </p>
      <p className="text-sm text-muted sm:hidden">
        {copy.roles[person.role]}
        {person.status !== 'active' && ` · ${copy.statuses.deactivated}`}
      </p>
    </div>
  );
}
