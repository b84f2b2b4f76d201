import clsx from 'clsx';
import { Ban, Check, Dot, X } from 'lucide-react';
import type { Outcome } from '../lib/describe-event';

const GLYPHS: Record<Outcome, { Icon: typeof Check; tone: string }> = {
  passed: { Icon: Check, tone: 'text-ok' },
  failed: { Icon: X, tone: 'text-warn' },
  blocked: { Icon: Ban, tone: 'text-bad' },
  plain: { Icon: Dot, tone: 'text-muted' },
};

/** How an event ended, by shape and not by colour alone. */
export function EventGlyph({ outcome }: { outcome: Outcome }) {
  const { Icon, tone } = GLYPHS[outcome];
  return <Icon aria-hidden className={clsx('size-4 self-center', tone)} strokeWidth={2.25} />;
}
