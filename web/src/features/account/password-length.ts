import { copy } from './copy';

/** No installation takes fewer characters, whatever a company says. */
const FLOOR = 10;

/** Characters as the server counts them: code points of the composed form. */
export const lengthOf = (password: string) => [...password.normalize('NFC')].length;

export const leastOf = (company: { password_min_length: number } | undefined) =>
  Math.max(FLOOR, company?.password_min_length ?? FLOOR);

/** What is said below the field while somebody types. */
export function lengthHint(password: string, least: number): string {
  if (password === '') return copy.password.hint(least);
  const missing = least - lengthOf(password);
  return missing > 0 ? copy.password.more(missing) : copy.password.enough;
}
