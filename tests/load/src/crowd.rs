//! Many people of one company, each with a session: written into the database at a stroke, their tokens signed with the
//! installation's own key. An Admin who registered in the ordinary way stands beside them.

use serde_json::Value;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;
use voxgate::{
    crypto::{
        entropy::system_world,
        token::{AccessTokens, Grant},
    },
    domain::principal::Role,
};
use voxgate_bench::{
    ISSUER,
    failure::Failure,
    installation::{Installation, Server},
    people::{self, Person},
    wire::{Wire, get},
};

/// Somebody with a session.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The account.
    pub(crate) user: Uuid,
    /// An access token.
    pub(crate) access: String,
}

/// A company.
#[derive(Debug)]
pub(crate) struct Crowd {
    /// Its Admin.
    pub(crate) admin: Person,
    /// Everybody else.
    pub(crate) members: Vec<Member>,
}

const SEED: &str = "WITH people AS (
      INSERT INTO users (company_id, id, email, email_norm, full_name, role)
      SELECT $1, gen_random_uuid(), format('%s-%s@crowd.example', $3, n), format('%s-%s@crowd.example', $3, n), 'Somebody', $4
      FROM generate_series(1, $2) n RETURNING id)
    INSERT INTO sessions (company_id, id, user_id, amr, auth_time, client, expires_at)
    SELECT $1, gen_random_uuid(), id, '{pwd}', now(), 'api', now() + interval '1 d' FROM people RETURNING user_id, id";

impl Crowd {
    /// Registers an Admin called `name` and adds `count` people of this role.
    pub(crate) async fn gather(
        installation: &Installation,
        server: &Server,
        name: &'static str,
        (count, role): (usize, Role),
    ) -> Result<Self, Failure> {
        let admin = people::register(server.address, name, 1).await?.remove(0);
        let company = company_of(server, &admin).await?;
        let mut owner = PgConnection::connect(&installation.owner_url()).await?;
        let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(SEED)
            .bind(company)
            .bind(i32::try_from(count).unwrap_or(i32::MAX))
            .bind(name)
            .bind(role.as_str())
            .fetch_all(&mut owner)
            .await?;
        let tokens = tokens(installation)?;
        let member = |(user, session): (Uuid, Uuid)| {
            let access = sign(&tokens, (company, user, session), role)?;
            Ok(Member { user, access })
        };
        let members = rows.into_iter().map(member).collect::<Result<Vec<_>, Failure>>()?;
        Ok(Self { admin, members })
    }
}

async fn company_of(server: &Server, admin: &Person) -> Result<Uuid, Failure> {
    let mut wire = Wire::open(server.address).await?;
    let answer = wire.ask(&get("/api/auth/session", &admin.access)).await?.expect("a session check", 200)?;
    let answer: Value = serde_json::from_slice(answer.body).map_err(|error| Failure::Other(error.to_string()))?;
    let company = answer["company_id"].as_str().and_then(|text| text.parse().ok());
    company.ok_or_else(|| Failure::Other("a session without a company".into()))
}

fn tokens(installation: &Installation) -> Result<AccessTokens, Failure> {
    let tokens = AccessTokens::new(installation.keys(), ISSUER, "voxgate", time::Duration::HOUR);
    tokens.map_err(|error| Failure::Other(error.to_string()))
}

fn sign(tokens: &AccessTokens, (company, user, session): (Uuid, Uuid, Uuid), role: Role) -> Result<String, Failure> {
    let world = system_world();
    let now = world.now();
    let grant = Grant {
        user: user.into(),
        company: company.into(),
        session: session.into(),
        role,
        amr: vec!["pwd".into()],
        auth_time: now,
        epoch: 1,
        company_epoch: 1,
        session_expires_at: now + time::Duration::HOUR,
        token_id: world.id(),
    };
    tokens.issue(&grant, now).map(|issued| issued.token).map_err(|error| Failure::Other(error.to_string()))
}
