/** The API. JavaScript holds no token: both are in cookies it cannot read. */
import createClient from 'openapi-fetch';
import { leave } from '../lib/leave';
import { ApiProblem, problemOf } from './problem';
import { renew, WEB } from './renew';
import type { paths } from './schema';
import { proveAgain } from './step-up';

export { ApiProblem } from './problem';

/** What an access token that has run out, or an older right, is answered with. */
const RENEWABLE = ['unauthenticated', 'rights_changed'];

/** Whether the same request may work now. */
async function mended({ status, code }: ApiProblem, sentAt: number): Promise<boolean> {
  if (status === 401 && RENEWABLE.includes(code)) return renew(sentAt);
  if (status === 401 && code === 'session_revoked') leave('revoked');
  return status === 403 && code === 'reauthentication_required' && proveAgain();
}

/** Sends; renews the session or asks for a proof of identity where that helps, and then sends again. */
async function send(request: Request, remedies = 2): Promise<Response> {
  const [spare, sentAt] = [request.clone(), Date.now()];
  const response = await fetch(request);
  // A sign-in that waits for its second factor has a token of its own: no session hangs on it.
  if (response.ok || remedies === 0 || request.headers.has('authorization')) return response;
  return (await mended(await problemOf(response), sentAt)) ? send(spare, remedies - 1) : response;
}

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  headers: WEB,
  // Several values of one parameter go with commas between; the API refuses a parameter that comes twice.
  querySerializer: { array: { style: 'form', explode: false } },
  fetch: (request) => send(request),
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of an answer; refusals are thrown as `ApiProblem`. */
export async function unwrap<T>(promise: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await promise;
  if (!response.ok) throw new ApiProblem(typeof error === 'object' && error ? error : {}, response);
  return data as NonNullable<T>;
}
