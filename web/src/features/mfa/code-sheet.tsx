import { Download, Printer } from 'lucide-react';
import { Button, CopyButton } from '../../components/ui';
import { fileName, fileText } from './backup-codes';
import { copy } from './copy';
import './print.css';

type Code = { code: string; used_at?: string | null };

function save(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Backup codes in two columns, with the ways to keep them. */
export function CodeSheet({ codes, email, made }: { codes: readonly Code[]; email: string; made: Date }) {
  const site = window.location.host;
  const unused = codes.filter((code) => !code.used_at).map(({ code }) => code);
  const download = () => save(fileName(site), fileText({ site, email, made, codes: unused }));
  return (
    <div className="print-sheet space-y-3">
      <p className="print-only">
        Voxgate backup codes · {site} · {email} · {made.toISOString().slice(0, 10)}
      </p>
      <ol className="grid grid-cols-1 gap-x-8 gap-y-2 rounded-lg border border-line bg-surface px-5 py-4 font-mono text-base min-[340px]:grid-cols-2">
        {codes.map(({ code, used_at }) => (
          <li key={code} className="flex items-baseline gap-2">
            {used_at ? <s className="text-muted">{code}</s> : <span>{code}</span>}
            {used_at && <span className="font-sans text-xs text-muted">{copy.sheet.used}</span>}
          </li>
        ))}
      </ol>
      <div className="no-print flex flex-wrap gap-2">
        <Button variant="outline" size="sm" onClick={download}>
          <Download aria-hidden className="size-4" /> {copy.sheet.download}
        </Button>
        <Button variant="outline" size="sm" onClick={() => window.print()}>
          <Printer aria-hidden className="size-4" /> {copy.sheet.print}
        </Button>
        <CopyButton text={unused.join('\n')} label={copy.sheet.copy} />
      </div>
    </div>
  );
}
