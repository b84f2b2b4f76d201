import { useEffect, useRef } from 'react';
import { rememberedSwitch } from './remembered';
import { useStore } from './store';

/** Whether single keys do something (WCAG 2.1.4: they can be switched off). */
export const shortcutsOn = rememberedSwitch('voxgate-shortcuts', true);

export const useShortcutsOn = () => useStore(shortcutsOn);

export const setShortcuts = shortcutsOn.set;

const SEQUENCE_MS = 1_000;

/** Letters typed into a field are text; keys in an open dialog are the dialog's. */
function busy({ target }: KeyboardEvent) {
  if (document.querySelector('dialog[open],[role="menu"]')) return true;
  return target instanceof Element && target.closest('input,textarea,select,[contenteditable="true"]') !== null;
}

/** `keys`: one key (`p`, `/`) or two in a row (`g d`). */
export function useShortcut(keys: string, fn: () => void, enabled = true) {
  const on = useShortcutsOn() && enabled;
  const act = useRef(fn);
  act.current = fn;
  useEffect(() => {
    if (!on) return;
    const wanted = keys.toLowerCase().split(' ');
    let [next, typedAt] = [0, 0];
    function typed(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || busy(event)) return;
      if (Date.now() - typedAt > SEQUENCE_MS) next = 0;
      typedAt = Date.now();
      next = event.key.toLowerCase() === wanted[next] ? next + 1 : Number(event.key.toLowerCase() === wanted[0]);
      if (next < wanted.length) return;
      next = 0;
      event.preventDefault();
      act.current();
    }
    document.addEventListener('keydown', typed);
    return () => document.removeEventListener('keydown', typed);
  }, [keys, on]);
}
