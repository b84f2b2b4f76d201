import type { ReactNode, Ref } from 'react';
import { Field, inputLook } from './field';

const DIGITS = 6;

type Props = {
  label: ReactNode;
  value: string;
  onChange: (value: string) => void;
  /** All six digits are there. */
  onComplete?: (code: string) => void;
  error?: ReactNode;
  hint?: ReactNode;
  autoFocus?: boolean;
  disabled?: boolean;
  ref?: Ref<HTMLInputElement>;
};

/** Six digits in one real input: paste, autofill, undo and screen readers work by themselves. */
export function CodeField({ label, value, onChange, onComplete, error, hint, ...input }: Props) {
  function typed(text: string) {
    const code = text.replace(/\D/g, '').slice(0, DIGITS);
    onChange(code);
    if (code.length === DIGITS && code !== value) onComplete?.(code);
  }
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <input
          name="code"
          type="text"
          inputMode="numeric"
          autoComplete="one-time-code"
          spellCheck={false}
          {...input}
          {...ids}
          value={value}
          onChange={(event) => typed(event.target.value)}
          className={inputLook('code-slots h-14 max-w-[13.25rem] font-mono text-xl')}
        />
      )}
    </Field>
  );
}
