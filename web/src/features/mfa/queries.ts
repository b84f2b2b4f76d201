import { api, unwrap } from '../../api/client';

export const setup = () => unwrap(api.POST('/api/auth/mfa/setup'));

export const enable = (code: string) => unwrap(api.POST('/api/auth/mfa/enable', { body: { code } }));

export const disable = (password: string, code: string) =>
  unwrap(api.POST('/api/auth/mfa/disable', { body: { password, code } }));

export const backupCodes = () => unwrap(api.GET('/api/auth/mfa/backup-codes'));

export const renewCodes = () => unwrap(api.POST('/api/auth/mfa/backup-codes/regenerate'));
