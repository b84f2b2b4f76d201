import { Navigate, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { type Pending, usePending } from './pending';

/** Leads back to the start when the sign-in has run out of time. */
function useDeadline(endsAt: number) {
  const navigate = useNavigate();
  useEffect(() => {
    const over = () => void navigate({ to: '/login', search: { reason: 'expired' }, replace: true });
    const timer = setTimeout(over, Math.max(0, endsAt - Date.now()));
    return () => clearTimeout(timer);
  }, [endsAt, navigate]);
}

function Waiting({ pending, children }: { pending: Pending; children: (pending: Pending) => ReactNode }) {
  useDeadline(pending.endsAt);
  return children(pending);
}

/** For the steps after the password: who has not given one begins there. */
export function HalfSignedIn({ children }: { children: (pending: Pending) => ReactNode }) {
  const pending = usePending();
  // While the finished sign-in goes on to the app, the step stays as it is.
  const seen = useRef(pending);
  const known = pending ?? seen.current;
  return known ? (
    <Waiting pending={known}>{children}</Waiting>
  ) : (
    <Navigate to="/login" search={{ reason: 'expired' }} replace />
  );
}
