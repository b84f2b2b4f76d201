//! Voxgate's tables as SeaORM entities: one file per table, shapes only, no queries. The store queries them.

pub mod attempts;
pub mod audit_checkpoints;
pub mod audit_heads;
pub mod audit_logs;
pub mod backup_codes;
pub mod companies;
pub mod devices;
pub mod factors;
pub mod former_passwords;
pub mod invitations;
pub mod kept_answers;
pub mod mail_outbox;
pub mod one_time_tokens;
pub mod outbox;
pub mod refresh_tokens;
pub mod revocations;
pub mod service_credentials;
pub mod sessions;
pub mod users;
