/** Following the revocations: reads the stream line by line, keeps the knowledge, comes again when it breaks. */
import { fields, id, parsed, text, texts, whole } from './json.js';
import { type Known, type Revocation, type Scope, SCOPES } from './known.js';

/** A line comes about once a second; after this long without one the connection is given up. Milliseconds. */
const SILENCE = 5000;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 3000;
const MOST_CHARACTERS = 256 * 1024;

/** What a follower works with. */
export interface Follower {
  readonly address: URL;
  readonly key: string;
  readonly known: Known;
  readonly instant: () => number;
  /** Something is revoked, or a key removed. */
  readonly changed: () => void;
  /** A heartbeat came. */
  readonly beaten: () => void;
  readonly log: (message: string) => void;
}

/** Follows until `stop`. */
export async function follow(follower: Follower, stop: AbortSignal): Promise<void> {
  let cursor: string | undefined;
  let pause = FIRST_PAUSE;
  while (!stop.aborted) {
    const begun = follower.instant();
    try {
      for await (const next of heartbeats(follower, cursor, stop)) cursor = next;
    } catch (error) {
      if (!stop.aborted) follower.log(`the stream of revocations broke: ${String(error)}`);
    }
    // A stream that went well for a while is taken up at once.
    pause = follower.instant() - begun > LONGEST_PAUSE ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause);
      stop.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}

/** One connection to its end: takes every line in and yields the cursors of the heartbeats. */
async function* heartbeats(follower: Follower, since: string | undefined, stop: AbortSignal): AsyncGenerator<string> {
  const address = new URL(follower.address);
  if (since !== undefined) address.searchParams.set('since', since);
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(new Error('no line in time')), SILENCE);
  // Before the request leaves: what the server counts from its arrival is counted from here, and so too early at most.
  const sent = follower.instant();
  try {
    const answer = await fetch(address, {
      headers: { authorization: `Bearer ${follower.key}` },
      redirect: 'error',
      signal: AbortSignal.any([stop, silence.signal]),
    });
    if (!answer.ok || answer.body === null) throw new Error(`status ${answer.status}`);
    let read = '';
    const decoder = new TextDecoder();
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(new Error('no line in time')), SILENCE);
      read += decoder.decode(chunk, { stream: true });
      const lines = read.split('\n');
      read = lines.pop() ?? '';
      if (read.length > MOST_CHARACTERS) throw new Error('a line that is too long');
      for (const line of lines) {
        const cursor = take(follower, line, sent);
        if (cursor !== undefined) yield cursor;
      }
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** Takes one line in; the cursor of a heartbeat. */
export function take(follower: Follower, json: string, sent: number): string | undefined {
  const line = fields(parsed(json));
  const unreadable = () => new Error('a line that cannot be read');
  switch (line?.['kind']) {
    case 'begin': {
      if (line['v'] !== 1) throw new Error('a version of the stream that is not known here');
      const company = id(line['company']);
      if (company === undefined && line['company'] !== null) throw unreadable();
      follower.known.limitTo(company);
      return follower.changed(), undefined;
    }
    case 'keys': {
      const kids = texts(line['kids']);
      if (kids === undefined) throw unreadable();
      follower.known.setKeys(kids);
      return follower.changed(), undefined;
    }
    case 'revocation':
      follower.known.add(readRevocation(line) ?? fail(unreadable()));
      return follower.changed(), undefined;
    case 'heartbeat': {
      const [asked, cursor] = [whole(line['asked_ms']), text(line['cursor'])];
      if (asked === undefined || cursor === undefined) throw unreadable();
      follower.known.stamp(sent + asked);
      return follower.beaten(), cursor;
    }
    default:
      // Of a later version.
      if (text(line?.['kind']) === undefined) throw unreadable();
      return undefined;
  }
}

function fail(error: Error): never {
  throw error;
}

/** A scope that is not known here is none that may be passed over: what it ends must not stay open. */
function readRevocation(line: Record<string, unknown>): Revocation | undefined {
  const scope = SCOPES.find((known) => known === line['scope']) as Scope | undefined;
  const [company, target, epoch] = [id(line['company']), id(line['target']), whole(line['min_epoch'])];
  const until = Date.parse(text(line['expires_at']) ?? '') / 1000;
  if (scope === undefined || company === undefined || target === undefined || Number.isNaN(until)) return undefined;
  if (epoch === undefined && scope !== 'session') return undefined;
  return { company, scope, target, minEpoch: epoch ?? 0, until };
}
