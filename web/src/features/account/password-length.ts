import { copy } from './copy';

/** From so many characters on any kind will do; shorter ones, but for these few, need all kinds. */
const LONG = 15;
const SHORT = 12;

type Rules = { password_min_length: number; password_all_kinds: boolean };

/** Characters as the server counts them: code points of the composed form. */
export const lengthOf = (password: string) => [...password.normalize('NFC')].length;

const KINDS = [/\p{Lu}/u, /\p{Ll}/u, /\p{N}/u, /[^\p{L}\p{N}]/u];
const hasAllKinds = (password: string) => KINDS.every((kind) => kind.test(password.normalize('NFC')));

/** What is said below the field while somebody types. */
export function lengthHint(password: string, company: Rules | undefined): string {
  const { password_min_length: asked, password_all_kinds: always } = company ?? NO_RULES;
  const mixed = hasAllKinds(password);
  if (password === '' && always) return copy.password.hintMixed(Math.max(SHORT, asked));
  const least = Math.max(mixed || always ? SHORT : LONG, asked);
  if (password === '') return copy.password.hint(least);
  const missing = least - lengthOf(password);
  if (missing > 0) return copy.password.more(missing);
  return always && !mixed ? copy.password.mix : copy.password.enough;
}

const NO_RULES: Rules = { password_min_length: 0, password_all_kinds: false };
