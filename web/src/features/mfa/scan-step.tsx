import { ChevronRight } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Button, CopyButton, Empty, Skeleton } from '../../components/ui';
import { inGroups, parameters } from './backup-codes';
import { copy } from './copy';
import type { Setup } from './use-setup';

const Qr = lazy(() => import('./qr'));

function Manual({ setup }: { setup: Setup }) {
  const { type, algorithm, digits, period } = parameters(setup.otpauth_uri);
  const facts = [
    ['Type', type],
    ['Algorithm', algorithm],
    ['Digits', digits],
    ['Period', period],
  ];
  return (
    <details className="rounded-lg border border-line bg-surface">
      <summary className="flex cursor-pointer items-center gap-2 px-4 py-3 font-medium">
        <ChevronRight aria-hidden className="size-4 text-muted transition-transform in-open:rotate-90" />{' '}
        {copy.scan.manual}
      </summary>
      <div className="space-y-3 border-t border-line px-4 py-4">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <code className="font-mono text-base break-all">{inGroups(setup.secret)}</code>
          <CopyButton text={setup.secret} label="Copy key" />
        </div>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-1 text-sm">
          {facts.map(([name, value]) => (
            <div key={name} className="flex justify-between gap-2">
              <dt className="text-muted">{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}

type Props = { setup: Setup | undefined; expired: boolean; onNext: () => void; onAgain: () => void };

export function ScanStep({ setup, expired, onNext, onAgain }: Props) {
  if (expired) {
    const action = <Button onClick={onAgain}>{copy.scan.again}</Button>;
    return <Empty title={copy.scan.expired} body={copy.scan.expiredBody} action={action} />;
  }
  return (
    <div className="space-y-5">
      <div className="flex size-54 items-center justify-center overflow-hidden rounded-md ring-1 ring-line">
        <Suspense fallback={<Skeleton className="size-54" />}>
          {setup ? <Qr text={setup.otpauth_uri} label={copy.scan.label} /> : <Skeleton className="size-54" />}
        </Suspense>
      </div>
      {setup ? <Manual setup={setup} /> : <Skeleton className="h-12" />}
      <Button onClick={onNext} disabled={!setup}>
        {copy.scan.next}
      </Button>
    </div>
  );
}
