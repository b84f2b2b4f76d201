import { useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../../api/client';
import { Button, CodeField } from '../../components/ui';
import { problemText } from '../../lib/refusals';
import { copy } from './copy';

type Props = {
  enable: (code: string) => Promise<{ backup_codes: string[] }>;
  onDone: (codes: string[]) => void;
  onBack: () => void;
  onExpired: () => void;
};

function inWords(error: unknown): string {
  const wrong = error instanceof ApiProblem && error.code === 'invalid_code';
  return wrong ? copy.verify.wrong : problemText(error);
}

export function VerifyStep({ enable, onDone, onBack, onExpired }: Props) {
  const [code, setCode] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => form.current?.querySelector('input')?.focus(), []);

  async function send(entered: string) {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const answer = await enable(entered);
      onDone(answer.backup_codes);
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.code === 'enrollment_not_started') return onExpired();
      setError(inWords(problem));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      ref={form}
      className="space-y-5"
      onSubmit={(event) => {
        event.preventDefault();
        void send(code);
      }}
    >
      <CodeField
        label={copy.verify.label}
        value={code}
        onChange={setCode}
        onComplete={(entered: string) => void send(entered)}
        error={error}
      />
      <div className="flex gap-2">
        <Button type="submit" busy={busy} busyText={copy.verify.busy}>
          {copy.verify.next}
        </Button>
        <Button type="button" variant="ghost" onClick={onBack}>
          {copy.verify.back}
        </Button>
      </div>
    </form>
  );
}
