import { createHmac } from 'node:crypto';

/** RFC 4648 base32 without padding. */
function base32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = '';
  for (const letter of text.replace(/[\s=]/g, '').toUpperCase())
    bits += alphabet.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** RFC 6238 with SHA-1, six digits, 30 s: written apart from the server, so that it can disagree with it. */
export function totp(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', base32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return ((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).toString().padStart(6, '0');
}

export const stepNow = (): number => Math.floor(Date.now() / 30_000);

/** An authenticator app that never shows a code twice: the server takes each step once, and the steps beside the present one. */
export class Authenticator {
  private last: number;

  constructor(
    readonly secret: string,
    firstStep = stepNow() - 1,
  ) {
    this.last = firstStep - 1;
  }

  /** The next code that is still good; waits for its time if it lies ahead. */
  async next(): Promise<string> {
    this.last = Math.max(this.last + 1, stepNow() - 1);
    while (this.last > stepNow() + 1) await new Promise((resolve) => setTimeout(resolve, 200));
    return totp(this.secret, this.last);
  }

  /** The code shown last. */
  shown(): string {
    return totp(this.secret, this.last);
  }
}
