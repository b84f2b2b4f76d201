import { expect, it } from 'vitest';
import { clock } from '../../src/features/audit/format-at';
import { size } from '../../src/features/audit/save-stream';

it.each([
  [0, '0 B'],
  [812, '812 B'],
  [1_400, '1.4 kB'],
  [250_000, '250 kB'],
  [1_450_000, '1.4 MB'],
  [3_200_000_000, '3.2 GB'],
])('%d bytes are %s', (bytes, words) => {
  expect(size(bytes)).toBe(words);
});

it('shows UTC as UTC', () => {
  expect(clock('2026-11-24T23:30:05+01:00', true)).toBe('2026-11-24 22:30:05Z');
});
