import { useId } from 'react';
import { copy } from './copy';
import type { Role } from './queries';

type Props = {
  legend: string;
  value: Role;
  onChange: (role: Role) => void;
  roles: readonly Role[];
  disabled?: (role: Role) => string | undefined;
};

/** Roles with what each means, as radio buttons. */
export function RoleChoice({ legend, value, onChange, roles, disabled }: Props) {
  const name = useId();
  return (
    <fieldset className="space-y-2">
      <legend className="mb-1 text-sm font-medium">{legend}</legend>
      {roles.map((role) => {
        const reason = disabled?.(role);
        return (
          <label
            key={role}
            className="flex cursor-pointer items-start gap-3 rounded-md border border-line px-3 py-2.5 has-checked:border-ink has-disabled:cursor-not-allowed has-disabled:opacity-60"
          >
            <input
              type="radio"
              name={name}
              value={role}
              checked={value === role}
              disabled={reason !== undefined}
              onChange={() => onChange(role)}
              className="mt-1 size-4 shrink-0 accent-solid"
            />
            <span>
              <span className="block font-medium">{copy.roles[role]}</span>
              <span className="block text-sm text-muted">{reason ?? copy.rolesMean[role]}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
