/** The verifier: judges tokens, and keeps its knowledge fresh in the background. */
import { EventEmitter, once } from 'node:events';
import { performance } from 'node:perf_hooks';

import { fields, parsed, texts } from './json.js';
import { Keys } from './keys.js';
import { Known } from './known.js';
import { invalid, Refusal } from './refusal.js';
import { follow } from './stream.js';
import { type Caller, readToken, verifyToken } from './token.js';

const PATIENCE = 3000;
/** While the knowledge is stale a running call is asked about this often, in milliseconds. */
const ASK_EVERY = 1000;
/** setTimeout takes no more. */
const LONGEST_WAIT = 2 ** 31 - 1;

export interface Settings {
  /** Where Voxgate is reached: `https://auth.example.com`. */
  readonly url: string;
  /** A service key with the scopes `introspect` and `revocations:read`. */
  readonly key: string;
  /** The `iss` of its tokens, where it is not `url`. */
  readonly issuer?: string;
  /** The `aud` of its tokens, where it is not `voxgate`. */
  readonly audience?: string;
  /** Hears of trouble with Voxgate. */
  readonly log?: (message: string) => void;
}

/** Why a running call has to end; `expired` also when the key of the token was removed. */
export type Ended = 'revoked' | 'rights_changed' | 'expired' | 'unavailable';

const seconds = (): number => Math.floor(Date.now() / 1000);
const instant = (): number => performance.now();

/** Verifies tokens. `close` it to end the background work. */
export class Verifier {
  readonly #known = new Known();
  readonly #bell = new EventEmitter().setMaxListeners(0);
  readonly #stop = new AbortController();
  readonly #keys: Keys;
  readonly #settings: Settings;
  readonly #log: (message: string) => void;
  #beats = 0;

  /** Begins to follow the revocations. Before the first heartbeat every token is asked about. */
  constructor(settings: Settings) {
    this.#settings = settings;
    this.#log = settings.log ?? (() => {});
    this.#keys = new Keys(new URL('/.well-known/jwks.json', settings.url), instant);
    void follow(
      {
        address: new URL('/api/revocations/stream', settings.url),
        key: settings.key,
        known: this.#known,
        instant,
        changed: () => this.#bell.emit('changed'),
        beaten: () => this.#beat(),
        log: this.#log,
      },
      this.#stop.signal,
    );
  }

  #beat(): void {
    this.#beats += 1;
    if (this.#beats % 60 === 0) this.#known.expire(seconds());
    this.#bell.emit('beaten');
  }

  /** Resolves at the first heartbeat: from then on tokens are judged without asking. */
  async ready(): Promise<void> {
    if (this.#beats === 0) await once(this.#bell, 'beaten', { signal: this.#stop.signal });
  }

  /** Who calls with this token; throws a {@link Refusal} if they may not. */
  async verify(token: string): Promise<Caller> {
    const read = readToken(token);
    const key = await this.#keys.named(read.kid);
    const { url, issuer = url.replace(/\/+$/, ''), audience = 'voxgate' } = this.#settings;
    const caller = verifyToken(read, key, { issuer, audience }, seconds());
    const amr = await this.#recheck(caller, token);
    return amr === undefined ? caller : { ...caller, amr };
  }

  /**
   * Resolves when an admitted caller has to go, and says why. Wakes on every revocation, at the end of the token, and when the
   * lease runs out: then Voxgate is asked, once a second, for as long as that lasts. Abort `over` when the call is over.
   */
  async ended(caller: Caller, token: string, over?: AbortSignal): Promise<Ended> {
    for (;;) {
      const woken = this.#woken(over);
      try {
        await this.#recheck(caller, token);
      } catch (error) {
        woken.cancel();
        if (!(error instanceof Refusal)) throw error;
        return error.reason === 'invalid' ? 'expired' : error.reason;
      }
      await woken.within(this.#quiet(caller));
      over?.throwIfAborted();
    }
  }

  /** Ends the background work. */
  close(): void {
    this.#stop.abort();
  }

  /** Listens from now on, so that what changes during a question is not missed. */
  #woken(over: AbortSignal | undefined): { within: (wait: number) => Promise<void>; cancel: () => void } {
    const end = new AbortController();
    const signal = over === undefined ? end.signal : AbortSignal.any([end.signal, over]);
    const changed = once(this.#bell, 'changed', { signal }).catch(() => undefined);
    return {
      cancel: () => end.abort(),
      within: async (wait) => {
        const timer = setTimeout(() => end.abort(), Math.min(wait, LONGEST_WAIT));
        await changed;
        clearTimeout(timer);
      },
    };
  }

  /** How long nothing can change but by a revocation, in milliseconds. */
  #quiet(caller: Caller): number {
    const fresh = (this.#known.freshUntil ?? 0) - instant();
    return Math.min(fresh > 0 ? fresh : ASK_EVERY, caller.expiresAt * 1000 - Date.now()) + 1;
  }

  /** The methods of the sign-in where they count differently now; throws if the caller may not stay. */
  async #recheck(caller: Caller, token: string): Promise<string[] | undefined> {
    const verdict = this.#known.judge(caller, seconds(), instant());
    if (typeof verdict === 'object') throw invalid(verdict.invalid);
    if (verdict === 'revoked' || verdict === 'rights_changed') throw new Refusal(verdict);
    if (verdict === 'open') return this.#known.lowers(caller) ? ['pwd'] : undefined;
    return this.#introspect(token);
  }

  /** What Voxgate says (RFC 7662). Everything that is no clear answer is `unavailable`. */
  async #introspect(token: string): Promise<string[]> {
    let told: Record<string, unknown> | undefined;
    try {
      const answer = await fetch(new URL('/api/introspect', this.#settings.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${this.#settings.key}` },
        body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.status !== 200) throw new Error(`status ${answer.status}`);
      told = fields(parsed(await answer.text()));
    } catch (error) {
      this.#log(`Voxgate cannot be asked about a token: ${String(error)}`);
      throw new Refusal('unavailable');
    }
    if (told?.['active'] === false) throw new Refusal('revoked');
    const amr = texts(told?.['amr']);
    if (told?.['active'] !== true || amr === undefined) throw new Refusal('unavailable');
    return amr;
  }
}
