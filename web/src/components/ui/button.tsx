import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, MouseEvent, Ref } from 'react';
import { buttonClass, type Look } from './button-look';

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
      className={buttonClass({ variant, size }, className)}
    >
      {busy && <span aria-hidden className="spinner" />}
      {busy && busyText ? busyText : children}
    </button>
  );
}

type AnchorProps = Look & AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> };

const Anchor = ({ variant, size, className, children, ...rest }: AnchorProps) => (
  <a {...rest} className={buttonClass({ variant, size }, className)}>
    {children}
  </a>
);

/** A link of the app that looks like a button. */
export const LinkButton = createLink(Anchor);
