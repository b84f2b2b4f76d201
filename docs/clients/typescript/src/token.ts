/**
 * Reading and verifying an access token. Keys and time are arguments.
 *
 * Nothing a token says about how to verify it is trusted: the header holds exactly `alg`, `kid` and `typ`, the algorithm is
 * fixed, and the key is looked up by its exact name.
 */
import { type KeyObject, verify as verifySignature } from 'node:crypto';

import { type Fields, fields, id, parsed, text, texts, whole } from './json.js';
import { type Fault, invalid } from './refusal.js';

/** Tokens of Voxgate have about 700 characters. */
const MOST_CHARACTERS = 4096;
/** How far a token may come from the future, in seconds: clocks differ. */
const SKEW = 30;

export type Role = 'user' | 'manager' | 'admin' | 'unknown';

/** Who calls. */
export interface Caller {
  /** The account (`sub`). */
  readonly user: string;
  /** Its company; all data of the call belongs to it. */
  readonly company: string;
  /** The session (`sid`). */
  readonly session: string;
  /** What the account may do. Give an `unknown` role no more than a user's rights. */
  readonly role: Role;
  /** How the person proved who they are (RFC 8176); holds `mfa` after a second factor. */
  readonly amr: readonly string[];
  /** When they last did, in seconds since 1970. */
  readonly authTime: number;
  /** When the token ends, in seconds since 1970. */
  readonly expiresAt: number;
  /** The account's epoch, as revocations name it. */
  readonly epoch: number;
  /** The company's epoch, as revocations name it. */
  readonly companyEpoch: number;
  /** The name of the key that signed. */
  readonly kid: string;
}

/** A token whose header was read and nothing else. */
export interface Token {
  readonly message: string;
  readonly claims: string;
  readonly signature: string;
  readonly kid: string;
}

/** For whom tokens are taken. */
export interface Expected {
  readonly issuer: string;
  readonly audience: string;
}

const BASE64URL = /^[A-Za-z0-9_-]+$/;

function decoded(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  // Node skips what is not of the alphabet, and stray bits at the end: only the one true spelling passes.
  if (!BASE64URL.test(part) || bytes.toString('base64url') !== part) throw invalid('malformed');
  return bytes;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function part(encoded: string, fault: Fault): Fields {
  let json: string;
  try {
    json = utf8.decode(decoded(encoded));
  } catch {
    throw invalid('malformed');
  }
  const found = fields(parsed(json));
  if (found === undefined || repeats(json, found)) throw invalid(fault);
  return found;
}

/** Whether a name stands twice in the object: JSON.parse would take the last, others the first. */
function repeats(json: string, found: Fields): boolean {
  const names = json.match(/"(?:[^"\\]|\\.)*"\s*:/g) ?? [];
  const inner = Object.values(found).some((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
  return !inner && names.length !== Object.keys(found).length;
}

/** Takes a token apart. */
export function readToken(token: string): Token {
  const parts = token.length <= MOST_CHARACTERS ? token.split('.') : [];
  const [head, claims, signature] = parts;
  if (parts.length !== 3 || head === undefined || claims === undefined || signature === undefined) {
    throw invalid('malformed');
  }
  const header = part(head, 'header');
  const kid = text(header['kid']);
  const known = Object.keys(header).every((name) => name === 'alg' || name === 'kid' || name === 'typ');
  if (!known || header['alg'] !== 'EdDSA' || header['typ'] !== 'at+jwt' || kid === undefined) throw invalid('header');
  return { message: `${head}.${claims}`, claims, signature, kid };
}

const ROLES: readonly string[] = ['user', 'manager', 'admin'];

/** The caller a token speaks of at `now` (seconds since 1970), if `key` signed it for this installation and service. */
export function verifyToken(token: Token, key: KeyObject, expected: Expected, now: number): Caller {
  const signature = decoded(token.signature);
  if (key.asymmetricKeyType !== 'ed25519' || signature.length !== 64) throw invalid('signature');
  if (!verifySignature(null, Buffer.from(token.message), key, signature)) throw invalid('signature');
  const claims = part(token.claims, 'claims');
  const needed = <T>(value: T | undefined): T => {
    if (value === undefined) throw invalid('claims');
    return value;
  };
  const time = (name: string): number => needed(whole(claims[name]));
  const role = needed(text(claims['role']));
  const caller: Caller = {
    user: needed(id(claims['sub'])),
    company: needed(id(claims['company'])),
    session: needed(id(claims['sid'])),
    role: ROLES.includes(role) ? (role as Role) : 'unknown',
    amr: needed(texts(claims['amr'])),
    authTime: time('auth_time'),
    expiresAt: time('exp'),
    epoch: time('epoch'),
    companyEpoch: time('company_epoch'),
    kid: token.kid,
  };
  const issued = time('iat');
  const begins = claims['nbf'] === undefined ? issued : Math.max(issued, time('nbf'));
  const ours = claims['iss'] === expected.issuer && claims['aud'] === expected.audience;
  if (!ours || caller.expiresAt <= issued) throw invalid('claims');
  if (now >= caller.expiresAt) throw invalid('expired');
  if (begins - SKEW > now) throw invalid('not_yet');
  return caller;
}
