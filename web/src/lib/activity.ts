/** When somebody last did something, in any tab of this browser. */
import { hear, tell } from './tabs';

/** Often enough for a limit of minutes. */
const NOTE_MS = 5_000;
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

let activeAt = Date.now();
let toldAt = 0;

export const lastActive = () => activeAt;

/** Somebody is here. */
export function noteActivity() {
  activeAt = Date.now();
  if (activeAt - toldAt < NOTE_MS) return;
  toldAt = activeAt;
  tell({ kind: 'active', at: activeAt });
}

/** Watches for signs of life; the answer ends that. */
export function watchActivity(): () => void {
  noteActivity();
  for (const sign of SIGNS) window.addEventListener(sign, noteActivity, { passive: true });
  const stop = hear((word) => {
    if (word.kind === 'active') activeAt = Math.max(activeAt, word.at);
  });
  return () => {
    stop();
    for (const sign of SIGNS) window.removeEventListener(sign, noteActivity);
  };
}
