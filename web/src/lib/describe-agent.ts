export type AgentKind = 'desktop' | 'phone' | 'program';
export type Agent = { label: string; kind: AgentKind };

/** The first that fits counts: Edge and Opera call themselves Chrome too, and everything calls itself Safari. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: [RegExp, string, AgentKind][] = [
  [/iPhone/, 'iPhone', 'phone'],
  [/iPad/, 'iPad', 'phone'],
  [/Android/, 'Android', 'phone'],
  [/Windows/, 'Windows', 'desktop'],
  [/Mac OS X|Macintosh/, 'Mac', 'desktop'],
  [/CrOS/, 'ChromeOS', 'desktop'],
  [/Linux/, 'Linux', 'desktop'],
];

/** "Firefox on Windows", or the name a program gives itself. */
export function describeAgent(agent: string | null | undefined): Agent {
  if (!agent) return { label: 'Unknown device', kind: 'program' };
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent));
  if (browser) return { label: system ? `${browser} on ${system[1]}` : browser, kind: system?.[2] ?? 'desktop' };
  return { label: agent.split(/[\s/]/)[0] || 'Unknown device', kind: 'program' };
}
