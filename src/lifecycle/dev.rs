//! `voxgate dev`: everything on this machine. A private PostgreSQL, keys in the data directory, a mailbox instead of a
//! mail server, demo companies. Development stands behind the same walls as production: the owner migrates, the
//! everyday role serves.

use std::path::{Path, PathBuf};

use super::{
    StartError,
    commands::{migrate_url, say},
    keys::generate as generate_keys,
    serve::{Demo, Mode, begin_logs, serve},
};
use crate::{
    cli::DevArgs,
    config::{Needs, Settings, Sources},
    crypto::{entropy::system_world, keys::KeyFile},
    dev::{
        demo::{COMPANIES, PASSWORD},
        mailbox::Mailbox,
        postgres::{Cluster, Durability},
    },
};

const DATABASE: &str = "voxgate";
/// What is different by default in `voxgate dev`.
const CALM: [(&str, &str); 3] = [
    ("VOXGATE__LOG__FORMAT", "text"),
    ("VOXGATE__LOG__FILTER", "warn,actix_http::h1=off"),
    ("VOXGATE__METRICS__LISTEN", ""),
];
const KEYS: &str = "keys.json";

pub(super) fn run(config: Option<PathBuf>, args: DevArgs) -> Result<(), StartError> {
    let mut settings = Settings::load(&calm(Sources::of_process(config)), Needs::Sound)?;
    begin_logs(&settings)?;
    let cluster = database(&args.data_dir)?;
    let keys = keys(&args.data_dir)?;
    settings.keys.file = Some(args.data_dir.join(KEYS));
    settings.use_private_database(|role| cluster.url(role, DATABASE));
    settings.listen_on(args.listen);
    let mailbox = Mailbox::start(system_world());
    let mailbox = mailbox.map_err(|error| StartError::System { what: "the mailbox could not be opened", error })?;
    settings.send_mail_to(mailbox.address());
    let welcome = welcome(&settings.server.base_url, !args.no_demo);
    let demo = match (args.no_demo, args.demo_traffic) {
        (true, _) => Demo::None,
        (false, false) => Demo::Companies,
        (false, true) => Demo::Traffic,
    };
    serve(&settings, &keys, Mode::Dev { mailbox, demo }, &welcome)?;
    Ok(cluster.stop()?)
}

/// On a person's terminal the log is readable and says only what they should look at, and no second port is taken, unless
/// they set something else.
fn calm(mut sources: Sources) -> Sources {
    let is_set = |name: &str| sources.variables.iter().any(|(set, _)| set.eq_ignore_ascii_case(name));
    let unset: Vec<_> = CALM.iter().filter(|(name, _)| sources.file.is_none() && !is_set(name)).collect();
    sources.variables.extend(unset.into_iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    sources
}

/// Starts the private cluster and brings its database up to date, as the owner.
fn database(data_dir: &Path) -> Result<Cluster, StartError> {
    say("Starting the private PostgreSQL (a few seconds the first time) ...");
    let cluster = Cluster::start(data_dir, Durability::Safe)?;
    cluster.notes().iter().for_each(|note| say(note));
    cluster.ensure_database(DATABASE)?;
    migrate_url(&cluster.url("postgres", DATABASE))?;
    Ok(cluster)
}

/// The keys of this data directory, made the first time.
fn keys(data_dir: &Path) -> Result<KeyFile, StartError> {
    let file = data_dir.join(KEYS);
    if file.exists() { Ok(KeyFile::load(&file)?) } else { generate_keys(&file) }
}

fn welcome(address: &str, demo: bool) -> String {
    let mut text =
        format!("\nVoxgate is ready at {address}\n  API pages   {address}/docs\n  Mailbox     {address}/dev/mail\n");
    if demo {
        text.push_str("\nDemo sign-ins (password ");
        text.push_str(PASSWORD);
        text.push_str(")\n");
        for company in COMPANIES {
            for person in company.people {
                text.push_str(&format!("  {:<24} {:<8} {}\n", person.email, person.role.as_str(), company.name));
            }
        }
    }
    text.push_str("\nStop with Ctrl-C.");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_of_dev_is_calm_unless_somebody_wants_it_otherwise() {
        let set = |name: &str| vec![(name.to_owned(), "debug".to_owned())];
        let calmed =
            |file: Option<&str>, variables| calm(Sources { file: file.map(PathBuf::from), variables }).variables;
        assert_eq!(calmed(None, Vec::new()).len(), 3);
        assert_eq!(calmed(Some("voxgate.toml"), Vec::new()), []);
        let mine = calmed(None, set("VOXGATE__LOG__FILTER"));
        assert_eq!(mine[1], ("VOXGATE__LOG__FORMAT".to_owned(), "text".to_owned()));
        assert_eq!((mine.len(), mine[0].1.as_str()), (3, "debug"));
    }
}
