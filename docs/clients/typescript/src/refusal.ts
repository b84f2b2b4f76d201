/** What is wrong with a token. For logs; clients hear no more than that it is invalid. */
export type Fault =
  | 'malformed'
  | 'header'
  | 'unknown_key'
  | 'signature'
  | 'claims'
  | 'company'
  | 'expired'
  | 'not_yet';

/**
 * Why a caller is not let in: `invalid` and `revoked` are answered with 401 (sign in again), `rights_changed` with 401 (renew
 * the token), `unavailable` with 503, never with 200.
 */
export type Reason = 'invalid' | 'revoked' | 'rights_changed' | 'unavailable';

/** A caller is not let in. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly reason: Reason,
    readonly fault?: Fault,
  ) {
    super(fault === undefined ? reason : `${reason}: ${fault}`);
  }
}

export const invalid = (fault: Fault): Refusal => new Refusal('invalid', fault);
