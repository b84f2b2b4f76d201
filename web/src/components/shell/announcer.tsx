import { announced } from '../../lib/announce';
import { useStore } from '../../lib/store';

export const Announcer = () => (
  <p aria-live="polite" className="sr-only">
    {useStore(announced)}
  </p>
);
