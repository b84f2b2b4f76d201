/** The filter bar's language: words like `action:login.failed -ip:10.0.0.1 created:7d`, read into what the API takes. */
import { EVENTS, type EventKind, isKind, LOGGED_KINDS, type Outcome } from '../../lib/describe-event';
import { parseCreated, type Span } from './parse-created';

export const SEVERITIES = ['info', 'notice', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ROLES = ['user', 'manager', 'admin'] as const;

export const RESULTS = ['passed', 'failed', 'blocked'] as const;

export const WORDS = [
  'actor',
  'role',
  'subject',
  'action',
  'result',
  'severity',
  'ip',
  'session',
  'request',
  'created',
] as const;
export type Role = (typeof ROLES)[number];
export type WordKey = (typeof WORDS)[number];

export type Word = { raw: string; start: number; key?: WordKey; value: string; not: boolean; problem?: string };

/** What the server is asked for. `actor` and `subject` are still as typed: names are looked up elsewhere. */
export type Filter = {
  kinds?: EventKind[];
  severities?: Severity[];
  /** The role whoever acted had then. */
  roles?: Role[];
  actor?: string;
  subject?: string;
  ip?: string;
  session?: string;
  request?: string;
  created?: Span;
};

export type Parsed = { words: Word[]; filter: Filter; ok: boolean };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+)$/i;

export const isUuid = (text: string) => UUID.test(text);

/** Cuts at blanks; a value in double quotes keeps its own. */
function split(text: string): { raw: string; start: number }[] {
  return [...text.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map((match) => ({ raw: match[0], start: match.index }));
}

function readWord({ raw, start }: { raw: string; start: number }): Word {
  const not = raw.startsWith('-');
  const body = not ? raw.slice(1) : raw;
  const colon = body.indexOf(':');
  const name = colon > 0 ? body.slice(0, colon).toLowerCase() : '';
  const key = WORDS.find((word) => word === name);
  if (key) {
    const value = body.slice(colon + 1).replaceAll('"', '');
    return { raw, start, key, value, not };
  }
  return { raw, start, value: body.replaceAll('"', ''), not, ...guessKey(body) };
}

/** A bare word that can mean one thing only is taken as that. */
function guessKey(body: string): { key: WordKey } | { problem: string } {
  if (IP.test(body)) return { key: 'ip' };
  if (body.includes('@')) return { key: 'actor' };
  if (isKind(body)) return { key: 'action' };
  return { problem: `“${body}” is not a filter. Begin with a word such as actor: or action:` };
}

/** `login` and `login.*` mean every kind of sign-in event. */
export function kindsLike(value: string): EventKind[] {
  if (isKind(value)) return LOGGED_KINDS.filter((kind) => kind === value);
  const prefix = `${value.replace(/\.?\*?$/, '')}.`;
  return LOGGED_KINDS.filter((kind) => kind.startsWith(prefix));
}

const kindsOfResult = (result: string): EventKind[] =>
  LOGGED_KINDS.filter((kind) => EVENTS[kind].outcome === (result as Outcome));

type Picked<T> = { items: T[] } | { problem: string };

function pick<T>(word: Word, find: (value: string) => T[], known: string): Picked<T> {
  const items: T[] = [];
  for (const value of word.value.toLowerCase().split(',')) {
    const found = find(value);
    if (found.length === 0) return { problem: value ? `“${value}” is not ${known}` : `${word.key}: needs a value` };
    items.push(...found);
  }
  return { items };
}

const narrow = <T>(all: readonly T[], present: T[] | undefined, items: T[], not: boolean): T[] =>
  (present ?? [...all]).filter((one) => items.includes(one) !== not);

/** Puts one word into the filter; answers what is wrong with it. */
function apply(word: Word, filter: Filter, now: Date): string | undefined {
  const { key, value, not } = word;
  if (key === 'action' || key === 'result') {
    const picked =
      key === 'action'
        ? pick(word, kindsLike, 'a kind of event')
        : pick(word, (result) => (RESULTS.some((r) => r === result) ? kindsOfResult(result) : []), RESULT_NAMES);
    if ('problem' in picked) return picked.problem;
    filter.kinds = narrow(LOGGED_KINDS, filter.kinds, picked.items, not);
    return filter.kinds.length === 0 ? NOTHING_LEFT : undefined;
  }
  if (key === 'severity') {
    const picked = pick(
      word,
      (one) => SEVERITIES.filter((severity) => severity === one),
      'info, notice, warning or critical',
    );
    if ('problem' in picked) return picked.problem;
    filter.severities = narrow(SEVERITIES, filter.severities, picked.items, not);
    return filter.severities.length === 0 ? NOTHING_LEFT : undefined;
  }
  if (key === undefined) return word.problem;
  if (not) return `${key}: cannot be turned around with -`;
  if (key === 'role') {
    const picked = pick(word, (one) => ROLES.filter((role) => role === one), 'user, manager or admin');
    if ('problem' in picked) return picked.problem;
    filter.roles = narrow(ROLES, filter.roles, picked.items, false);
    return filter.roles.length === 0 ? NOTHING_LEFT : undefined;
  }
  if (value === '') return `${key}: needs a value`;
  if (filter[key] !== undefined) return `${key}: is there twice`;
  if (key === 'created') {
    const span = parseCreated(value, now);
    if (span) filter.created = span;
    return span ? undefined : 'Write 7d, 24h, 2026-11-24, >=2026-11-01 or 2026-11-01..2026-11-07';
  }
  if ((key === 'session' || key === 'request') && !isUuid(value)) return `${key}: takes a whole id`;
  if (key === 'ip' && !IP.test(value)) return `“${value}” is not an address`;
  filter[key] = value;
  return undefined;
}

const NOTHING_LEFT = 'Nothing can match together with the other words';
const RESULT_NAMES = 'passed, failed or blocked';

export function parseFilter(text: string, now: Date): Parsed {
  const filter: Filter = {};
  const words = split(text).map((piece) => {
    const word = readWord(piece);
    const problem = apply(word, filter, now);
    return problem ? { ...word, problem } : word;
  });
  return { words, filter, ok: words.every((word) => !word.problem) };
}

/** The text with one word put in, in place of another of the same key, or taken away. */
export function withWord(text: string, key: WordKey, value: string | undefined): string {
  const kept = split(text)
    .filter((piece) => readWord(piece).key !== key)
    .map((piece) => piece.raw);
  if (value === undefined) return kept.join(' ');
  return [...kept, `${key}:${/\s/.test(value) ? `"${value}"` : value}`].join(' ');
}

/** The value of a word in the text, if it is there once and not turned around. */
export function wordValue(text: string, key: WordKey): string | undefined {
  const found = split(text)
    .map(readWord)
    .filter((word) => word.key === key && !word.not);
  return found.length === 1 ? found[0]?.value : undefined;
}

export const withoutWord = (text: string, start: number): string =>
  split(text)
    .filter((piece) => piece.start !== start)
    .map((piece) => piece.raw)
    .join(' ');
