import sample from './sample-pulse.json' with { type: 'json' };

const [STEP, BAR, LINE, SCALE] = [12, 8, 132, 4.6];
const WIDTH = sample.length * STEP;

type Bars = { x: number; passed: number; failed: number; blocked: number };

const bars: Bars[] = sample.map(([passed = 0, failed = 0, blocked = 0], index) => ({
  x: index * STEP + (STEP - BAR) / 2,
  passed: passed * SCALE,
  failed: failed * SCALE,
  blocked: blocked * SCALE,
}));

const Bar = ({ x, passed, failed, blocked }: Bars) => (
  <g>
    <rect x={x} y={LINE - 3 - passed} width={BAR} height={passed} rx="1" className="fill-bar-ok" />
    {failed > 0 && <rect x={x} y={LINE + 3} width={BAR} height={failed} rx="1" className="fill-bar-warn" />}
    {blocked > 0 && <rect x={x} y={LINE + 4 + failed} width={BAR} height={blocked} rx="1" className="fill-bar-bad" />}
  </g>
);

const Key = ({ fill, children }: { fill: string; children: string }) => (
  <li className="flex items-center gap-2">
    <svg aria-hidden="true" viewBox="0 0 8 8" className="size-2">
      <rect width="8" height="8" rx="1" className={fill} />
    </svg>
    {children}
  </li>
);

/** Sign-ins above the line, refusals below it: an attack grows downward. */
export const HeroPulse = () => (
  <figure className="panel overflow-hidden">
    <figcaption className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b border-line px-5 py-3 text-sm">
      <span className="font-medium">Five minutes, seen from the live desk</span>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-muted">
        <Key fill="fill-bar-ok">Signed in</Key>
        <Key fill="fill-bar-warn">Failed</Key>
        <Key fill="fill-bar-bad">Blocked</Key>
      </ul>
    </figcaption>
    <svg
      role="img"
      aria-label="Bars above a line for sign-ins, steady all along. Below it few failures, then a burst of failed and soon blocked tries, then calm again."
      viewBox={`0 0 ${WIDTH} 264`}
      className="h-auto w-full px-5 py-6"
    >
      <path d={`M0 ${LINE}h${WIDTH}`} className="stroke-line-strong" strokeWidth="1.5" />
      {bars.map((bar) => (
        <Bar key={bar.x} {...bar} />
      ))}
    </svg>
    <p className="border-t border-line px-5 py-3 text-sm text-muted">
      Sample data. Somebody guesses passwords; after a few failures the account is locked to them, and people go on
      signing in.
    </p>
  </figure>
);
