//! Stories against the real server: one binary, one PostgreSQL cluster, a database of its own for every story.

mod support;
