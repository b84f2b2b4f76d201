import { useState } from 'react';
import { Badge, Button, Card, ConfirmDialog, LinkButton, toast } from '../../components/ui';
import { calledOff, problemText } from '../../lib/refusals';
import { useMe } from '../../lib/session';
import { CodesDialog, type Shown } from './codes-dialog';
import { copy } from './copy';
import { backupCodes, renewCodes } from './queries';
import { TurnOffDialog } from './turn-off-dialog';

/** Two-step sign-in of one's own account. `required` says whether the company demands it. */
export function MfaCard({ required }: { required: boolean }) {
  const { data: me } = useMe();
  if (!me) return null;
  return (
    <Card title={copy.card.title} actions={<State on={me.mfa_enabled} required={required} />}>
      {me.mfa_enabled ? <On email={me.email} required={required} /> : <Off />}
    </Card>
  );
}

function State({ on, required }: { on: boolean; required: boolean }) {
  return (
    <span className="flex flex-wrap gap-2">
      {required && <Badge tone={on ? 'plain' : 'warn'}>{copy.card.required}</Badge>}
      <Badge tone={on ? 'ok' : 'plain'}>{on ? copy.card.on : copy.card.off}</Badge>
    </span>
  );
}

function Off() {
  return (
    <div className="space-y-4">
      <p className="max-w-prose text-muted">{copy.card.offBody}</p>
      <LinkButton to="/app/account/mfa/setup">{copy.card.setUp}</LinkButton>
    </div>
  );
}

function On({ email, required }: { email: string; required: boolean }) {
  const [shown, setShown] = useState<Shown>();
  const [asked, setAsked] = useState<'renew' | 'off'>();
  const [viewing, setViewing] = useState(false);

  async function view() {
    setViewing(true);
    try {
      const { codes, generated_at } = await backupCodes();
      setShown({ title: copy.view.title, codes, made: new Date(generated_at ?? Date.now()), fresh: false });
    } catch (error) {
      if (!calledOff(error)) toast({ title: 'That did not work', body: problemText(error), tone: 'bad' });
    } finally {
      setViewing(false);
    }
  }

  async function renew() {
    const { backup_codes } = await renewCodes();
    const codes = backup_codes.map((code) => ({ code }));
    setShown({ title: copy.renew.done, codes, made: new Date(), fresh: true });
  }

  return (
    <div className="space-y-4">
      <p className="max-w-prose text-muted">{copy.card.onBody}</p>
      <div className="flex flex-wrap gap-2">
        <Button variant="outline" busy={viewing} onClick={() => void view()}>
          {copy.card.view}
        </Button>
        <Button variant="outline" onClick={() => setAsked('renew')}>
          {copy.card.renew}
        </Button>
        <LinkButton variant="outline" to="/app/account/mfa/setup">
          {copy.card.move}
        </LinkButton>
        {!required && (
          <Button variant="ghost" onClick={() => setAsked('off')}>
            {copy.card.turnOff}
          </Button>
        )}
      </div>
      {required && <p className="text-sm text-muted">{copy.card.cannotTurnOff}</p>}
      <CodesDialog shown={shown} email={email} onClose={() => setShown(undefined)} />
      <ConfirmDialog
        open={asked === 'renew'}
        onOpenChange={(open) => setAsked(open ? 'renew' : undefined)}
        title={copy.renew.title}
        body={copy.renew.body}
        confirmLabel={copy.renew.confirm}
        busyLabel={copy.renew.busy}
        tone="plain"
        onConfirm={renew}
      />
      <TurnOffDialog
        open={asked === 'off'}
        onOpenChange={(open) => setAsked(open ? 'off' : undefined)}
        onDone={() => toast({ title: copy.turnOff.done })}
      />
    </div>
  );
}
