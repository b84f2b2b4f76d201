import clsx from 'clsx';

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

export const buttonClass = ({ variant = 'solid', size = 'md' }: Look, className?: string) =>
  clsx(BASE, VARIANTS[variant], SIZES[size], className);
