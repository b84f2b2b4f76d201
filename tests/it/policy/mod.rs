//! What a company demands of its people, and that it is obeyed everywhere.

mod company;
mod enrollment;
mod passwords;
mod sessions;
