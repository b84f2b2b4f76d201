/**
 * Verifies Voxgate access tokens in other services.
 *
 * A token is judged on this machine: signature, type, issuer, audience and times, and a set of what was revoked, which a
 * stream from Voxgate keeps. The stream carries a lease of five seconds. While it is fresh nothing is asked; when it is stale
 * every token is asked about; when there is no answer the token is refused with `unavailable`. The door is never left open.
 */
export { type Fault, type Reason, Refusal } from './refusal.js';
export type { Caller, Role } from './token.js';
export { type Ended, type Settings, Verifier } from './verifier.js';
