import { remembered } from './remembered';
import { useStore } from './store';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** `theme.js` reads it before the first paint. */
const KEY = 'voxgate-theme';

const root = () => document.documentElement.dataset;
const now = (): Theme => (root().theme === 'light' || root().theme === 'dark' ? (root().theme as Theme) : 'system');

const theme = remembered<Theme>(KEY, now, (wanted) => (wanted === 'system' ? null : wanted));

export const useTheme = () => useStore(theme);

export function setTheme(wanted: Theme) {
  theme.set(wanted);
  if (wanted === 'system') delete root().theme;
  else root().theme = wanted;
}
