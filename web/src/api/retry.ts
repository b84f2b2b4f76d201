import { isLeaving } from '../lib/leave';
import { ApiProblem } from './problem';

const TRIES = 2;

/** A refusal stays one; a lost answer or a server in trouble is worth another try. */
export const retryQuery = (failures: number, error: unknown) =>
  failures < TRIES && !isLeaving() && !(error instanceof ApiProblem && error.status < 500);
