/** What an Admin called expected, on this device: an alert comes back when it happens again. */
import { remembered } from '../../lib/remembered';
import { useStore } from '../../lib/store';

const KEPT = 200;

type Expected = Readonly<Record<string, number>>;

function parse(text: string | null): Expected {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(Object.entries(parsed).filter(([, seq]) => typeof seq === 'number'));
  } catch {
    return {};
  }
}

const store = remembered<Expected>('voxgate-expected', parse, JSON.stringify);

export const useExpected = () => useStore(store);

export function expect(key: string, seq: number) {
  const { [key]: _, ...others } = store.get();
  store.set(Object.fromEntries([...Object.entries(others), [key, seq] as const].slice(-KEPT)));
}
