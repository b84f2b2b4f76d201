import { Button } from '../../components/ui';
import { copy } from './copy';

type Props = { count: number; busy: boolean; error: string | undefined; onDiscard: () => void };

/** Comes when something is changed and stays in sight until it is saved. */
export function SaveBar({ count, busy, error, onDiscard }: Props) {
  if (count === 0) return null;
  return (
    <div className="sticky bottom-20 z-10 flex flex-wrap items-center gap-3 rounded-lg border border-line-strong bg-surface px-4 py-3 md:bottom-4">
      <p className="min-w-0 flex-1 text-sm" role="status">
        {error ? <span className="text-bad">{error}</span> : copy.bar.changes(count)}
      </p>
      <Button type="button" variant="ghost" disabled={busy} onClick={onDiscard}>
        {copy.bar.discard}
      </Button>
      <Button type="submit" busy={busy} busyText={copy.bar.saving}>
        {copy.bar.save}
      </Button>
    </div>
  );
}
