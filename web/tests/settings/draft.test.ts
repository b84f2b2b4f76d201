import { expect, it } from 'vitest';
import { changes, draftOf } from '../../src/features/settings/draft';
import { IDLE, span, spanOptions } from '../../src/features/settings/spans';
import { COMPANY as company } from '../support/company';

it('sends what differs and nothing else', () => {
  expect(changes(draftOf(company), company)).toEqual({});
  expect(changes({ ...draftOf(company), mfa_required: true, name: 'TechCorp Ltd' }, company)).toEqual({
    mfa_required: true,
    name: 'TechCorp Ltd',
  });
});

it('keeps the log for ever where the days are left out', () => {
  expect(changes({ ...draftOf(company), audit_retention_days: null }, company)).toEqual({ audit_retention_days: null });
  const { audit_retention_days: _, ...forever } = company;
  expect(changes(draftOf(forever), forever)).toEqual({});
});

it.each([
  [900, '15 minutes'],
  [3_600, '1 hour'],
  [604_800, '7 days'],
  [5_430, '1 hour 30 minutes 30 seconds'],
])('%d seconds are %s', (seconds, words) => {
  expect(span(seconds)).toBe(words);
});

it('offers the present span where it is none of the usual ones', () => {
  expect(spanOptions(IDLE, 3_600)).toHaveLength(IDLE.length);
  expect(spanOptions(IDLE, 5_400).map((option) => option.value)).toContain('5400');
});
