import clsx from 'clsx';

const WIDTHS = ['w-full', 'w-11/12', 'w-3/4', 'w-5/6', 'w-2/3'];

/** Holds the place of what is loading; it shows only if that takes a while. */
export function Skeleton({ lines = 1, className }: { lines?: number; className?: string }) {
  if (className) return <div aria-hidden className={clsx('skeleton rounded-md', className)} />;
  return (
    <div role="status" aria-label="Loading" className="space-y-3">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey lines have nothing else
        <div key={line} className={clsx('skeleton h-5 rounded-md', WIDTHS[line % WIDTHS.length])} />
      ))}
    </div>
  );
}
