//! What the flows work with.

use std::{sync::Arc, time::Duration};

use super::{door::Door, following::Places};
use crate::{
    crypto::{digest::Pepper, password::Hasher, seal::Sealer, token::AccessTokens},
    domain::world::World,
    nodes::Nodes,
    store::Store,
    stream::revocation::Feed,
};

/// How long things live and how much a company may have in flight.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Shown in authenticator apps.
    pub issuer_name: String,
    /// Where links in mails point to; no trailing slash.
    pub base_url: String,
    /// Life of an access token.
    pub access_lifetime: Duration,
    /// Life of a refresh token, and so of a session nobody uses.
    pub refresh_lifetime: Duration,
    /// Life of a session, however busy.
    pub session_lifetime: Duration,
    /// Fewest code points of a password.
    pub min_password_length: usize,
    /// Commands of one company in flight at once.
    pub permits: usize,
    /// A supervisor without work and sockets for this long is put away.
    pub idle_after: Duration,
}

/// The tools of the flows, shared by all companies of this node.
pub struct Services {
    /// The database.
    pub store: Store,
    /// The hashing pool.
    pub hasher: Hasher,
    /// Sealing of secrets at rest.
    pub sealer: Arc<Sealer>,
    /// Keyed digests: counters, backup codes, refresh successors.
    pub pepper: Pepper,
    /// Access tokens.
    pub access: Arc<AccessTokens>,
    /// Revocations of this and every other node.
    pub feed: Feed,
    /// The streams that services hold open.
    pub followers: Places,
    /// This node among the others.
    pub nodes: Nodes,
    /// The one check of access tokens.
    pub door: Door,
    /// Time and chance.
    pub world: World,
    /// Lifetimes and bounds.
    pub settings: Settings,
    /// Where lane jobs run.
    pub runtime: tokio::runtime::Handle,
}
