import clsx from 'clsx';
import { Check } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import type { MenuItem, MenuProps } from './menu';

const [GAP, EDGE] = [6, 8];

type Props = Required<Omit<MenuProps, 'trigger'>> & {
  anchor: RefObject<HTMLElement | null>;
  /** `refocus`: the focus goes back to the button. */
  onClose: (refocus: boolean) => void;
};

/** Beside the button, on the wished side if there is room, and never beyond the window. */
function place(list: HTMLElement, button: HTMLElement, { align, side }: Pick<Props, 'align' | 'side'>) {
  const [from, size] = [button.getBoundingClientRect(), list.getBoundingClientRect()];
  const [above, below] = [from.top - GAP - size.height, from.bottom + GAP];
  const fits = side === 'top' ? above >= 0 : below + size.height > window.innerHeight && above >= 0;
  const left = align === 'end' ? from.right - size.width : from.left;
  list.style.top = `${fits ? above : below}px`;
  list.style.left = `${Math.max(EDGE, Math.min(left, window.innerWidth - size.width - EDGE))}px`;
}

/** Where a key leads from one of `count` items. */
function step(key: string, at: number, count: number): number | undefined {
  if (key === 'ArrowDown') return (at + 1) % count;
  if (key === 'ArrowUp') return (at - 1 + count) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}

const Item = ({ item, onChoose }: { item: MenuItem; onChoose: () => void }) => (
  <button
    type="button"
    tabIndex={-1}
    {...(item.checked === undefined ? { role: 'menuitem' } : { role: 'menuitemradio', 'aria-checked': item.checked })}
    aria-disabled={item.disabledReason !== undefined || undefined}
    onClick={() => item.disabledReason === undefined && onChoose()}
    onPointerMove={({ currentTarget }) => currentTarget.focus({ preventScroll: true })}
    className={clsx(
      'flex min-h-9 w-full items-center gap-3 rounded-sm px-3 py-1.5 text-left text-sm outline-none focus:bg-raised',
      item.tone === 'danger' && !item.disabledReason && 'text-bad',
    )}
  >
    <span className="min-w-0 flex-1">
      <span className={clsx(item.disabledReason && 'text-muted')}>{item.label}</span>
      {item.disabledReason && <span className="block max-w-64 text-xs text-muted">{item.disabledReason}</span>}
    </span>
    {item.checked && <Check aria-hidden className="size-4" />}
  </button>
);

/** An open menu, in the browser's top layer: over dialogs too, and cut off by nothing. */
export function MenuList({ label, items, align, side, anchor, onClose }: Props) {
  const list = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const [opened, button] = [list.current, anchor.current];
    if (!opened || !button) return;
    opened.showPopover?.();
    place(opened, button, { align, side });
    opened.querySelector('button')?.focus({ preventScroll: true });
  }, [align, side, anchor]);

  useEffect(() => {
    function pressed({ target }: Event) {
      const inside = target instanceof Node && (list.current?.contains(target) || anchor.current?.contains(target));
      if (!inside) onClose(false);
    }
    const moved = (event: Event) => event.target !== list.current && onClose(false);
    document.addEventListener('pointerdown', pressed);
    window.addEventListener('scroll', moved, true);
    window.addEventListener('resize', moved);
    return () => {
      document.removeEventListener('pointerdown', pressed);
      window.removeEventListener('scroll', moved, true);
      window.removeEventListener('resize', moved);
    };
  });

  function typed(event: KeyboardEvent) {
    if (event.key === 'Tab') return onClose(true);
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const next = step(event.key, buttons.indexOf(document.activeElement as HTMLButtonElement), buttons.length);
    if (next === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (next === undefined) onClose(true);
    else buttons[next]?.focus();
  }

  return (
    <div
      ref={list}
      popover="manual"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={typed}
      className="popup fixed inset-auto m-0 max-h-[calc(100dvh-1rem)] min-w-48 overflow-y-auto rounded-lg border border-line bg-surface p-1 text-ink shadow-xl"
    >
      {items.map((item, index) => (
        <Item
          // biome-ignore lint/suspicious/noArrayIndexKey: the items of an open menu keep their places
          key={index}
          item={item}
          onChoose={() => {
            onClose(true);
            item.onSelect();
          }}
        />
      ))}
    </div>
  );
}
