import { useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { keys } from '../../api/keys';
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
      {me.mfa_enabled ? <On email={me.email} required={required} left={me.backup_codes_left ?? undefined} /> : <Off />}
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

/** From here on somebody should make new ones. */
const FEW = 2;
/** How many there are in the beginning. */
const ALL = 8;

function CodesLeft({ left }: { left: number }) {
  if (left > FEW) return <p className="text-sm text-muted">{copy.card.left(left, ALL)}</p>;
  return (
    <p role="status" className="flex items-start gap-2 rounded-md border border-warn/40 px-3 py-2 text-sm">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <span>
        <span className="font-medium">{copy.card.left(left, ALL)}.</span> {copy.card.few}
      </span>
    </p>
  );
}

type OnProps = { email: string; required: boolean; left: number | undefined };

function On({ email, required, left }: OnProps) {
  const client = useQueryClient();
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
    void client.invalidateQueries({ queryKey: keys.me });
    const codes = backup_codes.map((code) => ({ code }));
    setShown({ title: copy.renew.done, codes, made: new Date(), fresh: true });
  }

  return (
    <div className="space-y-4">
      <p className="max-w-prose text-muted">{copy.card.onBody}</p>
      {left !== undefined && <CodesLeft left={left} />}
      <div className="grid gap-2 sm:flex sm:flex-wrap">
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
