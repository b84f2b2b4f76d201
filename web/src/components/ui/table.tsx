import clsx from 'clsx';
import type { ReactNode, TableHTMLAttributes, TdHTMLAttributes, ThHTMLAttributes } from 'react';

type TableProps = TableHTMLAttributes<HTMLTableElement> & { label?: string; children: ReactNode };

/** A table that scrolls inside its panel where the screen is narrow; by keyboard too. */
export const Table = ({ label, className, children, ...rest }: TableProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <section aria-label={label} tabIndex={0} className="relative overflow-x-auto focus-visible:-outline-offset-2">
    <table {...rest} className={clsx('w-full border-collapse text-left text-sm', className)}>
      {children}
    </table>
  </section>
);

export const Th = ({ className, ...rest }: ThHTMLAttributes<HTMLTableCellElement>) => (
  <th
    scope="col"
    {...rest}
    className={clsx('h-10 border-b border-line px-4 text-xs font-medium whitespace-nowrap text-muted', className)}
  />
);

export const Td = ({ className, ...rest }: TdHTMLAttributes<HTMLTableCellElement>) => (
  <td {...rest} className={clsx('h-12 border-b border-line px-4 align-middle', className)} />
);
