//! Why a caller is not let in.

/// A caller is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The token is none of this installation's, or has ended. Answer 401.
    #[error("invalid token: {0}")]
    Invalid(#[from] Fault),
    /// Its session was ended. Answer 401: the person has to sign in again.
    #[error("revoked")]
    Revoked,
    /// The session goes on with other rights. Answer 401: the client renews its token and comes again.
    #[error("rights changed")]
    RightsChanged,
    /// Nobody can say now whether it is revoked. Answer 503, never 200.
    #[error("unavailable")]
    Unavailable,
}

/// What is wrong with a token. For logs; clients hear no more than that it is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not three parts of base64url JSON, or too long.
    #[error("malformed")]
    Malformed,
    /// Another algorithm or type, or a header that tokens of Voxgate do not have, such as `jku`.
    #[error("header not acceptable")]
    Header,
    /// A key Voxgate does not publish, or has removed.
    #[error("unknown key")]
    UnknownKey,
    /// Not signed by that key.
    #[error("wrong signature")]
    Signature,
    /// A claim is absent, of another type, or not for this service.
    #[error("claims not acceptable")]
    Claims,
    /// Of another company than the service key.
    #[error("of another company")]
    Company,
    /// It has ended.
    #[error("expired")]
    Expired,
    /// It has not begun; the clocks disagree.
    #[error("not valid yet")]
    NotYet,
}
