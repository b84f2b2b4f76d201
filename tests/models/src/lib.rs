//! Models of the rules that must hold in every order of events: each is walked through all its states by stateright, and
//! calls the same pure functions as the server. `docs/models.md` explains them; the program prints what a walk saw.
//!
//! Every model has a `Flaw`: [`None`] is the server; the others are the same with one known mistake, kept to show that the
//! model would see it. To add a model: a file here, a line in [`walk::all`], a test of its flaws in `tests/flaws.rs`.

pub mod admins;
pub mod lease;
pub mod refresh;
pub mod sign_in;
pub mod stream;
pub mod walk;

use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;
use voxgate::domain::principal::{Principal, Role};

/// The moment at which every model begins.
pub const NOON: OffsetDateTime = datetime!(2026-03-02 12:00:00 UTC);

/// An id made of a small number.
fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

/// The bearer of an access token of the models' one company that outlives every walk.
fn bearer(user: u128, session: u128, epoch: i64) -> Principal {
    Principal {
        user: id(user),
        company: id(1),
        session: id(session),
        role: Role::User,
        amr: Vec::new(),
        auth_time: NOON,
        expires_at: NOON + time::Duration::minutes(30),
        epoch,
        company_epoch: 1,
    }
}
