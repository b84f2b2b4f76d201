import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

type Tab<T extends string> = { id: T; label: ReactNode; content: ReactNode };
type Props<T extends string> = { tabs: readonly Tab<T>[]; value: T; onChange: (id: T) => void };

export const Tabs = <T extends string>({ tabs, value, onChange }: Props<T>) => (
  <Base.Root value={value} onValueChange={(id) => onChange(id as T)}>
    <Base.List className="flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map(({ id, label }) => (
        <Base.Tab
          key={id}
          value={id}
          className="-mb-px h-10 border-b-2 border-transparent px-3 text-sm font-medium whitespace-nowrap text-muted hover:text-ink focus-visible:-outline-offset-2 data-active:border-ink data-active:text-ink"
        >
          {label}
        </Base.Tab>
      ))}
    </Base.List>
    {tabs.map(({ id, content }) => (
      <Base.Panel key={id} value={id} className="pt-5">
        {content}
      </Base.Panel>
    ))}
  </Base.Root>
);
