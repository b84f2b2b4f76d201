import { type KeyboardEvent, memo, type PointerEvent, useState } from 'react';
import { Button, Card, Table, Td, Th } from '../../components/ui';
import { clock, number } from '../../lib/format';
import type { Bucket, Summary } from './buckets';
import { copy } from './copy';
import type { DeskStore } from './desk-store';
import { bandOf, barAt, barsOf, HEIGHT, LINE, STEP, scaleOf } from './pulse-geometry';
import { useDeskPart } from './use-desk';

const words = (bucket: Bucket) =>
  copy.pulse.bar(clock(new Date(bucket.at)), number(bucket.passed), number(bucket.failed), number(bucket.blocked));

type Drawn = { buckets: readonly Bucket[]; usual: Summary['usual']; read: number | undefined };

/** Bars above the line for passed, below for failed and blocked; the pale bands are what is usual. */
const Chart = memo(function Chart({ buckets, usual, read }: Drawn) {
  const scale = scaleOf(buckets, usual);
  const width = buckets.length * STEP;
  const band = bandOf(usual, scale);
  return (
    <svg aria-hidden="true" viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" className="h-36 w-full">
      {band.up > 0 && <rect x={0} width={width} y={LINE - band.up} height={band.up} className="fill-raised" />}
      {band.down > 0 && <rect x={0} width={width} y={LINE + 1} height={band.down} className="fill-raised" />}
      {barsOf(buckets, scale).map(({ x, width: wide, up, failed, blocked }, index) => (
        <g key={buckets[index]?.at} opacity={read === undefined || read === index ? 1 : 0.45}>
          {up > 0 && <rect x={x} width={wide} y={LINE - up} height={up} className="fill-bar-ok" />}
          {failed > 0 && <rect x={x} width={wide} y={LINE + 1} height={failed} className="fill-bar-warn" />}
          {blocked > 0 && <rect x={x} width={wide} y={LINE + 1 + failed} height={blocked} className="fill-bar-bad" />}
        </g>
      ))}
      <line x1={0} x2={width} y1={LINE} y2={LINE} className="stroke-line-strong" vectorEffect="non-scaling-stroke" />
    </svg>
  );
});

function Numbers({ buckets }: { buckets: readonly Bucket[] }) {
  const { columns } = copy.pulse;
  return (
    <div className="max-h-72 overflow-y-auto">
      <Table label={copy.pulse.title}>
        <thead>
          <tr>
            <Th>{columns.at}</Th>
            <Th>{columns.passed}</Th>
            <Th>{columns.failed}</Th>
            <Th>{columns.blocked}</Th>
          </tr>
        </thead>
        <tbody>
          {[...buckets].reverse().map((bucket) => (
            <tr key={bucket.at}>
              <Td className="font-mono text-xs">{clock(new Date(bucket.at))}</Td>
              <Td>{number(bucket.passed)}</Td>
              <Td>{number(bucket.failed)}</Td>
              <Td>{number(bucket.blocked)}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

export function Pulse({ store, summary }: { store: DeskStore; summary: Summary | undefined }) {
  const buckets = useDeskPart(store, (desk) => desk.buckets);
  const [asTable, setAsTable] = useState(false);
  const [read, setRead] = useState<number>();
  const last = buckets.length - 1;
  const bucket = buckets[Math.min(read ?? last, last)];

  function typed(event: KeyboardEvent) {
    const moves: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -last, End: last };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    setRead(Math.min(last, Math.max(0, (read ?? last) + move)));
  }

  function pointed(event: PointerEvent<HTMLDivElement>) {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setRead(barAt(((event.clientX - left) / width) * buckets.length * STEP, buckets.length));
  }

  const toggle = (
    <Button variant="outline" size="sm" onClick={() => setAsTable(!asTable)}>
      {asTable ? copy.pulse.chart : copy.pulse.table}
    </Button>
  );
  return (
    <Card title={copy.pulse.title} description={copy.pulse.lead} actions={toggle}>
      {asTable ? (
        <Numbers buckets={buckets} />
      ) : (
        <div className="space-y-2">
          <div
            role="slider"
            tabIndex={0}
            aria-label={copy.pulse.label}
            aria-valuemin={0}
            aria-valuemax={Math.max(0, last)}
            aria-valuenow={Math.max(0, Math.min(read ?? last, last))}
            aria-valuetext={bucket ? words(bucket) : ''}
            onKeyDown={typed}
            onPointerMove={pointed}
            onPointerLeave={() => setRead(undefined)}
            onBlur={() => setRead(undefined)}
            className="min-h-36 rounded-md"
          >
            <Chart buckets={buckets} usual={summary?.usual ?? null} read={read} />
          </div>
          <p className="font-mono text-xs text-muted">{bucket ? words(bucket) : '\u00a0'}</p>
        </div>
      )}
    </Card>
  );
}
