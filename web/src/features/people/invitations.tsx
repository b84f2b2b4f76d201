import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Card, ConfirmDialog, ErrorPanel, Time, toast } from '../../components/ui';
import { problemText } from '../../lib/refusals';
import { copy } from './copy';
import { type Invitation, openInvitations, peopleKeys, resend, withdraw } from './queries';

/** Those who have not answered yet. Nothing is shown while there are none. */
export function Invitations({ admin }: { admin: boolean }) {
  const client = useQueryClient();
  const query = useQuery({ queryKey: peopleKeys.invitations, queryFn: openInvitations });
  const [chosen, setChosen] = useState<Invitation>();
  const [asking, setAsking] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: peopleKeys.invitations });

  if (query.error && !query.data) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data || query.data.length === 0) return null;

  async function end() {
    if (!chosen) return;
    await withdraw(chosen.id);
    toast({ title: copy.invitations.withdrawn(chosen.email) });
    await refresh();
  }

  return (
    <Card title={copy.invitations.title}>
      <ul className="divide-y divide-line">
        {query.data.map((invitation) => (
          <Row
            key={invitation.id}
            invitation={invitation}
            mayChange={admin || invitation.role === 'user'}
            onResent={refresh}
            onWithdraw={() => {
              setChosen(invitation);
              setAsking(true);
            }}
          />
        ))}
      </ul>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={copy.invitations.withdrawTitle(chosen?.email ?? '')}
        body={copy.invitations.withdrawBody}
        confirmLabel={copy.invitations.withdraw}
        busyLabel={copy.invitations.withdrawing}
        tone="danger"
        onConfirm={end}
      />
    </Card>
  );
}

type RowProps = { invitation: Invitation; mayChange: boolean; onResent: () => Promise<void>; onWithdraw: () => void };

function Row({ invitation, mayChange, onResent, onWithdraw }: RowProps) {
  const [busy, setBusy] = useState(false);
  const expired = Date.parse(invitation.expires_at) < Date.now();

  async function again() {
    if (busy) return;
    setBusy(true);
    try {
      await resend(invitation.id);
      toast({ title: copy.invitations.resent(invitation.email), tone: 'ok' });
      await onResent();
    } catch (problem) {
      toast({ title: 'Not sent', body: problemText(problem), tone: 'bad' });
    } finally {
      setBusy(false);
    }
  }

  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="min-w-48 flex-1">
        <p className="break-all">{invitation.email}</p>
        <p className="text-sm text-muted">
          {copy.roles[invitation.role]} ·{' '}
          {expired ? (
            <span className="text-warn">{copy.invitations.expired}</span>
          ) : (
            <>
              {copy.invitations.expires} <Time at={invitation.expires_at} style="exact" />
            </>
          )}
        </p>
      </div>
      {mayChange ? (
        <div className="flex gap-2">
          <Button
            variant="outline"
            size="sm"
            busy={busy}
            busyText={copy.invitations.resending}
            onClick={() => void again()}
          >
            {copy.invitations.resend}
          </Button>
          <Button
            variant="ghost"
            size="sm"
            onClick={onWithdraw}
            aria-label={`${copy.invitations.withdraw}: ${invitation.email}`}
          >
            {copy.invitations.withdraw}
          </Button>
        </div>
      ) : (
        <p className="text-sm text-muted">{copy.invitations.cannot}</p>
      )}
    </li>
  );
}
