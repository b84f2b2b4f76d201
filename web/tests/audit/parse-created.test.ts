import { expect, it } from 'vitest';
import { parseCreated } from '../../src/features/audit/parse-created';

const NOW = new Date('2026-11-24T12:00:00Z');
const day = (date: number, month = 11) => new Date(2026, month - 1, date);

it.each([
  ['90m', { from: new Date('2026-11-24T10:30:00Z') }],
  ['7d', { from: new Date('2026-11-17T12:00:00Z') }],
  ['all', {}],
  ['2026-11-24', { from: day(24), to: day(25) }],
  ['2026-11-30', { from: day(30), to: day(1, 12) }],
  ['>=2026-11-01', { from: day(1) }],
  ['>2026-11-01', { from: day(2) }],
  ['<2026-11-01', { to: day(1) }],
  ['<=2026-11-01', { to: day(2) }],
  ['2026-11-01..2026-11-07', { from: day(1), to: day(8) }],
  ['>=2026-11-24T10:00:00Z', { from: new Date('2026-11-24T10:00:00Z') }],
])('%s', (text, span) => {
  expect(parseCreated(text, NOW)).toEqual(span);
});

it.each(['', '7', '7y', 'yesterday', '2026-02-30', '2026-13-01', '2026-11-07..2026-11-01', '>=', '..'])(
  'refuses “%s”',
  (text) => {
    expect(parseCreated(text, NOW)).toBeUndefined();
  },
);
