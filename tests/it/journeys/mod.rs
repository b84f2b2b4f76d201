//! The journeys a person takes, from the first page to the last, against the real server.

mod force_logout;
mod guessing;
mod invitations;
mod mfa;
mod suspended;
