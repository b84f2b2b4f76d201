/** One exchange of the refresh cookie at a time, for all tabs of this browser. */
import { leave } from '../lib/leave';
import { problemOf } from './problem';

const LOCK = 'voxgate-renew';
/** When this browser last renewed: a time, no secret. */
const RENEWED = 'voxgate-renewed-at';

export const WEB = { 'X-Voxgate-Client': 'web' };

export function renewedAt(): number {
  try {
    return Number(localStorage.getItem(RENEWED)) || 0;
  } catch {
    return 0;
  }
}

/** A fresh access cookie just came with a sign-in or a renewal. */
export function noteRenewal() {
  try {
    localStorage.setItem(RENEWED, String(Date.now()));
  } catch {
    // Without storage each tab renews for itself; the server answers the second within its grace.
  }
}

/** 409: another tab exchanged the token and its cookies are newer than ours were. */
const goesOn = (response: Response) => response.ok || response.status === 409;

async function exchange(): Promise<boolean> {
  const response = await fetch('/api/auth/refresh', { method: 'POST', headers: WEB });
  if (goesOn(response)) {
    noteRenewal();
    return true;
  }
  const problem = await problemOf(response);
  // Too many tries or a server in trouble say nothing about the session.
  if (problem.status !== 401 && problem.status !== 400) throw problem;
  leave(problem.code === 'session_revoked' ? 'revoked' : 'expired');
  return false;
}

const alone = (work: () => Promise<boolean>): Promise<boolean> =>
  navigator.locks ? navigator.locks.request(LOCK, work) : work();

let running: Promise<boolean> | undefined;

/** Renews, unless a tab has since `noticed`. `false`: there is nothing to renew, and this tab is leaving. */
export function renew(noticed = Date.now()): Promise<boolean> {
  running ??= alone(async () => renewedAt() > noticed || exchange()).finally(() => {
    running = undefined;
  });
  return running;
}
