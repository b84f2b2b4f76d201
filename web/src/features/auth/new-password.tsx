import { useState } from 'react';
import { PasswordField } from '../../components/ui';

/** Any words of this length pass the server's rule, whatever they are made of. */
const ENOUGH = 15;

function progress(password: string, hint: string) {
  const missing = ENOUGH - [...password.normalize('NFC')].length;
  if (!password) return `${ENOUGH} characters of any kind. ${hint}`;
  if (missing <= 0) return 'Long enough.';
  return `${missing} more ${missing === 1 ? 'character' : 'characters'}, or a mix of letters, digits and symbols.`;
}

type Props = { label: string; name: string; hint: string; error?: string | undefined };

/** One field, with Show: twice typing catches nothing that showing does not. */
export function NewPassword({ label, name, hint, error }: Props) {
  const [password, setPassword] = useState('');
  return (
    <PasswordField
      id={name}
      name={name}
      label={label}
      autoComplete="new-password"
      required
      value={password}
      onChange={(event) => setPassword(event.target.value)}
      hint={progress(password, hint)}
      error={error}
    />
  );
}
