import { ApiProblem, api, unwrap } from '../../api/client';

/** Ends this session; one that is over already is as good. */
export async function signOut() {
  try {
    await unwrap(api.POST('/api/auth/logout', { body: { scope: 'this' } }));
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 401)) throw error;
  }
}
