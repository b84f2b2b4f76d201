import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Card, ErrorPanel, Skeleton, Time } from '../../components/ui';
import { describeEvent } from '../../lib/describe-event';
import { ABOUT_PEOPLE, useLiveRefresh } from '../../lib/live-refresh';
import { copy } from './copy';
import { history, peopleKeys } from './queries';

/** The last events about a person. */
export function PersonHistory({ id, email }: { id: string; email: string }) {
  const key = peopleKeys.history(id);
  const query = useQuery({ queryKey: key, queryFn: () => history(id) });
  useLiveRefresh(ABOUT_PEOPLE, key);
  return (
    <Card title={copy.person.history}>
      {query.data ? (
        <ul className="space-y-2 text-sm">
          {query.data.map((event) => {
            const { title, detail } = describeEvent(event);
            return (
              <li key={event.seq} className="flex items-baseline justify-between gap-4">
                <span className="min-w-0 break-words">
                  {title}
                  {detail && <span className="text-muted"> · {detail}</span>}
                </span>
                <span className="shrink-0 text-muted">
                  <Time at={event.at} />
                </span>
              </li>
            );
          })}
          {query.data.length === 0 && <li className="text-muted">{copy.person.nothing}</li>}
        </ul>
      ) : query.error ? (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton lines={5} />
      )}
      <Link to="/app/audit" search={{ q: `subject:${email} created:all` }} className="link mt-4 inline-block text-sm">
        {copy.person.all}
      </Link>
    </Card>
  );
}
