//! Services that verify tokens: their keys, what they may ask, and what they hear.

mod introspection;
mod keys;
mod operator;
mod stream;

