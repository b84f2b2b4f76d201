import { type ReactNode, useRef, useState } from 'react';
import { ApiProblem } from '../../api/problem';
import { Button } from './button';
import { Dialog } from './dialog';
import { ErrorPanel } from './error-panel';

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** What will happen. */
  body: ReactNode;
  confirmLabel: string;
  busyLabel?: string;
  tone?: 'danger' | 'plain';
  onConfirm: () => Promise<void>;
};

/** A step-up that was called off is a change of mind, no failure. */
const isFailure = (error: unknown) => !(error instanceof ApiProblem && error.code === 'reauthentication_required');

/** Asks before an act; the focus is on Cancel, and a refusal is shown where it was asked. */
export function ConfirmDialog({ open, onOpenChange, title, body, confirmLabel, busyLabel, tone, onConfirm }: Props) {
  const cancel = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  function change(next: boolean) {
    if (busy) return;
    setError(undefined);
    onOpenChange(next);
  }

  async function confirm() {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch (problem) {
      if (isFailure(problem)) setError(problem);
    } finally {
      setBusy(false);
    }
  }

  const footer = (
    <>
      <Button ref={cancel} variant="outline" onClick={() => change(false)}>
        Cancel
      </Button>
      <Button
        variant={tone === 'plain' ? 'solid' : 'danger'}
        busy={busy}
        busyText={busyLabel ?? confirmLabel}
        onClick={confirm}
      >
        {confirmLabel}
      </Button>
    </>
  );
  return (
    <Dialog open={open} onOpenChange={change} title={title} footer={footer} initialFocus={cancel}>
      <div className="text-muted">{body}</div>
      {error !== undefined && <ErrorPanel error={error} />}
    </Dialog>
  );
}
