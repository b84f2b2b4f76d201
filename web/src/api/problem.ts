import type { components } from './schema';

type Problem = components['schemas']['Problem'];
export type FieldProblem = components['schemas']['FieldProblem'];

/** A refusal of the server (RFC 9457). Decide by `code`. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors: FieldProblem[];
  /** Seconds to wait. */
  readonly retryAfter: number | undefined;

  constructor(problem: Partial<Problem>, response: Response) {
    super(problem.title ?? `The server answered ${response.status}`);
    this.name = 'ApiProblem';
    this.status = response.status;
    this.code = problem.code ?? 'unknown';
    this.title = this.message;
    this.detail = problem.detail ?? 'Try again in a moment.';
    this.requestId = problem.instance ?? response.headers.get('x-request-id') ?? '';
    this.errors = problem.errors ?? [];
    this.retryAfter = Number(response.headers.get('retry-after')) || undefined;
  }
}

/** The refusal in an answer whose body stays unread. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => ({}));
  return new ApiProblem(typeof body === 'object' && body ? body : {}, response);
}
