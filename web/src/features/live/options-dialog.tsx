import { useState } from 'react';
import { Dialog, Switch } from '../../components/ui';
import { setShortcuts, useShortcutsOn } from '../../lib/shortcuts';
import { copy } from './copy';
import { askForNotices, useNotify, useSound } from './notices';

/** Sound, notices and keys, on this device only; all of it is off until somebody asks. */
export function OptionsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [sound, setSound] = useSound();
  const [notify, setNotify] = useNotify();
  const [refused, setRefused] = useState(false);
  const keysOn = useShortcutsOn();

  async function toggleNotify(on: boolean) {
    const allowed = !on || (await askForNotices());
    setRefused(!allowed);
    setNotify(on && allowed);
  }

  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={copy.options}>
      <div className="space-y-5">
        <Switch label={copy.sound} hint={copy.soundHint} checked={sound} onChange={setSound} />
        <Switch
          label={copy.notify}
          hint={refused ? copy.notifyBlocked : copy.notifyHint}
          checked={notify}
          onChange={(on) => void toggleNotify(on)}
        />
        <Switch label={copy.help.toggle} hint={copy.help.toggleHint} checked={keysOn} onChange={setShortcuts} />
        <section className="space-y-2">
          <h3 className="font-medium">{copy.help.title}</h3>
          <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-y-1 text-sm">
            {copy.help.keys.map(([key, means]) => (
              <div key={key} className="contents">
                <dt className="font-mono text-xs">{key}</dt>
                <dd className="text-muted">{means}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
