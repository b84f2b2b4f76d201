/**
 * The public keys of the installation: fetched once, and again when a token names one that is not there, but not for every
 * stranger who makes a name up.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';

import { fields, text } from './json.js';
import { invalid, Refusal } from './refusal.js';

/** An unknown name fetches the keys again at most this often, in milliseconds. */
const AGAIN_AFTER = 5000;
const PATIENCE = 5000;

export class Keys {
  #known = new Map<string, KeyObject>();
  #asked: number | undefined;
  /** One asks at a time; the others wait for its answer. */
  #asking: Promise<void> | undefined;

  constructor(
    private readonly address: URL,
    private readonly instant: () => number,
  ) {}

  /** The key of this exact name. */
  async named(kid: string): Promise<KeyObject> {
    const known = this.#known.get(kid);
    if (known !== undefined) return known;
    if (this.#asking === undefined && this.#asked !== undefined && this.instant() - this.#asked < AGAIN_AFTER) {
      // Whether there is such a key cannot be asked now; while there are none at all nobody can be judged.
      throw this.#known.size === 0 ? new Refusal('unavailable') : invalid('unknown_key');
    }
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
    const fetched = this.#known.get(kid);
    if (fetched === undefined) throw invalid('unknown_key');
    return fetched;
  }

  async #fetch(): Promise<void> {
    this.#asked = this.instant();
    try {
      const answer = await fetch(this.address, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      this.#known = readKeys(await answer.json());
    } catch {
      throw new Refusal('unavailable');
    }
  }
}

/** The Ed25519 keys of a JWK set (RFC 7517), by name. Others are passed over. */
export function readKeys(set: unknown): Map<string, KeyObject> {
  const listed = fields(set)?.['keys'];
  if (!Array.isArray(listed)) throw new Error('no set of keys');
  const found = new Map<string, KeyObject>();
  for (const item of listed) {
    const { kty, crv, kid, x } = fields(item) ?? {};
    if (kty !== 'OKP' || crv !== 'Ed25519' || text(kid) === undefined || text(x) === undefined) continue;
    try {
      found.set(kid as string, createPublicKey({ key: { kty, crv, x: x as string }, format: 'jwk' }));
    } catch {
      // Not the size of a key.
    }
  }
  return found;
}
