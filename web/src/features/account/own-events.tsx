import { useInfiniteQuery } from '@tanstack/react-query';
import { EventGlyph } from '../../components/event-glyph';
import { Button, Card, ErrorPanel, Skeleton, Time } from '../../components/ui';
import { describeAgent } from '../../lib/describe-agent';
import { describeEvent } from '../../lib/describe-event';
import { ABOUT_PEOPLE, useLiveRefresh } from '../../lib/live-refresh';
import { copy } from './copy';
import { accountKeys, type OwnEvent, ownEvents } from './queries';

function EventLine({ event }: { event: OwnEvent }) {
  const { title, detail, outcome } = describeEvent(event);
  const where = [event.ip, event.user_agent && describeAgent(event.user_agent).label].filter(Boolean);
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-baseline gap-x-3 gap-y-0.5 py-2.5 first:pt-0">
      <EventGlyph outcome={outcome} />
      <p className="min-w-0 break-words">
        {title}
        {detail && <span className="text-muted"> · {detail}</span>}
      </p>
      <span className="text-sm text-muted">
        <Time at={event.at} />
      </span>
      <p className="col-start-2 text-sm break-words text-muted">
        {event.by === 'you' ? where.join(' · ') : [copy.events.by[event.by], ...where].join(' · ')}
      </p>
    </li>
  );
}

/** What happened to one's own account, newest first; for every role. */
export function OwnEvents() {
  const query = useInfiniteQuery({
    queryKey: accountKeys.events,
    queryFn: ({ pageParam }) => ownEvents(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
  useLiveRefresh(ABOUT_PEOPLE, accountKeys.events);
  const events = query.data?.pages.flatMap(({ items }) => items);
  return (
    <Card title={copy.events.title} description={copy.events.description}>
      {events ? (
        <>
          <ul className="divide-y divide-line">
            {events.map((event) => (
              <EventLine key={event.seq} event={event} />
            ))}
            {events.length === 0 && <li className="text-muted">{copy.events.none}</li>}
          </ul>
          {query.hasNextPage && (
            <Button
              variant="outline"
              size="sm"
              className="mt-4"
              busy={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {copy.events.more}
            </Button>
          )}
        </>
      ) : query.error ? (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton lines={6} />
      )}
    </Card>
  );
}
