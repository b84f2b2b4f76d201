import type { ReactNode } from 'react';

type Props = { title: ReactNode; body?: ReactNode; action?: ReactNode };

/** Nothing here yet, and the next step. */
export const Empty = ({ title, body, action }: Props) => (
  <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
    <svg aria-hidden="true" viewBox="0 0 60 12" className="mb-2 w-16 text-line-strong">
      <path d="M0 6h60M6 3v6M18 3v6M30 3v6M42 3v6M54 3v6" stroke="currentColor" strokeWidth="1.5" />
    </svg>
    <p className="font-medium">{title}</p>
    {body && <p className="max-w-md text-sm text-muted">{body}</p>}
    {action && <div className="pt-3">{action}</div>}
  </div>
);
