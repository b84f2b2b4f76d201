import { useBlocker } from '@tanstack/react-router';
import { ConfirmDialog } from './ui';

type Props = {
  /** Whether something would be lost. */
  active: boolean;
  words: { title: string; body: string; confirm: string };
};

/** Asks once before a page is left, whether by a link, Back or by closing the tab. */
export function LeaveGuard({ active, words }: Props) {
  const blocker = useBlocker({
    shouldBlockFn: () => active,
    enableBeforeUnload: () => active,
    disabled: !active,
    withResolver: true,
  });
  const blocked = blocker.status === 'blocked';
  return (
    <ConfirmDialog
      open={blocked}
      onOpenChange={(open) => !open && blocked && blocker.reset()}
      title={words.title}
      body={words.body}
      confirmLabel={words.confirm}
      tone="danger"
      onConfirm={async () => blocker.proceed?.()}
    />
  );
}
