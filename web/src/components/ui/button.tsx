import { createLink } from '@tanstack/react-router';
import clsx from 'clsx';
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, MouseEvent, Ref } from 'react';

export type Look = { variant?: 'solid' | 'outline' | 'ghost' | 'danger'; size?: 'md' | 'sm' };

const BASE =
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap select-none no-underline transition-colors duration-150 disabled:opacity-55 disabled:cursor-not-allowed aria-disabled:opacity-55 aria-disabled:cursor-not-allowed';

const VARIANTS = {
  solid: 'bg-solid text-on-solid hover:bg-solid/85',
  outline: 'border border-line-strong/60 bg-surface text-ink hover:border-line-strong hover:bg-raised',
  ghost: 'text-ink hover:bg-raised',
  danger: 'border border-bad/60 bg-surface text-bad hover:border-bad hover:bg-bad/10',
};

const SIZES = { md: 'h-10 px-4 text-base', sm: 'h-8 px-3 text-sm' };

export const buttonLook = ({ variant = 'solid', size = 'md' }: Look, className?: string) =>
  clsx(BASE, VARIANTS[variant], SIZES[size], className);

export type ButtonProps = Look &
  ButtonHTMLAttributes<HTMLButtonElement> & {
    /** Something is running: further clicks do nothing, and the focus stays. */
    busy?: boolean;
    /** What the button says meanwhile. */
    busyText?: string;
    ref?: Ref<HTMLButtonElement>;
  };

export function Button({ variant, size, busy, busyText, className, onClick, children, ...rest }: ButtonProps) {
  const idle = busy || rest['aria-disabled'] === true || rest['aria-disabled'] === 'true';
  const clicked = (event: MouseEvent<HTMLButtonElement>) => (idle ? event.preventDefault() : onClick?.(event));
  return (
    <button
      type="button"
      {...rest}
      {...(busy ? { 'aria-disabled': true, 'aria-busy': true } : {})}
      onClick={clicked}
      className={buttonLook({ variant, size }, className)}
    >
      {busy && <span aria-hidden className="spinner" />}
      {busy && busyText ? busyText : children}
    </button>
  );
}

type AnchorProps = Look & AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> };

const Anchor = ({ variant, size, className, children, ...rest }: AnchorProps) => (
  <a {...rest} className={buttonLook({ variant, size }, className)}>
    {children}
  </a>
);

/** A link of the app that looks like a button. */
export const LinkButton = createLink(Anchor);
