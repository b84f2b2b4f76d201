import { MoreHorizontal } from 'lucide-react';
import { Button, Menu } from '../../components/ui';
import { copy } from './copy';
import type { Person } from './queries';
import { type Act, actsFor } from './reasons';
import type { Acts } from './use-acts';

type Props = { person: Person; acts: Acts; onChoose: (act: Act) => void };

/** Everything that can be done to a person; what cannot says why. */
export function PersonMenu({ person, acts, onChoose }: Props) {
  const items = actsFor(person).map((act) => {
    const tone = act === 'deactivate' ? ('danger' as const) : undefined;
    return { label: copy.actions[act], onSelect: () => onChoose(act), disabledReason: acts.reason(act, person), tone };
  });
  const label = copy.actions.menu(person.full_name);
  return (
    <Menu
      label={label}
      items={items}
      trigger={
        <Button variant="ghost" size="sm" aria-label={label}>
          <MoreHorizontal aria-hidden className="size-4" />
        </Button>
      }
    />
  );
}
