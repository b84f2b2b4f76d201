import clsx from 'clsx';
import { X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef } from 'react';
import { createPortal } from 'react-dom';

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  /** Wide enough for a table. */
  wide?: boolean;
  /** Where the focus begins; without it the first control. */
  initialFocus?: RefObject<HTMLElement | null>;
};

/** Opens the browser's own modal dialog: it holds the focus, makes the rest inert and lies over everything. */
function useModal(initialFocus: RefObject<HTMLElement | null> | undefined) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opened = dialog.current;
    const before = document.activeElement;
    opened?.showModal();
    initialFocus?.current?.focus();
    return () => {
      opened?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, [initialFocus]);
  return dialog;
}

function Modal({ onOpenChange, title, description, children, footer, wide, initialFocus }: DialogProps) {
  const dialog = useModal(initialFocus);
  const pressed = useRef<EventTarget>(null);
  const id = useId();

  /** Escape asks, like every other way out; whether the dialog goes is decided outside. */
  function typed(event: KeyboardEvent) {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    onOpenChange(false);
  }

  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      aria-describedby={description ? `${id}-what` : undefined}
      onKeyDown={typed}
      onPointerDown={(event) => {
        pressed.current = event.target;
      }}
      // Beside the dialog, from press to release: text that is marked beyond the edge closes nothing.
      onClick={({ target }) => {
        if (target === dialog.current && pressed.current === target) onOpenChange(false);
      }}
      onCancel={(event) => event.target === dialog.current && event.preventDefault()}
      className={clsx('modal', wide ? 'max-w-3xl' : 'max-w-lg')}
    >
      <div className="flex max-h-[calc(100dvh-1.5rem)] flex-col">
        <header className="flex items-start gap-4 px-6 pt-5 pb-1">
          <h2 id={id} className="flex-1 text-lg font-semibold">
            {title}
          </h2>
          <button
            type="button"
            aria-label="Close"
            onClick={() => onOpenChange(false)}
            className="-mt-1 -mr-2 grid size-9 shrink-0 place-items-center rounded-md text-muted hover:bg-raised hover:text-ink"
          >
            <X aria-hidden className="size-4" />
          </button>
        </header>
        <div className="relative min-h-0 flex-1 space-y-4 overflow-y-auto px-6 pt-1 pb-6">
          {description && (
            <p id={`${id}-what`} className="text-muted">
              {description}
            </p>
          )}
          {children}
        </div>
        {footer && (
          <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-6 py-4">{footer}</footer>
        )}
      </div>
    </dialog>
  );
}

export const Dialog = (props: DialogProps) => (props.open ? createPortal(<Modal {...props} />, document.body) : null);
