import { createStore, type Store } from './store';

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, text: string | null) {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // It holds for this page then.
  }
}

/** A store that outlives the page, in this browser. `write` answers `null` for a value that need not be kept. */
export function remembered<T>(
  key: string,
  read: (text: string | null) => T,
  write: (value: T) => string | null,
): Store<T> {
  const store = createStore(read(kept(key)));
  const set = (value: T) => {
    store.set(value);
    keep(key, write(value));
  };
  return { ...store, set };
}

/** On or off; `byDefault` until somebody chose. */
export const rememberedSwitch = (key: string, byDefault: boolean): Store<boolean> =>
  remembered(
    key,
    (text) => (byDefault ? text !== 'off' : text === 'on'),
    (on) => (on ? 'on' : 'off'),
  );
