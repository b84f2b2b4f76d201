import { TextField } from '../../components/ui';

type Props = { label: string; error: string | undefined; autoFocus?: boolean };

/** The address that names the account: password managers know it as the username. */
export const EmailField = (props: Props) => (
  <TextField id="email" name="email" type="email" autoComplete="username" required {...props} />
);
