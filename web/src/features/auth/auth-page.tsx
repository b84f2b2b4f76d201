import { type ReactNode, useEffect } from 'react';
import { Mark } from '../../components/mark';

type Props = { title: string; lead?: ReactNode; children: ReactNode; foot?: ReactNode; wide?: boolean };

/** The frame of every page before the app: the mark, one task, one way aside. */
export function AuthPage({ title, lead, children, foot, wide }: Props) {
  useEffect(() => {
    document.title = `${title} · Voxgate`;
  }, [title]);
  return (
    <div className="flex min-h-dvh flex-col px-4 py-8 sm:py-16">
      <main id="main" className={`mx-auto w-full ${wide ? 'max-w-xl' : 'max-w-sm'}`}>
        <a href="/" className="mb-8 inline-flex items-center gap-2.5 rounded-md text-lg font-semibold">
          <Mark /> Voxgate
        </a>
        <div className="panel p-6 sm:p-7">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {lead && <p className="mt-1.5 text-muted">{lead}</p>}
          <div className="mt-6">{children}</div>
        </div>
        {foot && <p className="mt-6 text-center text-sm text-muted">{foot}</p>}
      </main>
    </div>
  );
}
