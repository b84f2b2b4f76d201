import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { CodeField } from '../../src/components/ui';

function setup(error?: string) {
  const done = vi.fn();
  function Page() {
    const [code, setCode] = useState('');
    return <CodeField label="Code" value={code} onChange={setCode} onComplete={done} error={error} />;
  }
  render(<Page />);
  return { done, user: userEvent.setup(), field: screen.getByLabelText<HTMLInputElement>('Code') };
}

it('takes a code pasted with a space, and is done', async () => {
  const { done, user, field } = setup();
  await user.click(field);
  await user.paste(' 123 456 ');
  expect(field.value).toBe('123456');
  expect(done).toHaveBeenCalledExactlyOnceWith('123456');
});

it('is done with the sixth digit, not before and not again', async () => {
  const { done, user, field } = setup();
  await user.type(field, '12345');
  expect(done).not.toHaveBeenCalled();
  await user.type(field, '67');
  expect(field.value).toBe('123456');
  expect(done).toHaveBeenCalledOnce();
});

it('is one input that phones and managers can fill, and says what is wrong', () => {
  const { field } = setup('That code is not right.');
  expect(field.autocomplete).toBe('one-time-code');
  expect(field.inputMode).toBe('numeric');
  expect(field.getAttribute('aria-invalid')).toBe('true');
  const described = document.getElementById(field.getAttribute('aria-describedby') ?? '');
  expect(described?.textContent).toBe('That code is not right.');
});
