import { Link } from '@tanstack/react-router';
import clsx from 'clsx';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Button, Card, ConfirmDialog, Empty, Time, toast } from '../../components/ui';
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
  const facts = evidence(alert);
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-2 py-3 pl-7 first:pt-0 last:pb-0">
      <TriangleAlert
        aria-hidden
        className={clsx('absolute left-0 mt-1 size-4 self-start', alert.high ? 'text-bad' : 'text-warn')}
      />
      <div className="min-w-56 flex-1">
        <p className="font-medium">
          {alert.title}
          {person && name && (
            <>
              <span className="font-normal text-muted"> · </span>
              <Link to="/app/people/$id" params={{ id: person }} className="link font-normal">
                {name}
              </Link>
            </>
          )}
        </p>
        <p className="text-sm text-muted">
          {facts && `${facts} · `}
          <Time at={new Date(alert.at).toISOString()} />
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
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
