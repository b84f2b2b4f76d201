import clsx from 'clsx';
import { CircleAlert } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react';

/** What ties a control to its label, hint and error: spread it on the control. */
export type FieldIds = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean };

export type FieldProps = { label: ReactNode; hint?: ReactNode; error?: ReactNode };

type Props = FieldProps & { id?: string | undefined; children: (ids: FieldIds) => ReactNode };

export function Field({ label, hint, error, id: given, children }: Props) {
  const made = useId();
  const id = given ?? made;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const ids = {
    id,
    ...(described ? { 'aria-describedby': described } : {}),
    ...(error ? { 'aria-invalid': true } : {}),
  };
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      {children(ids)}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      <p id={`${id}-error`} aria-live="polite" className={clsx('flex gap-1.5 text-sm text-bad', !error && 'hidden')}>
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>{error}</span>
      </p>
    </div>
  );
}

/** The look of everything one can type into; 16 px, or phones zoom in. */
export const inputLook = (className?: string) =>
  clsx(
    'h-10 w-full min-w-0 rounded-md border border-line-strong bg-surface px-3 text-[1rem] text-ink transition-colors duration-150',
    'placeholder:text-muted/80 hover:border-ink focus-visible:border-brand focus-visible:outline-offset-0',
    'aria-invalid:border-bad [&:is(input):read-only]:bg-raised disabled:opacity-55',
    className,
  );

export type TextFieldProps = FieldProps & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> };

export const TextField = ({ label, hint, error, className, ...input }: TextFieldProps) => (
  <Field label={label} hint={hint} error={error} id={input.id}>
    {(ids) => <input type="text" {...input} {...ids} className={inputLook(className)} />}
  </Field>
);
