/** A sign-in that waits for its second step. In memory alone: a reload begins anew. */
import { createStore, useStore } from '../../lib/store';

export type Pending = { token: string; email: string; next: string; endsAt: number };

const pending = createStore<Pending | undefined>(undefined);

export const setPending = pending.set;
export const usePending = () => useStore(pending);
