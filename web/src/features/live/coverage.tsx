import { Link } from '@tanstack/react-router';
import { Card } from '../../components/ui';
import { number, percent } from '../../lib/format';
import type { Summary } from './buckets';
import { copy } from './copy';

/** How many people have a second factor: one fact, one bar. */
export function Coverage({ mfa }: { mfa: Summary['mfa'] | undefined }) {
  if (!mfa) return null;
  const part = mfa.total === 0 ? 0 : mfa.enrolled / mfa.total;
  return (
    <Card title={copy.coverage.title}>
      <p className="mb-2 text-sm">
        <span className="text-lg font-semibold tabular-nums">{percent(part)}</span>{' '}
        <span className="text-muted">{copy.coverage.text(number(mfa.enrolled), number(mfa.total))}</span>
      </p>
      <svg aria-hidden="true" viewBox="0 0 100 8" preserveAspectRatio="none" className="h-2 w-full">
        <rect width="100" height="8" className="fill-raised" />
        <rect width={part * 100} height="8" className="fill-bar-ok" />
      </svg>
      {mfa.enrolled < mfa.total && (
        <Link to="/app/people" className="link mt-3 inline-block text-sm">
          {copy.coverage.without}
        </Link>
      )}
    </Card>
  );
}
