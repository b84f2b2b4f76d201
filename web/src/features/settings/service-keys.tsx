import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Card, ConfirmDialog, Empty, ErrorPanel, Skeleton, toast } from '../../components/ui';
import { useLiveRefresh } from '../../lib/live-refresh';
import { serviceCopy as copy } from './service-copy';
import { NewKeyDialog } from './service-key-form';
import { ServiceKeyRow } from './service-key-row';
import { ShownKeyDialog } from './service-key-shown';
import { type Credential, credentials, credentialsKey, type Issued, revoke, rotate } from './service-queries';

type Act = { kind: 'rotate' | 'revoke'; credential: Credential };

/** Keys of the company's services: make, replace, revoke. */
export function ServiceKeys() {
  const client = useQueryClient();
  const query = useQuery({ queryKey: credentialsKey, queryFn: credentials });
  useLiveRefresh(['service_credential.'], credentialsKey);
  const [making, setMaking] = useState(false);
  const [act, setAct] = useState<Act>();
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<Issued>();
  const refresh = () => client.invalidateQueries({ queryKey: credentialsKey });

  function ask(next: Act) {
    setAct(next);
    setAsking(true);
  }

  async function perform() {
    if (!act) return;
    const { kind, credential } = act;
    if (kind === 'rotate') setShown(await rotate(credential.id));
    else {
      await revoke(credential.id);
      toast({ title: copy.revoke.done(credential.name) });
    }
    await refresh();
  }

  const words = copy[act?.kind ?? 'revoke'];
  return (
    <Card
      title={copy.title}
      description={copy.body}
      actions={
        <Button variant="outline" onClick={() => setMaking(true)}>
          {copy.add}
        </Button>
      }
    >
      {query.data ? (
        <Keys items={query.data} onAct={ask} />
      ) : query.error ? (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton lines={3} />
      )}
      <NewKeyDialog
        open={making}
        onOpenChange={setMaking}
        onMade={(issued) => {
          setMaking(false);
          setShown(issued);
          void refresh();
        }}
      />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={words.title(act?.credential.name ?? '')}
        body={words.body}
        confirmLabel={words.confirm}
        busyLabel={words.busy}
        tone={act?.kind === 'rotate' ? 'plain' : 'danger'}
        onConfirm={perform}
      />
      <ShownKeyDialog issued={shown} onClose={() => setShown(undefined)} />
    </Card>
  );
}

function Keys({ items, onAct }: { items: Credential[]; onAct: (act: Act) => void }) {
  if (items.length === 0) return <Empty title={copy.none.title} body={copy.none.body} />;
  return (
    <ul className="divide-y divide-line">
      {items.map((credential) => (
        <ServiceKeyRow
          key={credential.id}
          credential={credential}
          onRotate={() => onAct({ kind: 'rotate', credential })}
          onRevoke={() => onAct({ kind: 'revoke', credential })}
        />
      ))}
    </ul>
  );
}
