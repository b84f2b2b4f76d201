/**
 * What this service knows of revocations: which tokens they end, and how long the knowledge may be trusted. Time is an
 * argument: `now` in seconds since 1970 judges expiry, `instant` of the monotonic clock in milliseconds judges the lease.
 *
 * The rules are those of Voxgate's own nodes, written a second time on purpose: a service must not need the server's code.
 */
import type { Fault } from './refusal.js';
import type { Caller } from './token.js';

/** How long the knowledge may be trusted after the moment a heartbeat proves, in milliseconds. */
export const LEASE = 5000;

/** Entries outlive their expiry by this much, in seconds: clocks differ. */
const MARGIN = 60;

/** One revocation, as the stream tells it. */
export interface Revocation {
  readonly company: string;
  readonly scope: Scope;
  readonly target: string;
  readonly minEpoch: number;
  /** In seconds since 1970. */
  readonly until: number;
}

export const SCOPES = ['session', 'user', 'assurance', 'rights', 'company', 'others'] as const;
export type Scope = (typeof SCOPES)[number];

export type Verdict = 'open' | 'revoked' | 'rights_changed' | 'stale' | { readonly invalid: Fault };

interface Floor {
  epoch: number;
  until: number;
}

type Floors = Map<string, Floor>;

const key = (company: string, target: string): string => `${company} ${target}`;

function raise(floors: Floors, at: string, epoch: number, until: number): void {
  const floor = floors.get(at);
  floors.set(at, { epoch: Math.max(epoch, floor?.epoch ?? epoch), until: Math.max(until, floor?.until ?? until) });
}

const below = (floors: Floors, at: string, epoch: number): boolean => epoch < (floors.get(at)?.epoch ?? epoch);

/** The knowledge. Order and repetition of revocations do not matter. */
export class Known {
  readonly #sessions: Floors = new Map();
  readonly #users: Floors = new Map();
  readonly #rights: Floors = new Map();
  readonly #assurance: Floors = new Map();
  /** By company, then by the session each floor spares; '' spares nobody. */
  readonly #companies = new Map<string, Floors>();
  #kids: ReadonlySet<string> | undefined;
  #company: string | undefined;
  #stamped: number | undefined;

  add(revocation: Revocation): void {
    const { company, scope, target, minEpoch } = revocation;
    const until = revocation.until + MARGIN;
    const at = key(company, target);
    switch (scope) {
      case 'session':
        return raise(this.#sessions, at, 0, until);
      case 'user':
        return raise(this.#users, at, minEpoch, until);
      case 'rights':
        return raise(this.#rights, at, minEpoch, until);
      case 'assurance':
        return raise(this.#assurance, at, minEpoch, until);
      case 'company':
      case 'others': {
        const floors = this.#companies.get(company) ?? new Map<string, Floor>();
        this.#companies.set(company, floors);
        return raise(floors, scope === 'others' ? target : '', minEpoch, until);
      }
    }
  }

  /** From now on tokens of these keys are taken and of no others. */
  setKeys(kids: Iterable<string>): void {
    this.#kids = new Set(kids);
  }

  /** Only revocations of this company are told: of any other nothing can be judged, so its tokens are refused. */
  limitTo(company: string | undefined): void {
    this.#company = company;
  }

  /** Everything committed before `instant` is known. An older moment that comes late changes nothing. */
  stamp(instant: number): void {
    this.#stamped = Math.max(instant, this.#stamped ?? instant);
  }

  /** Until when the knowledge may be trusted; `undefined` before the first heartbeat. */
  get freshUntil(): number | undefined {
    return this.#stamped === undefined ? undefined : this.#stamped + LEASE;
  }

  judge(caller: Caller, now: number, instant: number): Verdict {
    if (now >= caller.expiresAt) return { invalid: 'expired' };
    if (this.#company !== undefined && this.#company !== caller.company) return { invalid: 'company' };
    if (this.#kids !== undefined && !this.#kids.has(caller.kid)) return { invalid: 'unknown_key' };
    if (this.#isRevoked(caller)) return 'revoked';
    if (below(this.#rights, key(caller.company, caller.user), caller.epoch)) return 'rights_changed';
    return this.freshUntil !== undefined && instant < this.freshUntil ? 'open' : 'stale';
  }

  #isRevoked(caller: Caller): boolean {
    const floors = this.#companies.get(caller.company) ?? [];
    const hit = [...floors].some(([spared, floor]) => caller.companyEpoch < floor.epoch && spared !== caller.session);
    return (
      hit ||
      this.#sessions.has(key(caller.company, caller.session)) ||
      below(this.#users, key(caller.company, caller.user), caller.epoch)
    );
  }

  /** Whether the token's word about a second factor counts no more. */
  lowers(caller: Caller): boolean {
    return below(this.#assurance, key(caller.company, caller.user), caller.epoch);
  }

  /** Forgets what can concern no living token. */
  expire(now: number): void {
    for (const floors of [this.#sessions, this.#users, this.#rights, this.#assurance, ...this.#companies.values()]) {
      for (const [at, floor] of floors) if (floor.until <= now) floors.delete(at);
    }
    for (const [company, floors] of this.#companies) if (floors.size === 0) this.#companies.delete(company);
  }

  get size(): number {
    const companies = [...this.#companies.values()].reduce((sum, floors) => sum + floors.size, 0);
    return this.#sessions.size + this.#users.size + this.#rights.size + this.#assurance.size + companies;
  }
}
