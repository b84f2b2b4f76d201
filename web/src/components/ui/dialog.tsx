import { Dialog as Base } from '@base-ui/react/dialog';
import clsx from 'clsx';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { stepUp } from '../../api/step-up';

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  /** Wide enough for a table. */
  wide?: boolean;
  initialFocus?: RefObject<HTMLElement | null>;
  /** The dialog that proves who somebody is lies over any other. */
  top?: boolean;
};

export function Dialog({ open, onOpenChange, title, description, children, footer, wide, initialFocus, top }: DialogProps) {
  return (
    <Base.Root
      open={open}
      onOpenChange={(next, details) => {
        // A press into the step-up dialog above is not a press beside this one.
        if (!next && !top && stepUp.get()) return details.cancel();
        onOpenChange(next);
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={clsx('popup fixed inset-0 bg-black/45', top ? 'z-60' : 'z-40')} />
        <Base.Popup
          {...(initialFocus ? { initialFocus } : {})}
          className={clsx(
            'popup fixed inset-x-3 top-1/2 mx-auto flex max-h-[calc(100dvh-1.5rem)] -translate-y-1/2 flex-col rounded-lg border border-line bg-surface text-ink shadow-2xl outline-none',
            wide ? 'max-w-3xl' : 'max-w-lg',
            top ? 'z-60' : 'z-40',
          )}
        >
          <header className="flex items-start gap-4 px-6 pt-5 pb-1">
            <Base.Title className="flex-1 text-lg font-semibold">{title}</Base.Title>
            <Base.Close
              aria-label="Close"
              className="-mt-1 -mr-2 grid size-9 place-items-center rounded-md text-muted hover:bg-raised hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 space-y-4 overflow-y-auto px-6 pb-6">
            {description && <Base.Description className="text-muted">{description}</Base.Description>}
            {children}
          </div>
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-6 py-4">{footer}</footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
