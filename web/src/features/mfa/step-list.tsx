import clsx from 'clsx';
import { Check } from 'lucide-react';
import { copy } from './copy';

export type StepName = 'scan' | 'verify' | 'codes';

const STEPS: readonly StepName[] = ['scan', 'verify', 'codes'];

/** Where one is among the three steps. */
export function StepList({ now }: { now: StepName }) {
  const at = STEPS.indexOf(now);
  return (
    <ol className="flex items-center gap-2 text-sm sm:gap-3">
      {STEPS.map((step, index) => (
        <li key={step} aria-current={index === at ? 'step' : undefined} className="flex items-center gap-2 sm:gap-3">
          {index > 0 && <span aria-hidden className="h-px w-4 bg-line-strong sm:w-8" />}
          <span
            aria-hidden
            className={clsx(
              'flex size-6 shrink-0 items-center justify-center rounded-full border font-mono text-xs tabular-nums',
              index <= at ? 'border-solid bg-solid text-on-solid' : 'border-line-strong text-muted',
            )}
          >
            {index < at ? <Check className="size-3.5" /> : index + 1}
          </span>
          <span className={index === at ? 'font-medium' : 'text-muted'}>
            {copy.steps[step]}
            {index < at && <span className="sr-only">, done</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
