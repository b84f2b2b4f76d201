import { type KeyboardEvent, useState } from 'react';
import { Field, inputLook, type TextFieldProps } from './field';

/** A password that can be shown, with a hint while Caps Lock is on. Paste and managers work: it is a plain input. */
export function PasswordField({ label, hint, error, className, onKeyUp, ...input }: TextFieldProps) {
  const [shown, setShown] = useState(false);
  const [caps, setCaps] = useState(false);
  function released(event: KeyboardEvent<HTMLInputElement>) {
    setCaps(event.getModifierState('CapsLock'));
    onKeyUp?.(event);
  }
  return (
    <Field label={label} hint={caps ? 'Caps Lock is on.' : hint} error={error} id={input.id}>
      {(ids) => (
        <div className="relative">
          <input
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            {...input}
            {...ids}
            type={shown ? 'text' : 'password'}
            onKeyUp={released}
            className={inputLook(`pr-16 ${className ?? ''}`)}
          />
          <button
            type="button"
            aria-pressed={shown}
            aria-controls={ids.id}
            aria-label="Show password"
            onClick={() => setShown(!shown)}
            className="absolute inset-y-1 right-1 w-14 rounded-sm text-sm font-medium text-muted hover:bg-raised hover:text-ink"
          >
            {shown ? 'Hide' : 'Show'}
          </button>
        </div>
      )}
    </Field>
  );
}
