//! Stories of live connections: the plain session step by step, and whole connections over TCP.

mod house;
mod resume;
mod session;
mod wire;
