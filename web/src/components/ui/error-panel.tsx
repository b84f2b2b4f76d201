import { CircleAlert } from 'lucide-react';
import { ApiProblem } from '../../api/problem';
import { Button } from './button';

/** A failure in words, by what it is. */
function words(error: unknown): { title: string; detail: string; requestId?: string } {
  if (error instanceof ApiProblem) {
    const wait = error.retryAfter ? ` Wait ${error.retryAfter} seconds.` : '';
    return { title: error.title, detail: `${error.detail}${wait}`, requestId: error.requestId };
  }
  if (error instanceof TypeError) {
    return { title: 'Could not reach the server', detail: 'Check the connection, then try again.' };
  }
  return { title: 'Something went wrong here', detail: 'Trying again may help.' };
}

export function ErrorPanel({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, detail, requestId } = words(error);
  return (
    <div role="alert" className="flex items-start gap-3 rounded-lg border border-bad/50 bg-surface p-4">
      <CircleAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-bad" />
      <div className="min-w-0 flex-1 space-y-1">
        <p className="font-medium">{title}</p>
        <p className="text-sm text-muted">{detail}</p>
        {requestId && <p className="font-mono text-xs break-all text-muted">Request {requestId}</p>}
      </div>
      {onRetry && (
        <Button variant="outline" size="sm" onClick={onRetry}>
          Retry
        </Button>
      )}
    </div>
  );
}
