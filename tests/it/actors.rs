//! Companies at work inside one process: what a panic, a slow account, a flood, a vanished caller or an idle minute of
//! one company does to everybody else. The orders are made for the purpose; directory, supervisors and lanes are the
//! real ones.

mod crew;
mod orders;
mod passivation;
mod patience;
mod survival;
