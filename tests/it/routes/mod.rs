//! Every route, with what it is asked in real life and with what it must refuse, against the real server.

mod audit;
mod backup_codes;
mod bodies;
mod cookies;
mod invitations;
mod login;
mod logout;
mod mfa;
mod misplaced_tokens;
mod my_events;
mod profile;
mod refresh;
mod register;
mod repeats;
mod sessions;
mod step_up;
mod ticket;
mod trouble;
mod users;
mod verify_mfa;
