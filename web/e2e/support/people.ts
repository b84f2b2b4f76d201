import { Authenticator } from './totp';

export const PASSWORD = 'Winter-Garden-72-Lamps';

export const serverUrl = (): string => {
  const url = process.env.VOXGATE_URL;
  if (!url) throw new Error('the server was not started');
  return url;
};

/** Somebody with an account, able to use the API besides the pages. */
export interface Person {
  id: string;
  email: string;
  name: string;
  token: string;
  authenticator?: Authenticator;
  backupCodes: string[];
}

let number = 0;
const fresh = (): string => `${Date.now().toString(36)}${++number}`;

/** Asks the API as a program; throws on a refusal. */
export async function api<T = Record<string, never>>(
  method: string,
  path: string,
  body?: unknown,
  token?: string,
  headers: Record<string, string> = {},
): Promise<T> {
  const answer = await fetch(serverUrl() + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text ? JSON.parse(text) : {}) as T;
}

interface SignedIn {
  user: { id: string };
  access_token: string;
}

/** The first Admin of a new company. */
export async function founds(company = 'Acme', name = 'Ada Admin'): Promise<Person> {
  const email = `ada-${fresh()}@acme.example`;
  const body = { company_name: `${company} ${fresh()}`, full_name: name, email, password: PASSWORD };
  const { user, access_token } = await api<SignedIn>('POST', '/api/auth/register', body);
  return { id: user.id, email, name, token: access_token, backupCodes: [] };
}

/** Sets a second factor up. */
export async function enrolls(person: Person): Promise<void> {
  const { secret } = await api<{ secret: string }>('POST', '/api/auth/mfa/setup', undefined, person.token);
  const authenticator = new Authenticator(secret);
  const done = await api<{ backup_codes: string[]; access_token: string }>(
    'POST',
    '/api/auth/mfa/enable',
    { code: await authenticator.next() },
    person.token,
  );
  Object.assign(person, { authenticator, backupCodes: done.backup_codes, token: done.access_token });
}

interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** The newest mail to an address whose subject holds `subject`; waits for it. */
export async function mailTo(address: string, subject: string): Promise<Mail> {
  for (let tries = 0; tries < 100; tries++) {
    const { items } = await api<{ items: Mail[] }>('GET', `/dev/mail.json?to=${encodeURIComponent(address)}`);
    const found = items.filter((mail) => mail.subject.includes(subject));
    const mail = found.at(-1);
    if (mail) return mail;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail “${subject}” to ${address}`);
}

/** The link in a mail, as a path of this server. */
export function linkIn(mail: Mail): string {
  const link = mail.text.match(/https?:\/\/\S+/)?.[0];
  if (!link) throw new Error(`no link in: ${mail.text}`);
  const { pathname, search, hash } = new URL(link);
  return pathname + search + hash;
}

/** A colleague who was invited and joined. */
export async function brings(admin: Person, role: 'admin' | 'manager' | 'user', name: string): Promise<Person> {
  const email = `${name.toLowerCase().replace(/[^a-z]+/g, '-')}-${fresh()}@acme.example`;
  await api('POST', '/api/invitations', { email, role }, admin.token);
  const token = linkIn(await mailTo(email, '')).split('token=')[1];
  const body = { token, full_name: name, password: PASSWORD };
  const { user, access_token } = await api<SignedIn>('POST', '/api/invitations/accept', body);
  return { id: user.id, email, name, token: access_token, backupCodes: [] };
}
