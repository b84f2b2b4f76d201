import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const replace = vi.fn<(url: string | URL) => void>();
let session: typeof import('../../src/lib/leave');
/** Another tab of the same browser. */
let other: BroadcastChannel;

beforeEach(async () => {
  vi.resetModules();
  replace.mockReset();
  vi.spyOn(window.location, 'replace').mockImplementation(replace);
  window.history.replaceState(null, '', '/app/people?q=uma');
  session = await import('../../src/lib/leave');
  other = new BroadcastChannel('voxgate');
});
afterEach(() => other.close());

const heardByOther = () =>
  new Promise((resolve) => {
    other.onmessage = ({ data }) => resolve(data);
  });

it('leaves once, though the frame, the close code and the API all say so', async () => {
  const heard = heardByOther();
  session.leave('revoked');
  session.leave('revoked');
  session.leave('expired');
  expect(replace).toHaveBeenCalledExactlyOnceWith('/login?reason=revoked');
  expect(session.isLeaving()).toBe(true);
  expect(await heard).toEqual({ kind: 'left', reason: 'revoked' });
});

it('takes everything off the screen before the other page is on its way, once', () => {
  const order: string[] = [];
  session.onLeave((reason) => order.push(`dropped ${reason}`));
  replace.mockImplementation(() => order.push('replaced'));
  session.leave('revoked');
  session.leave('revoked');
  expect(order).toEqual(['dropped revoked', 'replaced']);
});

it('remembers where somebody was when the session ran out', () => {
  session.leave('expired');
  expect(replace).toHaveBeenCalledExactlyOnceWith('/login?reason=expired&next=%2Fapp%2Fpeople%3Fq%3Duma');
});

it('follows another tab out, without telling it again', async () => {
  const told = vi.fn();
  other.onmessage = told;
  const stop = session.followTabs();
  other.postMessage({ kind: 'left', reason: 'signed_out' });
  await vi.waitFor(() => expect(replace).toHaveBeenCalledExactlyOnceWith('/login?reason=signed_out'));
  expect(told).not.toHaveBeenCalled();
  stop();
});

it('shows what is now signed in when somebody signs in elsewhere', async () => {
  const stop = session.followTabs();
  other.postMessage({ kind: 'arrived' });
  await vi.waitFor(() => expect(replace).toHaveBeenCalledExactlyOnceWith('/app'));
  stop();
});

it('takes no reason that is not on the list', async () => {
  const stop = session.followTabs();
  other.postMessage({ kind: 'left', reason: '//evil.example' });
  await vi.waitFor(() => expect(String(replace.mock.calls[0]?.[0])).toMatch(/^\/login\?reason=expired&/));
  stop();
});

it('says that somebody signed out, though the live channel calls every end a revocation', async () => {
  const stop = session.followTabs();
  const { hear } = await import('../../src/lib/tabs');
  const heard = new Promise((resolve) => hear(resolve));
  other.postMessage({ kind: 'leaving', reason: 'signed_out' });
  await heard;
  session.leave('revoked');
  expect(replace).toHaveBeenCalledExactlyOnceWith('/login?reason=signed_out');
  stop();
});

it('keeps the reason that was given while the session ends, and forgets it if that fails', async () => {
  await session.leaveAfter('signed_out', async () => session.leave('revoked'));
  expect(replace).toHaveBeenCalledExactlyOnceWith('/login?reason=signed_out');
});

it('stays when signing out did not work', async () => {
  const offline = new TypeError('offline');
  await expect(session.leaveAfter('signed_out', () => Promise.reject(offline))).rejects.toBe(offline);
  expect(replace).not.toHaveBeenCalled();
  session.leave('revoked');
  expect(replace).toHaveBeenCalledExactlyOnceWith('/login?reason=revoked');
});
