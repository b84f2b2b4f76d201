//! The short ways: what they do is what the long way would have done, and whatever is unusual they leave alone.

mod open;
mod renew;
