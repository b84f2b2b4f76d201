//! What an operator does by hand for companies and people.

use clap::{Args, Subcommand};

/// What can be done with companies.
#[derive(Debug, Subcommand)]
pub enum CompanyCommand {
    /// Create a company with its first Admin. The Admin's password is read from standard input, one line.
    #[command(after_help = "Example:
  voxgate company create --name \"Tech Corp\" --slug techcorp --admin-email ada@techcorp.com --admin-name \"Ada Admin\" < password.txt")]
    Create(CreateCompany),
}

/// The company to create.
#[derive(Args, Clone, Debug)]
pub struct CreateCompany {
    /// Its name.
    #[arg(long)]
    pub name: String,
    /// Its short name at sign-in; made from the name when left out.
    #[arg(long)]
    pub slug: Option<String>,
    /// The address of its first Admin.
    #[arg(long, value_name = "EMAIL")]
    pub admin_email: String,
    /// The name of its first Admin.
    #[arg(long, value_name = "NAME")]
    pub admin_name: String,
}

/// What can be done with people.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Throw a person out of every device, at once and on every node.
    #[command(after_help = "Example:
  voxgate user force-logout --company techcorp --email uma@techcorp.com --reason \"laptop stolen\"")]
    ForceLogout(Who),
    /// Take a person's second factor away, with its counters of wrong codes, and end their sessions: when phone and backup
    /// codes are lost, or a hundred wrong codes have stopped it, and no other Admin is there to do it.
    #[command(after_help = "Example:
  voxgate user reset-mfa --company techcorp --email ada@techcorp.com --reason \"phone lost, came in person\"")]
    ResetMfa(Who),
    /// Erase a person: the account, and what is personal about them in the audit log. It cannot be undone.
    #[command(after_help = "Example:\n  voxgate user erase --company techcorp --email uma@techcorp.com")]
    Erase {
        /// The company's short name.
        #[arg(long, value_name = "SLUG")]
        company: String,
        /// The person's address.
        #[arg(long)]
        email: String,
    },
}

/// The person it is about.
#[derive(Args, Clone, Debug)]
pub struct Who {
    /// The company's short name.
    #[arg(long, value_name = "SLUG")]
    pub company: String,
    /// The person's address.
    #[arg(long)]
    pub email: String,
    /// Why; shown in the audit log.
    #[arg(long)]
    pub reason: Option<String>,
}
