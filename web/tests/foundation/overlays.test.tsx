import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { Button, ConfirmDialog, Menu, Toasts, toast } from '../../src/components/ui';

function confirm(onConfirm: () => Promise<void>) {
  function Page() {
    const [open, setOpen] = useState(false);
    return (
      <>
        <Button onClick={() => setOpen(true)}>Open</Button>
        <ConfirmDialog
          open={open}
          onOpenChange={setOpen}
          title="Sign Uma out?"
          body="Her browser goes to the sign-in page."
          confirmLabel="Sign out"
          onConfirm={onConfirm}
        />
      </>
    );
  }
  render(<Page />);
  return userEvent.setup();
}

it('begins on Cancel, and gives the focus back when it goes', async () => {
  const user = confirm(async () => {});
  await user.click(screen.getByRole('button', { name: 'Open' }));
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Cancel' }));
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Open' }));
});

it('says in place why it did not work, and can be tried again', async () => {
  const act = vi.fn().mockRejectedValueOnce(new TypeError('offline')).mockResolvedValueOnce(undefined);
  const user = confirm(act);
  await user.click(screen.getByRole('button', { name: 'Open' }));
  await user.click(screen.getByRole('button', { name: 'Sign out' }));
  expect((await screen.findByRole('alert')).textContent).toContain('Could not reach the server');
  await user.click(screen.getByRole('button', { name: 'Sign out' }));
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(act).toHaveBeenCalledTimes(2);
});

it('is walked through by arrow keys, and says why an item does nothing', async () => {
  const [role, off] = [vi.fn(), vi.fn()];
  const items = [
    { label: 'Change role', onSelect: role },
    { label: 'Switch off', onSelect: off, disabledReason: 'The last Admin is needed.' },
  ];
  render(<Menu label="Actions" trigger={<Button>More</Button>} items={items} />);
  const user = userEvent.setup();
  await user.tab();
  await user.keyboard('{ArrowDown}');
  const [first, second] = screen.getAllByRole('menuitem');
  expect(document.activeElement).toBe(first);
  await user.keyboard('{ArrowDown}');
  expect(document.activeElement).toBe(second);
  expect(second?.textContent).toContain('The last Admin is needed.');
  await user.keyboard('{Enter}');
  expect(off).not.toHaveBeenCalled();
  await user.keyboard('{Home}{Enter}');
  expect(role).toHaveBeenCalledOnce();
  expect(screen.queryByRole('menu')).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'More' }));
});

it('shows what was done, with a way back', async () => {
  const undo = vi.fn();
  render(<Toasts />);
  toast({ title: 'Uma deactivated', action: { label: 'Undo', onClick: undo } });
  expect(await screen.findByText('Uma deactivated')).toBeDefined();
  await userEvent.click(screen.getByText('Undo'));
  expect(undo).toHaveBeenCalledOnce();
  expect(screen.queryByText('Uma deactivated')).toBeNull();
});
