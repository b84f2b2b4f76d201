//! The command line: what may be typed and what it means. Parsing only; the doing is the composition root's. To add a
//! command: a variant of [`Command`] with its help and an example, and its arm where commands are run.

mod operator;
mod services;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::config::Needs;
pub use operator::{CompanyCommand, CreateCompany, UserCommand, Who};
pub use services::{CreateServiceCredential, ServiceCredentialCommand, Whose};

const EXAMPLES: &str = "\
Examples:
  voxgate dev                                     try everything on this machine, with its own database
  voxgate keys generate --out voxgate.keys        make the keys of a new installation
  voxgate --config voxgate.toml config check      name every mistake in the settings
  voxgate --config voxgate.toml migrate           make or renew the tables
  voxgate --config voxgate.toml serve             serve";

/// Multi-tenant authentication server with MFA, a live audit stream and real-time force logout.
#[derive(Debug, Parser)]
#[command(name = "voxgate", version, after_help = EXAMPLES)]
pub struct Invocation {
    /// Settings file (TOML). Variables VOXGATE__SECTION__KEY win over it.
    #[arg(long, global = true, value_name = "FILE", env = "VOXGATE_CONFIG")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run everything on this machine: own PostgreSQL, own mailbox, demo companies. For trying and developing.
    #[command(
        after_help = "Examples:\n  voxgate dev\n  voxgate dev --demo-traffic --data-dir /tmp/voxgate-demo\n  voxgate dev --listen 127.0.0.1:9000 --data-dir /tmp/voxgate --no-demo"
    )]
    Dev(DevArgs),
    /// Serve, with the settings and keys of an installation.
    #[command(
        after_help = "Example:\n  VOXGATE__KEYS__FILE=/etc/voxgate/keys voxgate --config /etc/voxgate/voxgate.toml serve"
    )]
    Serve,
    /// Make or renew tables, roles and policies, as the owner (database.owner_url). Safe to repeat.
    #[command(after_help = "Example:\n  VOXGATE__DATABASE__OWNER_URL_FILE=/run/secrets/owner voxgate migrate")]
    Migrate,
    /// Create the demo companies TechCorp and StartupXYZ where they are missing. Never in production: their password is public.
    #[command(after_help = "Example:\n  voxgate --config staging.toml seed-demo --with-public-passwords")]
    SeedDemo(SeedArgs),
    /// The keys that sign tokens and seal secrets.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Companies.
    #[command(subcommand)]
    Company(CompanyCommand),
    /// People.
    #[command(subcommand)]
    User(UserCommand),
    /// The keys of services that verify tokens.
    #[command(subcommand)]
    ServiceCredential(ServiceCredentialCommand),
    /// The audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// After the database was brought back from a backup: end every session, void every token, challenge, ticket, link and
    /// code issued or spent since, and tell clients by a new epoch. Do it before serving. Safe to repeat.
    #[command(after_help = "Example:\n  voxgate --config /etc/voxgate/voxgate.toml recovered")]
    Recovered(RecoveredArgs),
    /// Look at settings, addresses, keys, database, nodes, bus, clock, mail server, limits and port (or the readiness of the server that
    /// listens there); name what is wrong and what to do.
    #[command(after_help = "Example:\n  voxgate --config /etc/voxgate/voxgate.toml doctor")]
    Doctor,
    /// Print completions for a shell.
    #[command(after_help = "Examples:
  voxgate completions bash > /etc/bash_completion.d/voxgate
  voxgate completions zsh > ~/.zfunc/_voxgate
  voxgate completions fish > ~/.config/fish/completions/voxgate.fish")]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual pages, one for each command.
    #[command(after_help = "Example:\n  voxgate man --out /usr/local/share/man/man1")]
    Man {
        /// The folder to write them to; it is made where it is missing.
        #[arg(long, value_name = "DIRECTORY")]
        out: PathBuf,
    },
    /// Print the OpenAPI 3.1 document.
    #[command(after_help = "Example:\n  voxgate openapi > openapi.json")]
    Openapi,
    /// The settings.
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// How `voxgate dev` runs.
#[derive(Args, Clone, Debug)]
pub struct DevArgs {
    /// Address and port to listen on; a loopback address.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8000", value_parser = loopback)]
    pub listen: SocketAddr,
    /// Where database and keys are kept between runs.
    #[arg(long, value_name = "DIRECTORY", default_value = ".voxgate")]
    pub data_dir: PathBuf,
    /// Start without the demo companies.
    #[arg(long)]
    pub no_demo: bool,
    /// Fill TechCorp with people, a week of history and a steady stream of sign-ins, failures and attacks, so that the
    /// live desk has something to show. Every event made so says `"demo": true`.
    #[arg(long, conflicts_with = "no_demo")]
    pub demo_traffic: bool,
}

/// How the demo companies are made.
#[derive(Args, Clone, Copy, Debug)]
pub struct SeedArgs {
    /// Also where others than this machine reach the server. Everybody knows the passwords, an Admin's among them.
    #[arg(long)]
    pub with_public_passwords: bool,
}

/// What is void after a recovery.
#[derive(Args, Clone, Copy, Debug)]
pub struct RecoveredArgs {
    /// Every unused backup code too: some may have been used since the backup. People make new ones once they are in.
    #[arg(long)]
    pub void_backup_codes: bool,
}

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a new key file, readable by its owner only. Never overwrites one.
    #[command(after_help = "Example:\n  voxgate keys generate --out /etc/voxgate/keys")]
    Generate {
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Add new keys to a key file. Serving nodes follow within seconds; the old keys go on verifying and opening.
    #[command(after_help = "Examples:
  voxgate keys rotate --file /etc/voxgate/keys               both kinds
  voxgate keys rotate --file /etc/voxgate/keys --signing     only the key that signs access tokens
Copy the file to every node. Then: `keys retire` after an access token's life, `keys reseal` at leisure.")]
    Rotate {
        /// The key file.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// A new key that signs access tokens.
        #[arg(long)]
        signing: bool,
        /// A new key that seals secrets at rest.
        #[arg(long)]
        sealing: bool,
    },
    /// Seal every stored secret with the present sealing key. Can be stopped and begun again; serving goes on.
    #[command(after_help = "Example:\n  voxgate --config /etc/voxgate/voxgate.toml keys reseal")]
    Reseal,
    /// Drop the keys that are not present ones from a key file.
    #[command(after_help = "Examples:
  voxgate keys retire --file /etc/voxgate/keys --signing     after an access token's life (30 minutes)
  voxgate keys retire --file /etc/voxgate/keys --sealing     after `keys reseal`")]
    Retire {
        /// The key file.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Old signing keys. Tokens they signed are refused from then on.
        #[arg(long)]
        signing: bool,
        /// Old sealing keys. Refused while something sealed with them is stored.
        #[arg(long)]
        sealing: bool,
    },
}

/// What can be done with the audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Walk the hash chain of one company or of all, and name the first row that does not fit the chain or a checkpoint.
    #[command(after_help = "Examples:\n  voxgate audit verify\n  voxgate audit verify --company techcorp")]
    Verify {
        /// The company's short name or its id; without it every company.
        #[arg(long, value_name = "SLUG")]
        company: Option<String>,
    },
    /// Sign today's checkpoint of every log that has none yet. A serving node does this by itself. Safe to repeat.
    #[command(after_help = "Example:\n  voxgate --config /etc/voxgate/voxgate.toml audit checkpoint")]
    Checkpoint,
    /// Remove the rows older than their company keeps them, up to a checkpoint. A serving node does this by itself.
    #[command(after_help = "Example:\n  voxgate --config /etc/voxgate/voxgate.toml audit prune")]
    Prune,
}

/// What can be done with the settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Read all settings as `serve` would and name every mistake at once.
    #[command(
        after_help = "Examples:\n  voxgate --config voxgate.toml config check\n  voxgate config check --defaults"
    )]
    Check {
        /// Print the documented default file instead.
        #[arg(long)]
        defaults: bool,
    },
}

impl Command {
    /// Which settings the command cannot do without.
    pub fn needs(&self) -> Needs {
        match self {
            Self::Serve
            | Self::SeedDemo(_)
            | Self::Company(_)
            | Self::User(_)
            | Self::Recovered(_)
            | Self::ServiceCredential(_)
            | Self::Keys(KeysCommand::Reseal)
            | Self::Config(ConfigCommand::Check { defaults: false }) => Needs::Serving,
            Self::Migrate => Needs::Owner,
            Self::Audit(_) => Needs::Auditing,
            Self::Keys(KeysCommand::Retire { sealing: true, .. }) => Needs::Serving,
            Self::Dev(_)
            | Self::Doctor
            | Self::Keys(_)
            | Self::Openapi
            | Self::Config(_)
            | Self::Completions { .. }
            | Self::Man { .. } => Needs::Sound,
        }
    }
}

/// Demo passwords and the mailbox must not leave the machine.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr =
        text.parse().map_err(|_| "give an address and a port, such as 127.0.0.1:8000".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("`dev` listens on loopback only: its accounts and its mailbox are open to everyone. Use `serve`".into())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Invocation, clap::Error> {
        Invocation::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_grammar_is_sound() {
        Invocation::command().debug_assert();
    }

    #[test]
    fn dev_has_the_documented_defaults() {
        let Command::Dev(dev) = parse("voxgate dev").unwrap().command else { panic!("not dev") };
        assert_eq!((dev.listen.to_string().as_str(), dev.no_demo, dev.demo_traffic), ("127.0.0.1:8000", false, false));
        assert_eq!(dev.data_dir, PathBuf::from(".voxgate"));
    }

    #[test]
    fn dev_refuses_to_be_reached_from_outside() {
        assert!(parse("voxgate dev --listen 0.0.0.0:8000").unwrap_err().to_string().contains("loopback only"));
        assert!(parse("voxgate dev --listen [::1]:8000").is_ok());
        assert!(parse("voxgate dev --no-demo --demo-traffic").is_err(), "there is nobody to make it");
    }

    #[test]
    fn the_settings_file_may_stand_before_or_after_the_command() {
        for line in ["voxgate --config a.toml serve", "voxgate serve --config a.toml"] {
            assert_eq!(parse(line).unwrap().config, Some(PathBuf::from("a.toml")));
        }
    }

    #[test]
    fn each_command_asks_for_what_it_needs() {
        let needs = |line| parse(line).unwrap().command.needs();
        assert_eq!(needs("voxgate migrate"), Needs::Owner);
        assert_eq!(needs("voxgate config check"), Needs::Serving);
        assert_eq!(needs("voxgate config check --defaults"), Needs::Sound);
        assert_eq!(needs("voxgate audit verify --company 0198f2c0-0000-7000-8000-000000000000"), Needs::Auditing);
        assert_eq!(needs("voxgate keys generate --out k"), Needs::Sound);
    }
}
