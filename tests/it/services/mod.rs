//! Services that verify tokens: their keys, what they may ask, and what they hear.

mod client;
mod introspection;
mod keys;
mod operator;
mod stream;
mod voice_agent;
