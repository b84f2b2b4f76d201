/** Five bars on a line; the fourth hangs below it. */
export const Mark = ({ className = 'h-6 w-7' }: { className?: string }) => (
  <svg aria-hidden="true" viewBox="0 0 28 24" className={className} fill="none" strokeWidth="3">
    <path d="M0 15h28" stroke="currentColor" strokeWidth="1.5" />
    <path d="M4 12V7M9 12V2M14 12V5M24 12V3" className="stroke-bar-ok" />
    <path d="M19 18v5" className="stroke-bar-bad" />
  </svg>
);
