//! Mail: what is written ([`compose()`]), how it leaves ([`Postman`]) and when it is tried again ([`Worker`]).
//!
//! A flow composes a [`Letter`], seals it and queues it in its own transaction; the worker claims, opens and sends it. SMTP
//! is never on the way of a request. To add a mail: a file in `templates/`, a variant of [`Message`] with its arm in
//! `message.rs` and its facts in `facts.rs`.

mod compose;
mod facts;
mod letter;
mod message;
mod postman;
mod template;
mod worker;

pub use compose::{ComposeError, Stationery, compose};
pub use letter::{Letter, LetterError};
pub use message::{Guesses, Intervention, Kind, Link, Message, Security, Watch};
pub use postman::{DeliveryError, Postman, Settings};
pub use worker::{Claimed, Failure, GIVE_UP_AFTER, Queue, Worker, retry_after};
