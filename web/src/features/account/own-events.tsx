import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Card, ErrorPanel, Skeleton, Time } from '../../components/ui';
import { describeEvent } from '../../lib/describe-event';
import { ABOUT_PEOPLE, useLiveRefresh } from '../../lib/live-refresh';
import { copy } from './copy';
import { accountKeys, type Me, ownEvents } from './queries';

/** The last events about one's own account, for those who may read the log. */
export function OwnEvents({ me }: { me: Me }) {
  const key = accountKeys.events(me.id);
  const query = useQuery({ queryKey: key, queryFn: () => ownEvents(me.id) });
  useLiveRefresh(ABOUT_PEOPLE, key);
  return (
    <Card title={copy.events.title} description={copy.events.description}>
      {query.data ? (
        <ul className="divide-y divide-line">
          {query.data.map((event) => {
            const { title, detail } = describeEvent(event);
            return (
              <li
                key={event.seq}
                className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 py-2.5 first:pt-0"
              >
                <span>
                  {title}
                  {detail && <span className="text-muted"> · {detail}</span>}
                </span>
                <span className="flex gap-3 text-sm text-muted">
                  {event.ip && <span className="font-mono">{event.ip}</span>}
                  <Time at={event.at} />
                </span>
              </li>
            );
          })}
          {query.data.length === 0 && <li className="text-muted">{copy.events.none}</li>}
        </ul>
      ) : query.error ? (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton lines={6} />
      )}
      <Link
        to="/app/audit"
        search={{ q: 'subject:me created:all' }}
        className="mt-4 inline-block text-sm text-brand hover:underline"
      >
        {copy.events.more}
      </Link>
    </Card>
  );
}
