export const COMPANY = {
  id: '01890000-0000-7000-8000-00000000000c',
  slug: 'techcorp',
  name: 'TechCorp',
  mfa_required: false,
  password_min_length: 12,
  session_idle_seconds: 604_800,
  session_absolute_seconds: 2_592_000,
  max_sessions_per_user: 100,
  notify_new_device: true,
  notify_admins: true,
  audit_retention_days: 365,
  created_at: '2026-11-24T09:00:00Z',
};
