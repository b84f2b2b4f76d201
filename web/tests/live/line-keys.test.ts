import { expect, it } from 'vitest';
import { LineKeys } from '../../src/features/live/line-keys';

const range = (from: number, to: number) => Array.from({ length: Math.abs(from - to) + 1 }, (_, i) => from - i);

it('keeps the key of a line as long as the line is there, and gives none twice', () => {
  const keys = new LineKeys();
  const first = keys.of([3, 2, 1]);
  const next = keys.of([5, 4, 3, 2]);
  expect(next.slice(2)).toEqual(first.slice(0, 2));
  expect(new Set(next).size).toBe(4);
  expect(keys.of([5, 4, 3, 2])).toEqual(next);
});

it('gives the keys of those that have left in a flood, in their order, and new ones where these do not suffice', () => {
  const keys = new LineKeys();
  const first = keys.of(range(16, 1));
  expect(keys.of(range(60, 45))).toEqual(first);
  const more = keys.of(range(120, 101));
  expect(more.slice(0, 16)).toEqual(first);
  expect(new Set(more).size).toBe(20);
});
