//! Verifies Voxgate access tokens in other services.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use voxgate_verify::{Settings, Verifier};
//!
//! let verifier = Verifier::start(Settings::new("https://auth.example.com", "vgs_…")?)?;
//! let token = "the access token of the request";
//! let caller = verifier.verify(token).await?;
//! println!("{} of {}", caller.user, caller.company);
//! let ended = verifier.watch(&caller, token).ended().await; // while the call runs
//! println!("over: {ended:?}");
//! # Ok(()) }
//! ```
//!
//! A token is judged on this machine: signature, type, issuer, audience and times, and a set of what was revoked, which a
//! stream from Voxgate keeps (`GET /api/revocations/stream`). The stream carries a lease of five seconds. While it is fresh
//! nothing is asked; when it is stale every token is asked about (`POST /api/introspect`); when there is no answer the token
//! is refused with [`Refusal::Unavailable`]. The door is never left open.
//!
//! The rules of [`known`] are those of the server's own nodes, written a second time on purpose: a service must not need the
//! server's code, and a mistake in one does not hide in both.

mod introspection;
mod keys;
pub mod known;
mod refusal;
mod settings;
mod stream;
mod token;
mod verifier;
mod watch;

pub use refusal::{Fault, Refusal};
pub use settings::{BadAddress, Settings};
pub use token::{Caller, Role};
pub use verifier::Verifier;
pub use watch::{Ended, Watch};
