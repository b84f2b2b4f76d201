import { useState } from 'react';
import { Address, Badge, Button, toast } from '../../components/ui';
import { problemText } from '../../lib/refusals';
import { copy } from './copy';
import { EmailDialog } from './email-dialog';
import { type Me, resendLink } from './queries';

/** The address, whether it was confirmed, and the way to another one. */
export function EmailRow({ me }: { me: Me }) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);

  async function resend() {
    if (busy) return;
    setBusy(true);
    try {
      await resendLink();
      toast({ title: copy.profile.resent(me.email), tone: 'ok' });
    } catch (problem) {
      toast({ title: 'Not sent', body: problemText(problem), tone: 'bad' });
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="space-y-1.5">
      <p className="text-sm font-medium">{copy.profile.email}</p>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <Address>{me.email}</Address>
          <Badge tone={me.email_verified ? 'ok' : 'warn'}>
            {me.email_verified ? copy.profile.confirmed : copy.profile.notConfirmed}
          </Badge>
        </p>
        <div className="flex flex-wrap gap-2">
          {!me.email_verified && (
            <Button
              variant="outline"
              size="sm"
              busy={busy}
              busyText={copy.profile.resending}
              onClick={() => void resend()}
            >
              {copy.profile.resend}
            </Button>
          )}
          <Button variant="outline" size="sm" onClick={() => setOpen(true)}>
            {copy.profile.change}
          </Button>
        </div>
      </div>
      <EmailDialog open={open} onOpenChange={setOpen} />
    </div>
  );
}
