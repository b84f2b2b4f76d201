import clsx from 'clsx';
import { UserPlus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button, PageHead } from '../../components/ui';
import { useLiveRefresh } from '../../lib/live-refresh';
import { ActDialogs, type Chosen } from './act-dialogs';
import { copy } from './copy';
import { Invitations } from './invitations';
import { InviteDialog } from './invite-dialog';
import { PeopleFilters } from './people-filters';
import { PeopleList } from './people-list';
import { type PeopleSearch, peopleKeys } from './queries';
import { useActs } from './use-acts';

type Props = {
  search: PeopleSearch;
  onSearch: (search: PeopleSearch) => void;
  /** The person at the side (alone on small screens), if one is open. */
  panel?: ReactNode;
  openId?: string | undefined;
};

const HERE = ['session.', 'login.succeeded', 'presence.', 'user.', 'mfa.', 'password.', 'refresh.reused'];
const OURS = ['user.', 'role.', 'mfa.', 'login.succeeded', 'email.', 'invitation.'];

export function PeoplePage({ search, onSearch, panel, openId }: Props) {
  const acts = useActs();
  const [chosen, setChosen] = useState<Chosen>();
  const [inviting, setInviting] = useState(false);
  useLiveRefresh(OURS, peopleKeys.all);
  useLiveRefresh(HERE, peopleKeys.signedIn);
  const invite = (
    <Button onClick={() => setInviting(true)}>
      <UserPlus aria-hidden className="size-4" /> {copy.invite.open}
    </Button>
  );
  return (
    <div className={clsx(panel && 'lg:grid lg:grid-cols-[minmax(0,1fr)_27rem] lg:items-start lg:gap-6')}>
      <div className={clsx('min-w-0 space-y-6', panel && 'max-lg:hidden')}>
        <PageHead title={copy.title} description={copy.description} actions={invite} />
        <PeopleFilters search={search} onSearch={onSearch} />
        <PeopleList
          search={search}
          acts={acts}
          openId={openId}
          narrow={Boolean(panel)}
          onChoose={setChosen}
          onClear={() => onSearch({})}
          onInvite={() => setInviting(true)}
        />
        <Invitations admin={acts.admin} />
      </div>
      {panel}
      <ActDialogs chosen={chosen} acts={acts} onClose={() => setChosen(undefined)} />
      <InviteDialog open={inviting} onOpenChange={setInviting} admin={acts.admin} />
    </div>
  );
}
