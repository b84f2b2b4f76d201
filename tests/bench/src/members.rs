//! Many people of one company with passwords and authenticators, for the load tools of others: they want accounts named by
//! number, one password, and one authenticator secret for everybody. Such a secret cannot be asked of the server, which makes
//! one for each person; so it is sealed here as the server seals it, with the installation's own keys.

use std::{ffi::OsString, net::Ipv4Addr, path::PathBuf};

use clap::Parser;
use data_encoding::BASE32_NOPAD;
use sqlx::{Connection, PgConnection};
use tokio::runtime::Builder;
use uuid::Uuid;
use voxgate::{
    crypto::{
        digest::Pepper,
        entropy::system_world,
        keys::KeyFile,
        seal::{Aad, Sealer},
    },
    domain::{
        device::DeviceMark,
        ids::{CompanyId, UserId},
    },
    tenant::flows::TOTP_SECRET,
};

use crate::{failure::Failure, report::say};

/// Adds people to the company of somebody who registered in the ordinary way; they have their password. Those called `u`
/// and a number sign in with it alone, those called `m` and a number need the authenticator too.
#[derive(Parser)]
struct Members {
    /// The database, as its owner.
    #[arg(long)]
    owner_url: String,
    /// The key file of the installation.
    #[arg(long)]
    keys: PathBuf,
    /// The address of the person whose company and password they share.
    #[arg(long)]
    like: String,
    /// So many of both kinds.
    #[arg(long, default_value_t = 2000)]
    count: usize,
    /// The secret of their authenticators, base 32.
    #[arg(long)]
    secret: String,
    /// The `User-Agent` of the load tool: they have signed in with it before, from this machine.
    #[arg(long)]
    user_agent: String,
}

const MODEL: &str = "SELECT company_id, password_hash FROM users WHERE email_norm = $1";
const USERS: &str = "INSERT INTO users (company_id, id, email, email_norm, full_name, role, password_hash, mfa_enabled,
      email_verified_at, last_login_at)
    SELECT $1, id, email, email, 'Somebody', 'user', $2, $3, now(), now()
    FROM unnest($4::uuid[], $5::text[]) AS person (id, email)";
const DEVICES: &str = "INSERT INTO devices (company_id, user_id, mark, network)
    SELECT $1, id, mark, $4 FROM unnest($2::uuid[], $3::bytea[]) AS device (id, mark)";
const FACTORS: &str = "INSERT INTO factors (company_id, id, user_id, kind, status, sealed, key_id, confirmed_at)
    SELECT $1, gen_random_uuid(), id, 'totp', 'active', sealed, $2, now()
    FROM unnest($3::uuid[], $4::bytea[]) AS factor (id, sealed)";

/// The word `members` of the program.
pub(crate) fn program(words: &[OsString]) -> Result<(), Failure> {
    let members = Members::parse_from(words.iter().skip(1));
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Failure::system("a runtime"))?;
    runtime.block_on(members.join())?;
    say(&format!("{} people without and {} with an authenticator", members.count, members.count))
}

impl Members {
    async fn join(&self) -> Result<(), Failure> {
        let keys = KeyFile::load(&self.keys).map_err(other)?;
        let mut owner = PgConnection::connect(&self.owner_url).await?;
        let (company, hash): (Uuid, String) = sqlx::query_as(MODEL).bind(&self.like).fetch_one(&mut owner).await?;
        let world = system_world();
        for (kind, mfa) in [("u", false), ("m", true)] {
            let ids: Vec<Uuid> = (0..self.count).map(|_| world.id::<UserId>().0).collect();
            let emails: Vec<String> = (0..self.count).map(|number| format!("{kind}{number}@example.com")).collect();
            let users = sqlx::query(USERS).bind(company).bind(&hash).bind(mfa);
            users.bind(&ids).bind(emails).execute(&mut owner).await?;
            let here = Ipv4Addr::LOCALHOST.into();
            let device = DeviceMark::of_program(Some(&self.user_agent), here);
            for (mark, network) in [(device, false), (DeviceMark::of_network(here), true)] {
                let marks = marks(&keys, company, &ids, &mark)?;
                let known = sqlx::query(DEVICES).bind(company).bind(&ids).bind(marks).bind(network);
                known.execute(&mut owner).await?;
            }
            if mfa {
                let (key, sealed) = self.sealed(&keys, company.into(), &ids)?;
                let factors = sqlx::query(FACTORS).bind(company).bind(key);
                factors.bind(&ids).bind(sealed).execute(&mut owner).await?;
            }
        }
        sqlx::query("ANALYZE").execute(&mut owner).await?;
        Ok(())
    }

    /// The key and the sealed secret of each.
    fn sealed(&self, keys: &KeyFile, company: CompanyId, users: &[Uuid]) -> Result<(String, Vec<Vec<u8>>), Failure> {
        let secret = BASE32_NOPAD.decode(self.secret.as_bytes()).map_err(other)?;
        let (sealer, world) = (Sealer::new(keys).map_err(other)?, system_world());
        let aad = |&holder: &Uuid| Aad { company, holder, purpose: TOTP_SECRET };
        let sealed = users.iter().map(|user| sealer.seal(&world, &aad(user), &secret).bytes).collect();
        Ok((sealer.present_key(), sealed))
    }
}

/// As the server marks devices and networks. Were that changed, the first sign-ins would be taken for new ones.
fn marks(keys: &KeyFile, company: Uuid, users: &[Uuid], mark: &DeviceMark) -> Result<Vec<Vec<u8>>, Failure> {
    let pepper = Pepper::new(keys).map_err(other)?;
    let keyed = |user: &Uuid| pepper.digest("device", &[company.as_bytes(), user.as_bytes(), mark.as_bytes()]);
    Ok(users.iter().map(|user| keyed(user).to_vec()).collect())
}

fn other(error: impl std::fmt::Display) -> Failure {
    Failure::Other(error.to_string())
}
