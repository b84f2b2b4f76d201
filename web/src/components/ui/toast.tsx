import { Toast } from '@base-ui/react/toast';
import clsx from 'clsx';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

type Tone = 'ok' | 'warn' | 'bad' | 'plain';

export type ToastOptions = {
  title: ReactNode;
  body?: ReactNode;
  tone?: Tone;
  action?: { label: string; onClick: () => void };
  seconds?: number;
};

const SECONDS = 6;
const manager = Toast.createToastManager<{ tone: Tone }>();

/** Says that something was done, beside the page. What must be read belongs on the page itself. */
export function toast({ title, body, tone = 'plain', action, seconds = SECONDS }: ToastOptions) {
  const id = manager.add({
    title,
    description: body,
    timeout: seconds * 1000,
    priority: tone === 'bad' ? 'high' : 'low',
    data: { tone },
    ...(action ? { actionProps: { children: action.label, onClick: act } } : {}),
  });
  function act() {
    manager.close(id);
    action?.onClick();
  }
}

const BARS: Record<Tone, string> = { ok: 'bg-bar-ok', warn: 'bg-bar-warn', bad: 'bg-bar-bad', plain: 'bg-line-strong' };

function List() {
  const { toasts } = Toast.useToastManager<{ tone: Tone }>();
  return toasts.map((each) => (
    <Toast.Root
      key={each.id}
      toast={each}
      className="popup relative flex items-start gap-3 overflow-hidden rounded-lg border border-line bg-surface py-3 pr-2 pl-5 shadow-xl"
    >
      <span aria-hidden className={clsx('absolute inset-y-0 left-0 w-1.5', BARS[each.data?.tone ?? 'plain'])} />
      <div className="min-w-0 flex-1 py-1">
        <Toast.Title className="text-sm font-medium" render={<p />} />
        <Toast.Description className="text-sm text-muted" />
      </div>
      <Toast.Action className="h-8 rounded-md px-2 text-sm font-medium text-brand hover:bg-raised" />
      <Toast.Close aria-label="Dismiss" className="grid size-8 place-items-center rounded-md text-muted hover:bg-raised">
        <X aria-hidden className="size-4" />
      </Toast.Close>
    </Toast.Root>
  ));
}

/** Where toasts appear; once, in the shell. */
export const Toasts = () => (
  <Toast.Provider toastManager={manager}>
    <Toast.Portal>
      <Toast.Viewport className="fixed inset-x-3 bottom-20 z-70 mx-auto flex max-w-sm flex-col gap-2 md:right-6 md:bottom-6 md:left-auto md:mx-0 md:w-96">
        <List />
      </Toast.Viewport>
    </Toast.Portal>
  </Toast.Provider>
);
