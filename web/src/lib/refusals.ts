/** What the server said to a form, in the places where it belongs. */
import { ApiProblem } from '../api/client';

export type Refusals = { form?: string; fields: Record<string, string> };

/** Codes in a page's own words: for a field, or for the form. */
export type OwnWords = Record<string, { field?: string; text: string }>;

export const NOTHING_REFUSED: Refusals = { fields: {} };

const OFFLINE = 'Could not reach the server. Your entries are kept.';

/** A failure in one sentence. */
export function problemText(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return OFFLINE;
  if (problem.status === 429) return `Too many tries. Wait ${problem.retryAfter ?? 60} seconds.`;
  return problem.errors[0]?.message ?? problem.detail;
}

/** Whether somebody called the proof of identity off: no failure, and nothing to be said. */
export const calledOff = (problem: unknown) =>
  problem instanceof ApiProblem && problem.code === 'reauthentication_required';

/** A failure by field, named as in the body that was sent. */
export function refusals(problem: unknown, own: OwnWords = {}): Refusals {
  if (calledOff(problem)) return NOTHING_REFUSED;
  if (!(problem instanceof ApiProblem)) return { form: OFFLINE, fields: {} };
  const words = own[problem.code];
  if (words) return words.field ? { fields: { [words.field]: words.text } } : { form: words.text, fields: {} };
  const fields = Object.fromEntries(problem.errors.map(({ pointer, message }) => [pointer.slice(1), message]));
  return Object.keys(fields).length > 0 ? { fields } : { form: problemText(problem), fields: {} };
}
