import { type ReactNode, useId } from 'react';

type Props = { title?: ReactNode; description?: ReactNode; actions?: ReactNode; children?: ReactNode };

export function Card({ title, description, actions, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={title ? id : undefined} className="panel min-w-0">
      {(title || actions) && (
        <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-5 pt-4 pb-1">
          <div className="min-w-0 space-y-0.5">
            {title && (
              <h2 id={id} className="text-lg font-semibold">
                {title}
              </h2>
            )}
            {description && <p className="text-sm text-muted">{description}</p>}
          </div>
          {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
        </header>
      )}
      <div className="px-5 pt-3 pb-5">{children}</div>
    </section>
  );
}
