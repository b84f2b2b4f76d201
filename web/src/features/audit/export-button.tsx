import { Download } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button, Menu, toast } from '../../components/ui';
import { problemText } from '../../lib/refusals';
import { copy } from './copy';
import { exported, type Wanted } from './queries';
import { saveStream, size } from './save-stream';

type Format = 'csv' | 'ndjson';

const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' };

/** Takes what the filter shows away as a file. */
export function ExportButton({ wanted }: { wanted: Wanted | undefined }) {
  const [bytes, setBytes] = useState<number>();
  const running = useRef<AbortController>(null);

  async function save(format: Format) {
    if (!wanted) return;
    const abort = new AbortController();
    running.current = abort;
    setBytes(0);
    try {
      const stream = await exported(wanted, format, abort.signal);
      const name = `voxgate-audit-${new Date().toISOString().slice(0, 10)}.${format}`;
      await saveStream(stream, name, TYPES[format], setBytes);
      toast({ title: copy.export.done, body: copy.export.doneBody, tone: 'ok' });
    } catch (error) {
      if (abort.signal.aborted) return;
      toast({ title: copy.export.failed, body: problemText(error), tone: 'bad' });
    } finally {
      setBytes(undefined);
    }
  }

  if (bytes !== undefined) {
    return (
      <span className="flex items-center gap-2">
        <span role="status" className="text-sm text-muted tabular-nums">
          {copy.export.running(size(bytes))}
        </span>
        <Button variant="outline" onClick={() => running.current?.abort()}>
          {copy.export.stop}
        </Button>
      </span>
    );
  }
  const reason = wanted ? {} : { disabledReason: copy.export.badFilter };
  return (
    <Menu
      label={copy.export.open}
      trigger={
        <Button variant="outline">
          <Download aria-hidden className="size-4" /> {copy.export.open}
        </Button>
      }
      items={[
        { label: copy.export.csv, onSelect: () => void save('csv'), ...reason },
        { label: copy.export.ndjson, onSelect: () => void save('ndjson'), ...reason },
      ]}
    />
  );
}
