import { type ReactNode, useEffect } from 'react';

type Props = { title: string; description?: ReactNode; actions?: ReactNode };

/** The page's one `h1`; the tab is named after it. */
export function PageHead({ title, description, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · Voxgate`;
  }, [title]);
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 space-y-1">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {description && <p className="max-w-2xl text-muted">{description}</p>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
}
