import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { ApiProblem } from '../../src/api/client';
import { SetupWizard } from '../../src/features/mfa/setup-wizard';
import { show } from '../support/pages';

const KEY = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const CODES = Array.from({ length: 8 }, (_, at) => `abcd${at}-12345`);

afterEach(cleanup);

function begin(enable = vi.fn(async (_code: string) => ({ backup_codes: CODES })), seconds = 600) {
  const setup = vi.fn(async () => ({
    secret: KEY,
    otpauth_uri: `otpauth://totp/Voxgate:uma@techcorp.com?secret=${KEY}&issuer=Voxgate`,
    expires_in_seconds: seconds,
  }));
  const onFinish = vi.fn();
  const view = show(<SetupWizard setup={setup} enable={enable} email="uma@techcorp.com" onFinish={onFinish} />);
  return { ...view, setup, enable, onFinish, user: userEvent.setup() };
}

const refused = (code: string) =>
  new ApiProblem({ code, title: code, detail: code }, new Response(null, { status: 401 }));

it('goes from the QR code by a verified code to the saved codes', async () => {
  const { user, enable, onFinish } = begin();
  expect(await screen.findByRole('img', { name: /QR code/ })).toBeDefined();
  expect(screen.getByText('JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP')).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'Continue' }));

  const field = screen.getByLabelText('Code from your app');
  expect(document.activeElement).toBe(field);
  await user.type(field, '123456');
  expect(enable).toHaveBeenCalledExactlyOnceWith('123456');

  for (const code of CODES) expect(await screen.findByText(code)).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'Finish' }));
  expect(screen.getByRole('alert').textContent).toContain('Tick the box');
  expect(onFinish).not.toHaveBeenCalled();
  await user.click(screen.getByRole('checkbox', { name: 'I have saved these codes' }));
  await user.click(screen.getByRole('button', { name: 'Finish' }));
  expect(onFinish).toHaveBeenCalledOnce();
});

it('keeps a wrong code in its field and says what to do', async () => {
  const { user } = begin(vi.fn().mockRejectedValue(refused('invalid_code')));
  await user.click(await screen.findByRole('button', { name: 'Continue' }));
  await user.type(screen.getByLabelText('Code from your app'), '000000');
  expect(await screen.findByText(/Wait for the next code/)).toBeDefined();
  expect(screen.getByLabelText('Code from your app')).toHaveProperty('value', '000000');
});

it('makes a new key when the first waited too long', async () => {
  const { user, setup } = begin(vi.fn().mockRejectedValue(refused('enrollment_not_started')));
  await user.click(await screen.findByRole('button', { name: 'Continue' }));
  await user.type(screen.getByLabelText('Code from your app'), '123456');
  expect(await screen.findByText('This key has expired')).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'Make a new key' }));
  expect(await screen.findByRole('img', { name: /QR code/ })).toBeDefined();
  expect(setup).toHaveBeenCalledTimes(2);
});

it('says by itself when the key has expired', async () => {
  begin(undefined, 0);
  expect(await screen.findByText('This key has expired')).toBeDefined();
});

it('asks before the codes are left unsaved', async () => {
  const { user, router } = begin();
  await user.click(await screen.findByRole('button', { name: 'Continue' }));
  await user.type(screen.getByLabelText('Code from your app'), '123456');
  await screen.findByText(CODES[0] ?? '');
  router.history.push('/elsewhere');
  expect(await screen.findByText('Leave without saving the codes?')).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(router.state.location.pathname).toBe('/');
  router.history.push('/elsewhere');
  await user.click(await screen.findByRole('button', { name: 'Leave' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/elsewhere'));
});
