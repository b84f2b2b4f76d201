import { expect, it } from 'vitest';
import { leastOf, lengthHint, lengthOf } from '../../src/features/account/password-length';

it('counts characters as the server does', () => {
  expect(lengthOf('ééé')).toBe(3);
  expect(lengthOf('e\u0301')).toBe(1);
  expect(lengthOf('🔑🔑')).toBe(2);
});

it('says how many are missing, then that it is enough', () => {
  expect(lengthHint('', 12)).toContain('12');
  expect(lengthHint('elevenchars', 12)).toBe('1 more character');
  expect(lengthHint('twelve chars', 12)).toBe('Long enough');
});

it('never promises less than any installation takes', () => {
  expect(leastOf({ password_min_length: 8 })).toBe(10);
  expect(leastOf({ password_min_length: 16 })).toBe(16);
});
