import { useId, useState } from 'react';
import { Button } from '../../components/ui';
import { CodeSheet } from './code-sheet';
import { copy } from './copy';

type Props = { codes: string[]; email: string; made: Date; finish: string; onFinish: () => void };

/** The codes and the tick without which nobody gets on. */
export function CodesStep({ codes, email, made, finish, onFinish }: Props) {
  const [saved, setSaved] = useState(false);
  const [asked, setAsked] = useState(false);
  const id = useId();
  const missing = asked && !saved;
  return (
    <div className="space-y-5">
      <CodeSheet codes={codes.map((code) => ({ code }))} email={email} made={made} />
      <div className="space-y-1">
        <label htmlFor={id} className="flex min-h-9 cursor-pointer items-center gap-3">
          <input
            id={id}
            type="checkbox"
            checked={saved}
            onChange={(event) => setSaved(event.target.checked)}
            aria-invalid={missing}
            aria-describedby={missing ? `${id}-missing` : undefined}
            className="size-5 accent-solid"
          />
          {copy.codes.saved}
        </label>
        {missing && (
          <p id={`${id}-missing`} role="alert" className="text-sm text-bad">
            {copy.codes.missing}
          </p>
        )}
      </div>
      <Button onClick={() => (saved ? onFinish() : setAsked(true))}>{finish}</Button>
    </div>
  );
}
