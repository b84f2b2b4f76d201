import { describe, expect, it } from 'vitest';
import { lengthHint, lengthOf } from '../../src/features/account/password-length';

const company = (asked: number, always = false) => ({ password_min_length: asked, password_all_kinds: always });

describe('the hint below a new password', () => {
  it('counts characters as the server does', () => {
    expect(lengthOf('e\u0301')).toBe(1);
    expect(lengthOf('🦀🦀')).toBe(2);
  });

  it('says how many are missing, then that it is enough', () => {
    expect(lengthHint('', undefined)).toContain('15');
    expect(lengthHint('fourteen chars', company(8))).toBe('1 more character');
    expect(lengthHint('fifteen chars !', company(8))).toBe('Long enough');
    expect(lengthHint('fifteen chars !', company(16))).toBe('1 more character');
  });

  it('takes fewer characters of all kinds', () => {
    expect(lengthHint('Eleven-ch4r', company(8))).toBe('1 more character');
    expect(lengthHint('Twelve-ch4rs', company(8))).toBe('Long enough');
    expect(lengthHint('Twelve-ch4rs', company(14))).toBe('2 more characters');
  });

  it('asks for all kinds where the company does', () => {
    expect(lengthHint('', company(8, true))).toContain('upper and lower case');
    expect(lengthHint('fifteen chars and more', company(8, true))).toContain('digits');
    expect(lengthHint('Fifteen ch4rs and more', company(8, true))).toBe('Long enough');
  });
});
