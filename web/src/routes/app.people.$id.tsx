import { createFileRoute } from '@tanstack/react-router';
import { PersonPanel } from '../features/people/person-panel';
import { PersonSessions } from '../features/sessions/person-sessions';

export const Route = createFileRoute('/app/people/$id')({ component: Person });

function Person() {
  const { id } = Route.useParams();
  return <PersonPanel key={id} id={id} sessions={(of, actions) => <PersonSessions id={of} actions={actions} />} />;
}
