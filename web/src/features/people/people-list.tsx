import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Button, Card, Empty, ErrorPanel, Skeleton } from '../../components/ui';
import type { Chosen } from './act-dialogs';
import { copy } from './copy';
import { PeopleTable } from './people-table';
import { type PeopleSearch, people, peopleKeys } from './queries';
import type { Acts } from './use-acts';

type Props = {
  search: PeopleSearch;
  acts: Acts;
  openId: string | undefined;
  narrow: boolean;
  onChoose: (chosen: Chosen) => void;
  onClear: () => void;
  onInvite: () => void;
};

/** The table with its states; old rows stay while others are fetched. */
export function PeopleList({ search, acts, openId, narrow, onChoose, onClear, onInvite }: Props) {
  const query = useInfiniteQuery({
    queryKey: peopleKeys.list(search),
    queryFn: ({ pageParam }) => people(search, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const retry = () => void query.refetch();
  if (!query.data) {
    return query.error ? (
      <ErrorPanel error={query.error} onRetry={retry} />
    ) : (
      <Card>
        <Skeleton lines={6} />
      </Card>
    );
  }
  const rows = query.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return search.q || search.role || search.status ? (
      <Empty
        title={copy.none.title}
        body={copy.none.body}
        action={
          <Button variant="outline" onClick={onClear}>
            {copy.none.clear}
          </Button>
        }
      />
    ) : (
      <Empty {...copy.empty} action={<Button onClick={onInvite}>{copy.invite.open}</Button>} />
    );
  }
  return (
    <div className="space-y-3" aria-busy={query.isPlaceholderData}>
      <div className="panel overflow-hidden">
        <PeopleTable rows={rows} acts={acts} openId={openId} narrow={narrow} onChoose={onChoose} />
      </div>
      {query.error && <ErrorPanel error={query.error} onRetry={retry} />}
      {query.hasNextPage && (
        <Button
          variant="outline"
          busy={query.isFetchingNextPage}
          busyText={copy.loading}
          onClick={() => void query.fetchNextPage()}
        >
          {copy.more}
        </Button>
      )}
    </div>
  );
}
