import { useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from '../../components/ui';
import { useMe } from '../../lib/session';
import { copy } from './copy';
import {
  deactivate,
  type Person,
  peopleKeys,
  type Role,
  reactivate,
  resetMfa,
  setRole,
  signOutEverywhere,
  twoAdmins,
} from './queries';
import { type Act, whyNot } from './reasons';

/** What may be done to people, and doing it. */
export function useActs() {
  const client = useQueryClient();
  const { data: me } = useMe();
  const admin = me?.role === 'admin';
  const { data: admins } = useQuery({ queryKey: peopleKeys.admins, queryFn: twoAdmins, enabled: admin });

  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: peopleKeys.all }),
      client.invalidateQueries({ queryKey: ['sessions'] }),
    ]);

  function reason(act: Act, person: Person): string | undefined {
    if (!me) return copy.reasons.notAdmin;
    const lastAdmin = admins?.length === 1 && admins[0]?.id === person.id;
    return whyNot(act, { me, person, lastAdmin });
  }

  async function changeRole(person: Person, role: Role) {
    await setRole(person.id, role);
    toast({ title: copy.changeRole.done(person.full_name, copy.roles[role]), tone: 'ok' });
    await refresh();
    if (person.id === me?.id) await client.invalidateQueries();
  }

  async function signOut(person: Person, why: string) {
    const receipt = await signOutEverywhere(person.id, why);
    const none = receipt.sessions_revoked === 0;
    toast({
      title: none
        ? copy.signOut.nobody(person.full_name)
        : copy.signOut.done(person.full_name, receipt.sessions_revoked),
      body: receipt.sockets_closed > 0 ? copy.signOut.closed(receipt.sockets_closed) : undefined,
      tone: 'ok',
    });
    await refresh();
  }

  async function reset(person: Person) {
    await resetMfa(person.id);
    toast({ title: copy.resetMfa.done(person.full_name), tone: 'ok' });
    await refresh();
  }

  async function switchOn(person: Person) {
    await reactivate(person.id);
    toast({ title: copy.reactivate.done(person.full_name), tone: 'ok' });
    await refresh();
  }

  async function switchOff(person: Person) {
    await deactivate(person.id);
    toast({
      title: copy.deactivate.done(person.full_name),
      body: copy.deactivate.undoBody,
      seconds: 10,
      action: { label: copy.deactivate.undo, onClick: () => void switchOn(person) },
    });
    await refresh();
  }

  return { me, admin, reason, changeRole, signOut, reset, switchOn, switchOff };
}

export type Acts = ReturnType<typeof useActs>;
