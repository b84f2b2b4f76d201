import { Menu as Base } from '@base-ui/react/menu';
import clsx from 'clsx';
import type { ReactElement, ReactNode } from 'react';

export type MenuItem = {
  label: ReactNode;
  onSelect: () => void;
  /** Why it cannot be done now: the item stays readable and does nothing. */
  disabledReason?: string;
  tone?: 'danger' | 'plain';
  /** One of several that are mutually exclusive: whether it is the chosen one. */
  checked?: boolean;
};

type Props = { label: string; trigger: ReactElement; items: MenuItem[]; align?: 'start' | 'end'; side?: 'top' | 'bottom' };

const Item = ({ label, onSelect, disabledReason, tone, checked }: MenuItem) => (
  <Base.Item
    disabled={disabledReason !== undefined}
    onClick={onSelect}
    className={clsx(
      'flex min-h-9 cursor-default items-center gap-3 rounded-sm px-3 py-1.5 text-sm outline-none select-none data-highlighted:bg-raised',
      tone === 'danger' && !disabledReason && 'text-bad',
    )}
  >
    <span className="min-w-0 flex-1">
      <span className={clsx(disabledReason && 'text-muted')}>{label}</span>
      {disabledReason && <span className="block max-w-64 text-xs text-muted">{disabledReason}</span>}
    </span>
    {checked && <span className="text-xs text-muted">Chosen</span>}
  </Base.Item>
);

/** `trigger` is the element that opens it. */
export function Menu({ label, trigger, items, align = 'end', side = 'bottom' }: Props) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={6} className="z-50 outline-none">
          <Base.Popup
            aria-label={label}
            className="popup min-w-48 rounded-lg border border-line bg-surface p-1 text-ink shadow-xl outline-none"
          >
            {items.map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the items of a menu keep their places
              <Item key={index} {...item} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
