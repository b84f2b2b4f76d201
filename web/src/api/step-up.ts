/** Sensitive acts ask for a proof of identity; a dialog of the shell gives it, then the act goes on by itself. */
import { createStore } from '../lib/store';

type Asked = { settle: (proved: boolean) => void };

export const stepUp = createStore<Asked | undefined>(undefined);

let asking: Promise<boolean> | undefined;

/** Asks once, however many acts wait for it. `false`: called off. */
export function proveAgain(): Promise<boolean> {
  asking ??= new Promise<boolean>((resolve) => {
    stepUp.set({ settle: resolve });
  }).finally(() => {
    asking = undefined;
    stepUp.set(undefined);
  });
  return asking;
}
