import clsx from 'clsx';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Button, Card, ConfirmDialog, Empty, LinkButton, Time, toast } from '../../components/ui';
import { nameOf, useNames } from '../../lib/names';
import { problemText } from '../../lib/refusals';
import { useMe } from '../../lib/session';
import type { Alert } from './attention';
import { copy } from './copy';
import type { DeskStore } from './desk-store';
import { acknowledge, secure } from './queries';
import { useDeskPart } from './use-desk';

function evidence(alert: Alert): string {
  const { attention } = copy;
  return [alert.detail, alert.count > 1 && attention.times(alert.count), alert.ip && attention.from(alert.ip)]
    .filter(Boolean)
    .join(' · ');
}

type Props = {
  alert: Alert;
  name: string | undefined;
  admin: boolean;
  own: boolean;
  onExpected: (alert: Alert) => void;
  onSecure: (person: string, name: string, alert: Alert) => void;
};

function Entry({ alert, name, admin, own, onExpected, onSecure }: Props) {
  const { person } = alert;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <TriangleAlert aria-hidden className={clsx('mt-0.5 size-4', alert.high ? 'text-bad' : 'text-warn')} />
      <div className="min-w-48 flex-1">
        <p className="font-medium">
          {alert.title}
          {name && <span className="font-normal text-muted"> · {name}</span>}
        </p>
        <p className="text-sm text-muted">
          {evidence(alert)} <Time at={new Date(alert.at).toISOString()} />
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {person && (
          <LinkButton variant="ghost" size="sm" to="/app/people/$id" params={{ id: person }}>
            {copy.attention.open}
          </LinkButton>
        )}
        {admin && (
          <Button variant="outline" size="sm" onClick={() => onExpected(alert)}>
            {copy.attention.expected}
          </Button>
        )}
        {person && name && admin && !own && (
          <Button variant="danger" size="sm" onClick={() => onSecure(person, name, alert)}>
            {copy.attention.secure}
          </Button>
        )}
      </div>
    </li>
  );
}

type Asked = { person: string; name: string; alert: Alert };

export function AttentionQueue({ store }: { store: DeskStore }) {
  const { data: me } = useMe();
  const { names } = useNames();
  const alerts = useDeskPart(store, (desk) => desk.alerts);
  const [asked, setAsked] = useState<Asked>();

  async function dealtWith({ seq }: Alert) {
    try {
      await acknowledge(seq);
      store.dismiss([seq]);
    } catch (problem) {
      toast({ title: copy.attention.failed, body: problemText(problem), tone: 'bad' });
    }
  }

  async function act({ person, name, alert }: Asked) {
    const receipt = await secure(person, copy.secure.reason);
    await dealtWith(alert);
    toast({ title: copy.secure.done(name, receipt.sessions_revoked), tone: 'ok' });
  }

  return (
    <Card title={copy.attention.title}>
      {alerts.length === 0 ? (
        <Empty title={copy.attention.none.title} body={copy.attention.none.body} />
      ) : (
        <ul className="max-h-96 divide-y divide-line overflow-y-auto">
          {alerts.map((alert) => (
            <Entry
              key={alert.key}
              alert={alert}
              name={nameOf(names, alert.person)}
              admin={me?.role === 'admin'}
              own={alert.person === me?.id}
              onExpected={(about) => void dealtWith(about)}
              onSecure={(person, name, about) => setAsked({ person, name, alert: about })}
            />
          ))}
        </ul>
      )}
      {asked && (
        <ConfirmDialog
          open
          onOpenChange={() => setAsked(undefined)}
          title={copy.secure.title(asked.name)}
          body={copy.secure.body}
          confirmLabel={copy.secure.confirm}
          busyLabel={copy.secure.busy}
          tone="danger"
          onConfirm={() => act(asked)}
        />
      )}
    </Card>
  );
}
