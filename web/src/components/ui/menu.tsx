import { cloneElement, type KeyboardEvent, type ReactElement, type ReactNode, useRef, useState } from 'react';
import { MenuList } from './menu-list';

export type MenuItem = {
  label: ReactNode;
  onSelect: () => void;
  /** Why it cannot be done now: the item stays readable and does nothing. */
  disabledReason?: string;
  tone?: 'danger' | 'plain';
  /** For choices of which one holds: whether it is this one. */
  checked?: boolean;
};

export type MenuProps = {
  label: string;
  /** The button that opens it. */
  trigger: ReactElement<Record<string, unknown>>;
  items: MenuItem[];
  align?: 'start' | 'end';
  side?: 'top' | 'bottom';
};

export function Menu({ label, trigger, items, align = 'end', side = 'bottom' }: MenuProps) {
  const anchor = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);

  function typed(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    setOpen(true);
  }

  function close(refocus: boolean) {
    setOpen(false);
    if (refocus) anchor.current?.focus();
  }

  return (
    <>
      {cloneElement(trigger, {
        ref: anchor,
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        onClick: () => setOpen(!open),
        onKeyDown: typed,
      })}
      {open && <MenuList {...{ label, items, align, side, anchor }} onClose={close} />}
    </>
  );
}
