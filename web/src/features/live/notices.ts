/** Alerts beyond the page: spoken to screen readers, and by tone and notice of the system where somebody asked for it. */
import { useEffect } from 'react';
import { announce } from '../../lib/announce';
import { rememberedSwitch } from '../../lib/remembered';
import { useStore } from '../../lib/store';
import type { Alert } from './attention';
import { copy } from './copy';
import type { DeskStore } from './desk-store';

const [SPEAK_MS, NOTIFY_MS] = [5_000, 10_000];

const sound = rememberedSwitch('voxgate-sound', false);
const notify = rememberedSwitch('voxgate-notify', false);

export const useSound = () => [useStore(sound), sound.set] as const;
export const useNotify = () => [useStore(notify), notify.set] as const;

/** Asks the browser; `false` if it does not allow notices. */
export async function askForNotices(): Promise<boolean> {
  if (!('Notification' in window)) return false;
  return (await Notification.requestPermission()) === 'granted';
}

function tone() {
  const audio = new AudioContext();
  const [voice, volume] = [audio.createOscillator(), audio.createGain()];
  voice.frequency.value = 660;
  volume.gain.setValueAtTime(0.08, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.25);
  voice.connect(volume).connect(audio.destination);
  voice.onended = () => void audio.close();
  voice.start();
  voice.stop(audio.currentTime + 0.25);
}

/** Lets `say` speak at most once in `pause`, for all that came meanwhile. */
function grouped(pause: number, say: (alerts: readonly Alert[]) => void) {
  let waiting: Alert[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    if (waiting.length === 0) return;
    say(waiting);
    waiting = [];
    timer = setTimeout(flush, pause);
  };
  return {
    add(alert: Alert) {
      waiting.push(alert);
      timer ??= setTimeout(flush, 0);
    },
    stop: () => clearTimeout(timer),
  };
}

const inWords = (alerts: readonly Alert[]) => copy.attention.spoken(alerts.length, alerts.at(-1)?.title ?? '');

export function useNotices(store: DeskStore) {
  useEffect(() => {
    const spoken = grouped(SPEAK_MS, (alerts) => announce(inWords(alerts)));
    const loud = grouped(NOTIFY_MS, (alerts) => {
      if (sound.get()) tone();
      if (notify.get() && Notification.permission === 'granted') {
        new Notification('Voxgate', { body: inWords(alerts), tag: 'voxgate-alerts' });
      }
    });
    const stop = store.alerted((alert) => {
      spoken.add(alert);
      if (alert.high) loud.add(alert);
    });
    return () => {
      stop();
      spoken.stop();
      loud.stop();
    };
  }, [store]);
}
