import type { Page, Route } from '@playwright/test';

/** The moment at which all pictures are taken. */
export const NOON = Date.parse('2026-03-02T12:00:00Z');
const MINUTE = 60_000;
const ago = (minutes: number) => new Date(NOON - minutes * MINUTE).toISOString();
const id = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const PHONE = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';
const PROGRAM = 'telephony-sync/2.4';

const person = (n: number, full_name: string, role: string, rest: object = {}) => ({
  id: id(n),
  full_name,
  email: `${full_name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z]+/g, '.')}@acme.example`,
  role,
  status: 'active',
  mfa_enabled: n % 2 === 1,
  email_verified: true,
  last_login_at: ago(n * 37),
  created_at: ago(60 * 24 * 30 * n),
  ...rest,
});

const PEOPLE = [
  person(1, 'Ada Admin', 'admin', { last_login_at: ago(4) }),
  person(2, 'Bartholomew Featherstonehaugh-Cholmondeley', 'user'),
  person(3, 'Max Manager', 'manager'),
  person(4, 'Uma User', 'user', { status: 'deactivated' }),
  person(5, 'Ünal Öz', 'user', { email_verified: false, last_login_at: null }),
];

const session = (n: number, agent: string, rest: object = {}) => ({
  id: id(100 + n),
  device: 'A device',
  user_agent: agent,
  ip: `203.0.113.${n}`,
  amr: n % 2 ? ['pwd', 'otp', 'mfa'] : ['pwd'],
  created_at: ago(60 * n),
  started_at: ago(60 * n),
  last_seen_at: ago(n * 3),
  expires_at: ago(-60 * 24),
  current: false,
  new_device: false,
  new_network: false,
  mfa: n % 2 === 1,
  connected: n % 2 === 1,
  ...rest,
});

const SESSIONS = [
  session(1, FIREFOX, { current: true }),
  session(2, PHONE, { new_device: true, new_network: true }),
  session(3, PROGRAM),
];

const event = (n: number, kind: string, severity: string, data: object = {}) => ({
  seq: 1_000 - n,
  id: id(500 + n),
  at: ago(n * 7),
  kind,
  severity,
  actor:
    kind === 'login.failed' || kind === 'login.locked' ? { type: 'anonymous' } : { type: 'user', id: id((n % 3) + 1) },
  subject: { type: 'user', id: id((n % 4) + 1) },
  session_id: null,
  ip: `198.51.100.${n}`,
  user_agent: n % 2 ? FIREFOX : PHONE,
  request_id: null,
  by: (['you', 'anonymous', 'administrator', 'you'] as const)[n % 4],
  data,
});

const EVENTS = [
  event(0, 'login.succeeded', 'info', { method: 'totp' }),
  event(1, 'login.failed', 'notice', { reason: 'wrong_password' }),
  event(2, 'login.locked', 'warning', { failures: 10 }),
  event(3, 'role.changed', 'warning', { before: { role: 'user' }, after: { role: 'manager' } }),
  event(4, 'session.revoked', 'notice', { reason: 'force_logout', sessions_revoked: 3, note: 'laptop stolen' }),
  event(5, 'login.new_device', 'notice', { device: 'Chrome on Android' }),
  event(6, 'refresh.reused', 'critical', { sessions_revoked: 1 }),
  event(7, 'mfa.enrolled', 'notice'),
  event(8, 'login.succeeded', 'info', { method: 'password' }),
];

const buckets = Array.from({ length: 60 }, (_, n) => ({
  at: new Date(NOON - (59 - n) * 5_000).toISOString(),
  passed: (n * 7) % 9,
  failed: n > 40 && n < 52 ? n - 38 : n % 5 === 0 ? 1 : 0,
  blocked: n > 46 && n < 50 ? 4 : 0,
}));

const summary = {
  window: '5m',
  at: ago(0),
  bucket_seconds: 5,
  as_of_seq: 1_000,
  buckets,
  totals: { passed: 230, failed: 98, blocked: 12 },
  usual: { passed: 4.2, failed: 0.8, blocked: 0.1 },
  sessions_now: 3,
  people_now: 2,
  mfa: { enrolled: 3, total: 5 },
  sources: {
    by_ip: [
      { ip: '198.51.100.7', failures: 84, accounts: 12 },
      { ip: '2001:db8:85a3::8a2e:370:7334', failures: 9, accounts: 1 },
    ],
    by_account: [
      { user_id: id(2), name: PEOPLE[1]?.full_name, email: PEOPLE[1]?.email, failures: 31, sources: 4 },
      { user_id: null, name: null, email: null, failures: 9, sources: 1 },
    ],
  },
};

const company = {
  id: id(900),
  slug: 'acme',
  name: 'Acme Telephony',
  created_at: ago(60 * 24 * 90),
  mfa_required: false,
  password_min_length: 12,
  password_all_kinds: false,
  password_history: 5,
  session_idle_seconds: 86_400,
  session_absolute_seconds: 604_800,
  max_sessions_per_user: 10,
  notify_new_device: true,
  notify_admins: true,
  audit_retention_days: 365,
};

const signedIn = (n: number, sessions: unknown[]) => {
  const { id: user_id, full_name, email, role, mfa_enabled } = PEOPLE[n] as (typeof PEOPLE)[number];
  return { user_id, full_name, email, role, mfa_enabled, sessions };
};

const SERVICES = [
  {
    id: '0198f2c0-0000-7000-8000-0000000000a1',
    name: 'Media edge',
    scopes: ['introspect', 'revocations:read'],
    created_at: ago(60 * 24 * 30),
    expires_at: null,
    last_used_at: ago(5),
    previous_until: null,
    revoked_at: null,
  },
];

const list = (items: unknown[]) => ({ items, next_cursor: null, previous_cursor: null });

/** What the API answers, by method and path; the first that fits. */
const ANSWERS: [RegExp, (url: URL) => unknown][] = [
  [/^GET \/api\/users\/me$/, () => ({ ...PEOPLE[0], backup_codes_left: 2 })],
  [/^GET \/api\/users\/me\/events$/, () => list(EVENTS)],
  [/^GET \/api\/users\/[^/]+\/sessions$/, () => list(SESSIONS.slice(1))],
  [/^GET \/api\/users\/[^/]+$/, () => PEOPLE[1]],
  [/^GET \/api\/users$/, () => list(PEOPLE)],
  [/^GET \/api\/company$/, () => company],
  [/^GET \/api\/service-credentials$/, () => list(SERVICES)],
  [/^GET \/api\/sessions$/, () => list(SESSIONS)],
  [/^GET \/api\/live\/summary$/, () => summary],
  [
    /^GET \/api\/live\/sessions$/,
    () => ({ items: [signedIn(0, SESSIONS.slice(0, 1)), signedIn(1, SESSIONS.slice(1))], more: false }),
  ],
  [/^GET \/api\/invitations$/, () => list([])],
  [
    /^GET \/api\/audit-logs$/,
    (url) => {
      const kinds = url.searchParams.get('kind')?.split(',');
      const severities = url.searchParams.get('severity')?.split(',');
      return list(
        EVENTS.filter((e) => (!kinds || kinds.includes(e.kind)) && (!severities || severities.includes(e.severity))),
      );
    },
  ],
  [/^POST \/api\/live\/ticket$/, () => ({ ticket: 'fixture', expires_in_seconds: 30 })],
  [
    /^POST \/api\/auth\/mfa\/setup$/,
    () => ({
      secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      otpauth_uri:
        'otpauth://totp/Voxgate:ada.admin%40acme.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Voxgate',
      qr_svg: '',
      qr_png_data_uri: '',
      expires_in_seconds: 600,
    }),
  ],
];

async function answer(route: Route): Promise<void> {
  const request = route.request();
  const url = new URL(request.url());
  const found = ANSWERS.find(([pattern]) => pattern.test(`${request.method()} ${url.pathname}`));
  if (!found) throw new Error(`the fixture has no answer to ${request.method()} ${url.pathname}`);
  await route.fulfill({ json: found[1](url) });
}

/** A page whose API always answers the same, at the same moment; its files come from the server. */
export async function withFixture(page: Page): Promise<void> {
  await page.clock.setFixedTime(NOON);
  await page.route('**/api/**', answer);
  await page.routeWebSocket('**/api/live', (socket) => {
    const data = { seq: 1_000, heartbeat_seconds: 15, role: 'admin' };
    socket.send(JSON.stringify({ v: 1, kind: 'hello', seq: 1_000, at: ago(0), severity: 'info', data }));
  });
}

/** Somebody of the fixture whose page is looked at. */
export const SOMEBODY = id(2);
