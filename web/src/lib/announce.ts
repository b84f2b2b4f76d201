/** One polite region for all that happens outside of where somebody reads. */
import { createStore } from './store';

export const announced = createStore('');

/** Says it once; the same words a second time are said again. */
export function announce(text: string) {
  announced.set(announced.get() === text ? `${text}\u00a0` : text);
}
