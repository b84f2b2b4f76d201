import { useMutation } from '@tanstack/react-query';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { Button, Card, CopyButton, ErrorPanel } from '../../components/ui';
import { copy } from './copy';
import { type Verdict, verify } from './queries';

const number = new Intl.NumberFormat('en');

/** Walks the hash chain of the log. */
export const useChain = () => useMutation({ mutationFn: verify });

type Walk = ReturnType<typeof useChain>;

export const ChainButton = ({ walk }: { walk: Walk }) => (
  <Button variant="outline" busy={walk.isPending} busyText={copy.chain.checking} onClick={() => walk.mutate()}>
    {copy.chain.check}
  </Button>
);

/** What the walk found. */
export function ChainVerdict({ walk }: { walk: Walk }) {
  if (walk.error) return <ErrorPanel error={walk.error} onRetry={() => walk.mutate()} />;
  return (
    <div role="status">
      {walk.data && (
        <Card>
          <Found verdict={walk.data} />
        </Card>
      )}
    </div>
  );
}

function Found({ verdict }: { verdict: Verdict }) {
  const fault = verdict.first_fault;
  if (!verdict.intact && fault) {
    return (
      <p className="flex items-start gap-2 font-medium text-bad">
        <ShieldAlert aria-hidden className="mt-0.5 size-5 shrink-0" />
        {copy.chain.broken(number.format(fault.seq))}. {copy.chain.flaws[fault.flaw]}
      </p>
    );
  }
  return (
    <div className="space-y-1">
      <p className="flex items-start gap-2 font-medium text-ok">
        <ShieldCheck aria-hidden className="mt-0.5 size-5 shrink-0" />
        {copy.chain.intact(number.format(verdict.verified_rows))}
      </p>
      <div className="flex flex-wrap items-center gap-2 text-sm text-muted">
        <span>{copy.chain.head}</span>
        <code className="font-mono break-all text-ink" title={verdict.head_hash}>
          {verdict.head_hash.slice(0, 16)}…
        </code>
        <CopyButton text={verdict.head_hash} />
      </div>
      <p className="text-sm text-muted">{copy.chain.note}</p>
    </div>
  );
}
