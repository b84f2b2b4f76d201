import { Activity, KeyRound, type LucideIcon, ScrollText, Settings, UserRound, Users } from 'lucide-react';
import type { Role } from '../../lib/events';

export type NavItem = { to: string; label: string; icon: LucideIcon; exact?: boolean; keys?: string };

const DESK: NavItem = { to: '/app/security', label: 'Live desk', icon: Activity, keys: 'g d' };
const PEOPLE: NavItem = { to: '/app/people', label: 'People', icon: Users, keys: 'g p' };
const AUDIT: NavItem = { to: '/app/audit', label: 'Security log', icon: ScrollText, keys: 'g a' };
const SETTINGS: NavItem = { to: '/app/settings', label: 'Settings', icon: Settings };

/** One's own account, for every role. */
export const OWN: NavItem[] = [
  { to: '/app/account', label: 'Profile', icon: UserRound, exact: true },
  { to: '/app/account/security', label: 'Your security', icon: KeyRound },
];

/** The company's pages by role. The server decides; this only hides. */
export const COMPANY: Record<Role, NavItem[]> = {
  user: [],
  manager: [DESK, PEOPLE, AUDIT],
  admin: [DESK, PEOPLE, AUDIT, SETTINGS],
};
