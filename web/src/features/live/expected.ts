/** What an Admin called expected, on this device: an alert comes back when it happens again. */
import { createStore, useStore } from '../../lib/store';

const KEY = 'voxgate-expected';
const KEPT = 200;

type Expected = Readonly<Record<string, number>>;

function stored(): Expected {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(Object.entries(parsed).filter(([, seq]) => typeof seq === 'number'));
  } catch {
    return {};
  }
}

const store = createStore<Expected>(stored());

export const useExpected = () => useStore(store);

export function expect(key: string, seq: number) {
  const { [key]: _, ...others } = store.get();
  const entries = [...Object.entries(others), [key, seq] as const].slice(-KEPT);
  store.set(Object.fromEntries(entries));
  try {
    localStorage.setItem(KEY, JSON.stringify(store.get()));
  } catch {
    // It holds for this page then.
  }
}
