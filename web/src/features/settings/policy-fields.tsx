import { Card, Select, Switch, TextField } from '../../components/ui';
import { copy } from './copy';
import type { Draft } from './draft';
import { ABSOLUTE, IDLE, spanOptions } from './spans';

type Props = {
  draft: Draft;
  slug: string;
  wrong: Record<string, string>;
  onEdit: (part: Partial<Draft>) => void;
};

type NumberField = 'password_min_length' | 'password_history' | 'max_sessions_per_user';
type SpanField = 'session_idle_seconds' | 'session_absolute_seconds';
type SwitchField = 'mfa_required' | 'password_all_kinds' | 'notify_new_device' | 'notify_admins';

export function PolicyFields({ draft, slug, wrong, onEdit }: Props) {
  const number = (field: NumberField) => (
    <NumberRow
      {...copy.fields[field]}
      value={draft[field]}
      error={wrong[field]}
      onChange={(value) => onEdit({ [field]: value })}
    />
  );
  const span = (field: SpanField, usual: readonly number[]) => (
    <SpanRow
      {...copy.fields[field]}
      value={draft[field]}
      usual={usual}
      error={wrong[field]}
      onChange={(value) => onEdit({ [field]: value })}
    />
  );
  const toggle = (field: SwitchField) => (
    <Switch {...copy.fields[field]} checked={draft[field]} onChange={(value: boolean) => onEdit({ [field]: value })} />
  );
  return (
    <>
      <Card title={copy.sections.company}>
        <div className="grid gap-5 sm:grid-cols-2">
          <TextField
            {...copy.fields.name}
            name="company_name"
            autoComplete="organization"
            value={draft.name}
            onChange={(event) => onEdit({ name: event.target.value })}
            error={wrong.name}
          />
          <div className="space-y-1.5">
            <p className="text-sm font-medium">{copy.fields.slug.label}</p>
            <p className="flex h-10 items-center font-mono text-sm">{slug}</p>
          </div>
        </div>
      </Card>
      <Card title={copy.sections.signIn}>
        <div className="space-y-5">
          {toggle('mfa_required')}
          <div className="grid gap-5 sm:grid-cols-2">
            {number('password_min_length')}
            {number('password_history')}
          </div>
          {toggle('password_all_kinds')}
        </div>
      </Card>
      <Card title={copy.sections.sessions}>
        <div className="grid gap-5 sm:grid-cols-2">
          {span('session_idle_seconds', IDLE)}
          {span('session_absolute_seconds', ABSOLUTE)}
          {number('max_sessions_per_user')}
        </div>
      </Card>
      <Card title={copy.sections.notices}>
        <div className="space-y-5">
          {toggle('notify_new_device')}
          {toggle('notify_admins')}
        </div>
      </Card>
      <Card title={copy.sections.log}>
        <div className="grid gap-5 sm:grid-cols-2">
          <NumberRow
            {...copy.fields.audit_retention_days}
            value={draft.audit_retention_days ?? Number.NaN}
            error={wrong.audit_retention_days}
            onChange={(days) => onEdit({ audit_retention_days: Number.isNaN(days) ? null : days })}
          />
        </div>
      </Card>
    </>
  );
}

type RowProps = {
  label: string;
  hint: string;
  value: number;
  error: string | undefined;
  onChange: (value: number) => void;
};

function NumberRow({ label, hint, value, error, onChange }: RowProps) {
  return (
    <TextField
      label={label}
      hint={hint}
      inputMode="numeric"
      autoComplete="off"
      value={Number.isNaN(value) ? '' : String(value)}
      onChange={(event) => {
        const digits = event.target.value.replaceAll(/\D/g, '').slice(0, 6);
        onChange(digits === '' ? Number.NaN : Number(digits));
      }}
      error={error}
    />
  );
}

function SpanRow({ label, hint, value, usual, error, onChange }: RowProps & { usual: readonly number[] }) {
  return (
    <div className="space-y-1.5">
      <Select
        label={label}
        hint={hint}
        value={String(value)}
        options={spanOptions(usual, value)}
        onChange={(seconds) => onChange(Number(seconds))}
      />
      {error && <p className="text-sm text-bad">{error}</p>}
    </div>
  );
}
