import { leaveAfter } from '../../lib/session';
import { setTheme, THEMES, useTheme } from '../../lib/theme';
import type { MenuItem } from '../ui';
import { toast } from '../ui';
import { signOut } from './sign-out';

const LABELS = { system: 'Theme of the system', light: 'Light theme', dark: 'Dark theme' };

/** Theme and sign out: the end of every account menu. */
export function useAccountItems(): MenuItem[] {
  const theme = useTheme();
  const themes = THEMES.map((each) => ({
    label: LABELS[each],
    onSelect: () => setTheme(each),
    checked: each === theme,
  }));
  const out = () =>
    leaveAfter('signed_out', signOut).catch(() =>
      toast({ title: 'Could not sign out', body: 'The server did not answer. Try again.', tone: 'bad' }),
    );
  return [...themes, { label: 'Sign out', onSelect: () => void out() }];
}
