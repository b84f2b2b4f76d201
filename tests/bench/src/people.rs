//! The people of a run: they register, and some set an authenticator up.

use std::{net::SocketAddr, time::UNIX_EPOCH};

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use tokio::task::JoinSet;

use crate::{failure::Failure, wire::Wire};

const PASSWORD: &str = "Winter-Garden-72-Lamps";
/// Clients that prepare people at once.
const CLIENTS: usize = 16;

/// Somebody with an account, signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Address.
    pub email: String,
    /// Access token.
    pub access: String,
    /// Refresh token.
    pub refresh: String,
}

/// A sign-in whose first step is done, and the code that finishes it.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Names the sign-in.
    pub mfa_token: String,
    /// Good from now on for a minute at least.
    pub code: String,
}

impl Person {
    /// The body of a sign-in.
    pub fn login(&self) -> Value {
        json!({ "email": self.email, "password": PASSWORD })
    }

    async fn registers(wire: &mut Wire, name: String) -> Result<Self, Failure> {
        let email = format!("{name}@bench.example");
        let company = format!("Bench {name}");
        let body = json!({ "company_name": company, "full_name": "Ada Bench", "email": email, "password": PASSWORD });
        let answer = wire.post("a registration", ("/api/auth/register", None), &body, 201).await?;
        Ok(Self { email, access: text(&answer, "access_token"), refresh: text(&answer, "refresh_token") })
    }

    /// Sets an authenticator up with the present code, then begins a sign-in and says the next code, which is good from
    /// now on for a minute at least.
    async fn waits_for_the_second_step(&self, wire: &mut Wire) -> Result<Pending, Failure> {
        let token = Some(self.access.as_str());
        let setup = wire.post("a set-up", ("/api/auth/mfa/setup", token), &json!({}), 200).await?;
        let secret = secret_of(&text(&setup, "otpauth_uri"))?;
        let step = UNIX_EPOCH.elapsed().unwrap_or_default().as_secs() / 30;
        let body = json!({ "code": code(&secret, step)? });
        wire.post("a confirmation", ("/api/auth/mfa/enable", token), &body, 200).await?;
        let first = wire.post("a first step", ("/api/auth/login", None), &self.login(), 200).await?;
        Ok(Pending { mfa_token: text(&first, "mfa_token"), code: code(&secret, step + 1)? })
    }
}

/// Registers `count` people, each with a company of their own.
pub async fn register(address: SocketAddr, prefix: &'static str, count: usize) -> Result<Vec<Person>, Failure> {
    in_parallel(address, count, move |mut wire, number| async move {
        let person = Person::registers(&mut wire, format!("{prefix}{number}")).await?;
        Ok((wire, person))
    })
    .await
}

/// Prepares sign-ins that wait for their second step, each of another person.
pub async fn pending(address: SocketAddr, count: usize) -> Result<Vec<Pending>, Failure> {
    in_parallel(address, count, |mut wire, number| async move {
        let person = Person::registers(&mut wire, format!("second{number}")).await?;
        let pending = person.waits_for_the_second_step(&mut wire).await?;
        Ok((wire, pending))
    })
    .await
}

async fn in_parallel<T, F, R>(address: SocketAddr, count: usize, each: F) -> Result<Vec<T>, Failure>
where
    F: Fn(Wire, usize) -> R + Clone + Send + 'static,
    R: Future<Output = Result<(Wire, T), Failure>> + Send,
    T: Send + 'static,
{
    let mut clients = JoinSet::new();
    for first in 0..CLIENTS {
        let each = each.clone();
        clients.spawn(async move {
            let (mut wire, mut made) = (Wire::open(address).await?, Vec::new());
            for number in (first..count).step_by(CLIENTS) {
                let (back, one) = each(wire, number).await?;
                wire = back;
                made.push(one);
            }
            Ok::<_, Failure>(made)
        });
    }
    let mut all = Vec::with_capacity(count);
    while let Some(made) = clients.join_next().await {
        all.extend(made.map_err(|error| Failure::Other(error.to_string()))??);
    }
    Ok(all)
}

fn text(answer: &Value, field: &str) -> String {
    answer[field].as_str().unwrap_or_default().to_owned()
}

fn secret_of(uri: &str) -> Result<Vec<u8>, Failure> {
    let secret = uri.split(['?', '&']).find_map(|pair| pair.strip_prefix("secret="));
    let secret = secret.and_then(|secret| BASE32_NOPAD.decode(secret.as_bytes()).ok());
    secret.ok_or_else(|| Failure::Other("no secret in the set-up".into()))
}

/// RFC 6238, SHA-1, six digits.
fn code(secret: &[u8], step: u64) -> Result<String, Failure> {
    let mac = Hmac::<Sha1>::new_from_slice(secret).map_err(|error| Failure::Other(error.to_string()))?;
    let tag = mac.chain_update(step.to_be_bytes()).finalize().into_bytes();
    let offset = usize::from(tag[19] & 0x0f);
    let word = tag[offset..offset + 4].iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) & 0x7fff_ffff;
    Ok(format!("{:06}", word % 1_000_000))
}
