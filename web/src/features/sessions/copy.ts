export const copy = {
  own: {
    title: 'Where you are signed in',
    description: 'A device you sign out is out at once, not at its next click.',
    others: 'Sign out all other devices',
    none: 'You are signed in on this device only.',
  },
  row: {
    current: 'This device',
    now: 'Active now',
    seen: 'Active',
    started: 'Signed in',
    mfa: 'With code',
    noMfa: 'Password only',
    signOut: 'Sign out',
    leaving: 'Signing out',
    unknown: 'Unknown address',
    newDevice: 'First time on this device',
    newNetwork: 'First time from this network',
  },
  end: {
    title: (device: string) => `Sign out ${device}?`,
    body: 'That browser goes to the sign-in page at once. Unsaved work there is lost.',
    confirm: 'Sign out',
    busy: 'Signing out',
    done: (device: string) => `${device} signed out`,
  },
  others: {
    title: 'Sign out all other devices?',
    body: (count: number) =>
      `${count === 1 ? 'One other device is' : `${count} other devices are`} signed out at once. This one stays signed in.`,
    confirm: 'Sign out the others',
    busy: 'Signing out',
    done: 'All other devices are signed out',
  },
  person: {
    title: 'Signed in now',
    none: 'Not signed in anywhere.',
  },
};
