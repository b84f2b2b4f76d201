import { describe, expect, it } from 'vitest';
import { kindsLike, parseFilter, withoutWord, withWord, wordValue } from '../../src/features/audit/parse-filter';
import { LOGGED_KINDS } from '../../src/lib/describe-event';

const NOW = new Date('2026-11-24T12:00:00Z');
const read = (text: string) => parseFilter(text, NOW);
const problems = (text: string) =>
  read(text)
    .words.map((word) => word.problem)
    .filter(Boolean);

describe('the words of the filter', () => {
  it('is empty and right without a word', () => {
    expect(read('  ')).toEqual({ words: [], filter: {}, ok: true });
  });

  it('takes one kind, several, and a whole group', () => {
    expect(read('action:login.failed').filter.kinds).toEqual(['login.failed']);
    expect(read('action:login.failed,mfa.reset').filter.kinds).toEqual(['login.failed', 'mfa.reset']);
    const mfa = LOGGED_KINDS.filter((kind) => kind.startsWith('mfa.'));
    expect(read('action:mfa').filter.kinds).toEqual(mfa);
    expect(read('action:mfa.*').filter.kinds).toEqual(mfa);
  });

  it('does not take the beginning of a word for a group', () => {
    expect(kindsLike('log')).toEqual([]);
    expect(problems('action:log')).toHaveLength(1);
  });

  it('leaves out what has a minus', () => {
    const { kinds } = read('-action:session').filter;
    expect(kinds).toHaveLength(LOGGED_KINDS.filter((kind) => !kind.startsWith('session.')).length);
    expect(kinds).toContain('login.failed');
    expect(kinds).not.toContain('session.revoked');
  });

  it('narrows with every word, and says when nothing is left', () => {
    expect(read('action:login -action:login.succeeded result:passed').filter.kinds).toEqual(['login.new_device']);
    expect(problems('action:login.failed result:passed')).toHaveLength(1);
  });

  it('never asks for events that are live only', () => {
    expect(read('-action:login').filter.kinds).not.toContain('presence.changed');
    expect(problems('action:presence.changed')).toHaveLength(1);
  });

  it('keeps blanks inside quotes', () => {
    expect(read('actor:"Ada Admin" ip:10.0.0.1').filter).toEqual({ actor: 'Ada Admin', ip: '10.0.0.1' });
  });

  it('takes a bare word that can mean one thing only', () => {
    expect(read('2001:db8::1').filter.ip).toBe('2001:db8::1');
    expect(read('ada@techcorp.com').filter.actor).toBe('ada@techcorp.com');
    expect(read('login.failed').filter.kinds).toEqual(['login.failed']);
    expect(problems('hello')).toHaveLength(1);
  });

  it('takes one role or several, which the person had then', () => {
    expect(read('role:admin').filter).toEqual({ roles: ['admin'] });
    expect(read('role:Manager,admin').filter.roles).toEqual(['manager', 'admin']);
    expect(read('role:user,admin role:admin').filter.roles).toEqual(['admin']);
    expect(problems('role:owner')).toEqual(['“owner” is not user, manager or admin']);
    expect(problems('role:user role:admin')).toEqual(['Nothing can match together with the other words']);
    // Most of what a minus would leave was done by nobody with a role.
    expect(problems('-role:user')).toEqual(['role: cannot be turned around with -']);
  });

  it.each([
    'actor:',
    'role:',
    'result:maybe',
    'severity:bad',
    'ip:nine',
    'session:12',
    'created:soon',
    '-ip:10.0.0.1',
    'ip:10.0.0.1 ip:10.0.0.2',
  ])('marks %s', (text) => {
    expect(read(text).ok).toBe(false);
  });

  it('marks only the word that is wrong', () => {
    const { words, filter } = read('ip:10.0.0.1 action:nonsense');
    expect(words.map((word) => Boolean(word.problem))).toEqual([false, true]);
    expect(filter).toEqual({ ip: '10.0.0.1' });
  });
});

describe('chips and selects', () => {
  it('puts a word in place of another of its key', () => {
    expect(withWord('result:failed ip:10.0.0.1', 'result', 'passed')).toBe('ip:10.0.0.1 result:passed');
    expect(withWord('result:failed ip:10.0.0.1', 'result', undefined)).toBe('ip:10.0.0.1');
    expect(withWord('', 'actor', 'Ada Admin')).toBe('actor:"Ada Admin"');
  });

  it('knows the value of a word that is there once', () => {
    expect(wordValue('created:30d', 'created')).toBe('30d');
    expect(wordValue('-action:login', 'action')).toBeUndefined();
    expect(wordValue('action:login action:mfa', 'action')).toBeUndefined();
  });

  it('takes one word out where two are alike', () => {
    const [first] = read('ip:1.1.1.1 ip:1.1.1.1').words;
    expect(withoutWord('ip:1.1.1.1 ip:1.1.1.1', first?.start ?? -1)).toBe('ip:1.1.1.1');
  });
});
