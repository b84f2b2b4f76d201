import { ChevronDown } from 'lucide-react';
import { Field, inputLook } from './field';

type Props<T extends string> = {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly { value: T; label: string }[];
  /** For screen readers only, where the place says it already. */
  hideLabel?: boolean;
  hint?: string;
  disabled?: boolean;
};

/** The system's own list: it fits every screen, keyboard and reader. */
export function Select<T extends string>({ label, value, onChange, options, hideLabel, hint, disabled }: Props<T>) {
  const control = (ids: object) => (
    <div className="relative">
      <select
        {...ids}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value as T)}
        className={inputLook('cursor-pointer appearance-none pr-9')}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute inset-y-0 right-3 my-auto size-4 text-muted" />
    </div>
  );
  if (hideLabel) return control({ 'aria-label': label });
  return (
    <Field label={label} hint={hint}>
      {control}
    </Field>
  );
}
