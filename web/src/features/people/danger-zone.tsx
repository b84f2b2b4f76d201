import { Button, Card } from '../../components/ui';
import { copy } from './copy';
import type { Person } from './queries';
import { type Act, actsFor } from './reasons';
import type { Acts } from './use-acts';

type Props = { person: Person; acts: Acts; onChoose: (act: Act) => void };

/** One row for each act with one sentence; what cannot be done says why instead. */
export function DangerZone({ person, acts, onChoose }: Props) {
  return (
    <Card title={copy.person.danger}>
      <ul className="divide-y divide-line">
        {actsFor(person).map((act) => {
          const reason = acts.reason(act, person);
          const id = `danger-${act}`;
          return (
            <li key={act} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
              <p id={id} className="min-w-44 flex-1 text-sm text-muted">
                {reason ?? copy.person.rows[act]}
              </p>
              <Button
                variant={act === 'deactivate' ? 'danger' : 'outline'}
                size="sm"
                aria-describedby={id}
                disabled={reason !== undefined}
                onClick={() => onChoose(act)}
              >
                {copy.actions[act]}
              </Button>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
