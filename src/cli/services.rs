//! What an operator does by hand for services that verify tokens.

use clap::{Args, Subcommand};
use uuid::Uuid;

/// What can be done with the keys of services.
#[derive(Debug, Subcommand)]
pub enum ServiceCredentialCommand {
    /// Make a key for a service. It is printed this once, alone on the last line.
    #[command(after_help = "Examples:
  voxgate service-credential create --company techcorp --name \"Media edge\" --scope introspect --scope revocations:read
  voxgate service-credential create --installation --name \"Call router\" --scope introspect --scope revocations:read
A key of the installation speaks for every company. Only this command makes one.")]
    Create(CreateServiceCredential),
    /// List the keys of a company's services, or of the installation's.
    #[command(after_help = "Example:\n  voxgate service-credential list --installation")]
    List {
        /// Whose.
        #[command(flatten)]
        whose: Whose,
    },
    /// Replace a key. The new one is printed this once, alone on the last line.
    #[command(after_help = "Example:
  voxgate service-credential rotate --installation --id 0198f2c0-0000-7000-8000-000000000000 --overlap-seconds 86400")]
    Rotate {
        /// Whose.
        #[command(flatten)]
        whose: Whose,
        /// Which one.
        #[arg(long)]
        id: Uuid,
        /// How long the old key works on: 0 to 604800; an hour when left out.
        #[arg(long, value_name = "SECONDS")]
        overlap_seconds: Option<u64>,
    },
    /// Revoke a key, at once and on every node.
    #[command(after_help = "Example:
  voxgate service-credential revoke --company techcorp --id 0198f2c0-0000-7000-8000-000000000000")]
    Revoke {
        /// Whose.
        #[command(flatten)]
        whose: Whose,
        /// Which one.
        #[arg(long)]
        id: Uuid,
    },
}

/// The key to make.
#[derive(Args, Clone, Debug)]
pub struct CreateServiceCredential {
    /// Whose.
    #[command(flatten)]
    pub whose: Whose,
    /// What the service is called.
    #[arg(long)]
    pub name: String,
    /// What the key opens: `introspect`, `revocations:read`. Once for each.
    #[arg(long = "scope", required = true, value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// How many days it lives; without it, it has no end.
    #[arg(long, value_name = "DAYS")]
    pub expires_in_days: Option<u32>,
}

/// Whose services.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub struct Whose {
    /// The company's short name or its id.
    #[arg(long, value_name = "SLUG")]
    pub company: Option<String>,
    /// Those of the whole installation.
    #[arg(long)]
    pub installation: bool,
}
