import { useState } from 'react';
import { Button, Dialog, Time } from '../../components/ui';
import { CodeSheet } from './code-sheet';
import { CodesStep } from './codes-step';
import { copy } from './copy';

export type Shown = {
  title: string;
  codes: { code: string; used_at?: string | null }[];
  made: Date;
  /** Just made: not closed before they are saved. */
  fresh: boolean;
};

type Props = { shown: Shown | undefined; email: string; onClose: () => void };

/** The codes of an account, seen again or just made. */
export function CodesDialog({ shown, email, onClose }: Props) {
  const [last, setLast] = useState(shown);
  if (shown && shown !== last) setLast(shown);
  const sheet = shown ?? last;
  if (!sheet) return null;
  const left = sheet.codes.filter((code) => !code.used_at).length;
  const close = (open: boolean) => {
    if (!open && !sheet.fresh) onClose();
  };
  return (
    <Dialog
      open={shown !== undefined}
      onOpenChange={close}
      title={sheet.title}
      description={
        <>
          {copy.card.left(left, sheet.codes.length)}. {left <= 2 && copy.card.few} {copy.view.made}{' '}
          <Time at={sheet.made.toISOString()} />.
        </>
      }
      footer={sheet.fresh ? undefined : <Button onClick={onClose}>{copy.view.close}</Button>}
    >
      {sheet.fresh ? (
        <CodesStep
          codes={sheet.codes.map(({ code }) => code)}
          email={email}
          made={sheet.made}
          finish={copy.view.done}
          onFinish={onClose}
        />
      ) : (
        <CodeSheet codes={sheet.codes} email={email} made={sheet.made} />
      )}
    </Dialog>
  );
}
