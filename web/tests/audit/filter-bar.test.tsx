import { cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { FilterBar } from '../../src/features/audit/filter-bar';
import { parseFilter } from '../../src/features/audit/parse-filter';
import { show } from '../support/pages';

afterEach(cleanup);

function bar(text: string) {
  const onText = vi.fn();
  show(<FilterBar text={text} words={parseFilter(text, new Date()).words} onText={onText} />);
  return { onText, user: userEvent.setup() };
}

it('takes what was typed with Enter', async () => {
  const { onText, user } = bar('');
  await user.type(await screen.findByRole('textbox', { name: 'Filter' }), 'action:login.failed{Enter}');
  expect(onText).toHaveBeenCalledWith('action:login.failed');
});

it('marks a wrong word and says what is wrong with it', async () => {
  bar('action:nonsense ip:10.0.0.1');
  const field = await screen.findByRole('textbox', { name: 'Filter' });
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByRole('alert').textContent).toContain('“nonsense” is not a kind of event');
});

it('takes a word out by its chip', async () => {
  const { onText, user } = bar('action:login ip:10.0.0.1');
  await user.click(await screen.findByRole('button', { name: 'Remove action:login' }));
  expect(onText).toHaveBeenCalledWith('ip:10.0.0.1');
});

it('writes the selects into the text', async () => {
  const { onText, user } = bar('ip:10.0.0.1 created:30d');
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Result' }), 'failed');
  expect(onText).toHaveBeenLastCalledWith('ip:10.0.0.1 created:30d result:failed');
  await user.selectOptions(screen.getByRole('combobox', { name: 'Time' }), '7d');
  expect(onText).toHaveBeenLastCalledWith('ip:10.0.0.1');
});
