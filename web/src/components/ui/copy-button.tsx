import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { announce } from '../../lib/announce';
import { Button } from './button';

const SHOWN_MS = 2_000;

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setState('done');
      announce('Copied');
    } catch {
      setState('failed');
      announce('Could not copy');
    }
  }
  return (
    <Button variant="outline" size="sm" onClick={copy}>
      {state === 'done' ? <Check aria-hidden className="size-4" /> : <Copy aria-hidden className="size-4" />}
      {{ idle: label, done: 'Copied', failed: 'Could not copy' }[state]}
    </Button>
  );
}
