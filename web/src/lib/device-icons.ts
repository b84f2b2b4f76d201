import { Monitor, Smartphone, SquareTerminal } from 'lucide-react';
import type { AgentKind } from './describe-agent';

/** A picture for each kind of device. */
export const DEVICE_ICONS: Record<AgentKind, typeof Monitor> = {
  desktop: Monitor,
  phone: Smartphone,
  program: SquareTerminal,
};
