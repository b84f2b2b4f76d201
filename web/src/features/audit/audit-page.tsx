import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Card, Empty, ErrorPanel, PageHead, Skeleton } from '../../components/ui';
import { AuditList } from './audit-list';
import { ChainButton, ChainVerdict, useChain } from './chain-check';
import { copy } from './copy';
import { ExportButton } from './export-button';
import { FilterBar } from './filter-bar';
import { type WordKey, withWord } from './parse-filter';
import { audit, auditKeys, type Wanted } from './queries';
import { useFilter } from './use-filter';
import { useNewer } from './use-newer';
import { ZoneSwitch } from './zone-switch';

type Props = {
  /** The filter as typed, and the time zone; both live in the address. */
  text: string;
  utc: boolean;
  onText: (text: string) => void;
  onUtc: (utc: boolean) => void;
};

const NOTHING: Wanted = {};

export function AuditPage({ text, utc, onText, onUtc }: Props) {
  const { words, wanted, waiting } = useFilter(text);
  const [shown, setShown] = useState(wanted);
  // A wrong word keeps the list of the last right filter; the same filter read again keeps its count of new events.
  if (wanted && JSON.stringify(wanted) !== JSON.stringify(shown)) setShown(wanted);
  const query = useInfiniteQuery({
    queryKey: auditKeys.list(shown ?? NOTHING),
    queryFn: ({ pageParam }) => audit(shown ?? NOTHING, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: shown !== undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
  const walk = useChain();
  const narrow = (key: WordKey, value: string) => onText(withWord(text, key, value));
  const events = query.data?.pages.flatMap((page) => page.items);
  const newer = useNewer(shown, query.dataUpdatedAt, events?.[0]?.seq ?? 0, () => void query.refetch());

  return (
    <div className="space-y-5">
      <PageHead
        title={copy.title}
        description={copy.description}
        actions={
          <div className="flex flex-wrap gap-2">
            <ChainButton walk={walk} />
            <ExportButton wanted={wanted} />
          </div>
        }
      />
      <ChainVerdict walk={walk} />
      <FilterBar text={text} words={words} onText={onText} aside={<ZoneSwitch utc={utc} onUtc={onUtc} />} />
      {newer.count > 0 && (
        <div className="sticky top-3 z-10 flex justify-center">
          <Button
            size="sm"
            onClick={() => {
              newer.reset();
              window.scrollTo({ top: 0 });
              void query.refetch();
            }}
          >
            {copy.list.newer(newer.count)}
          </Button>
        </div>
      )}
      {events && query.error && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
      {events && events.length > 0 ? (
        <AuditList
          events={events}
          utc={utc}
          stale={query.isPlaceholderData}
          more={query.hasNextPage}
          fetching={query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
          onNarrow={narrow}
        />
      ) : (
        <Instead
          text={text}
          read={events !== undefined}
          wrong={!shown && !waiting}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      )}
    </div>
  );
}

type InsteadProps = { text: string; read: boolean; wrong: boolean; error: unknown; onRetry: () => void };

/** What stands where no event can be shown. */
function Instead({ text, read, wrong, error, onRetry }: InsteadProps) {
  if (read) return <Empty {...(text ? copy.list.empty : copy.list.emptyAll)} />;
  if (wrong) return <Empty {...copy.list.unread} />;
  if (error) return <ErrorPanel error={error} onRetry={onRetry} />;
  return (
    <Card>
      <Skeleton lines={10} />
    </Card>
  );
}
