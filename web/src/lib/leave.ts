/** The way out: once, in every tab, and with nothing left in memory. */
import { hear, tell } from './tabs';

export const REASONS = ['revoked', 'expired', 'signed_out', 'deactivated', 'password_changed'] as const;
export type Reason = (typeof REASONS)[number];

export const isReason = (text: unknown): text is Reason => REASONS.includes(text as Reason);

let leaving = false;
/** The reason somebody gave in this browser; the server only says that the session was ended. */
let given: Reason | undefined;

/** A session that ran out goes on where it was; one that was ended begins anew. */
function target(reason: Reason) {
  const { pathname, search } = window.location;
  const here = reason === 'expired' && pathname.startsWith('/app/') ? pathname + search : '';
  return `/login?reason=${reason}${here ? `&next=${encodeURIComponent(here)}` : ''}`;
}

let drop: (reason: Reason | undefined) => void = () => undefined;

/** `fn` takes everything of the session off the screen and out of the caches; the page that follows is still on its way. */
export function onLeave(fn: (reason: Reason | undefined) => void) {
  drop = fn;
}

/** Several things may say at once that the session is over; only the first counts. */
function go(path: string, reason?: Reason) {
  if (leaving) return false;
  leaving = true;
  drop(reason);
  // A full load: it drops all that was in memory, and Back finds no data.
  window.location.replace(path);
  return true;
}

/** Ends what this browser shows of the session, in all its tabs. */
export function leave(reason: Reason) {
  const why = given ?? reason;
  if (go(target(why), why)) tell({ kind: 'left', reason: why });
}

function give(reason: Reason | undefined) {
  given = reason;
  tell({ kind: 'leaving', reason });
}

/** Leaves after `work` has ended the session: its end may be heard on the live channel before `work` is done. */
export async function leaveAfter(reason: Reason, work: () => Promise<unknown>) {
  give(reason);
  try {
    await work();
  } catch (error) {
    give(undefined);
    throw error;
  }
  leave(reason);
}

/** Whether this tab is on its way out. */
export const isLeaving = () => leaving;

/** Follows the other tabs out, or to the person who signed in there. */
export const followTabs = () =>
  hear((word) => {
    if (word.kind === 'leaving') given = isReason(word.reason) ? word.reason : undefined;
    if (word.kind === 'left') {
      const reason = isReason(word.reason) ? word.reason : 'expired';
      go(target(reason), reason);
    }
    if (word.kind === 'arrived') go('/app');
  });
