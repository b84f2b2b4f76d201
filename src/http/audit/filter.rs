//! Which events are asked for: the same words for the list and the export. A query must refuse unknown words, which serde
//! cannot do for a flattened struct; so the words are written into each query by this macro.
//!
//! To add a filter: a field and its line in `take_filter` here, and a field of [`AuditFilter`](crate::store::AuditFilter).

/// Makes a query struct of the filter's words and further ones, and `take_filter`, which moves the filter out of it.
macro_rules! audit_query {
    ($(#[$doc:meta])* $name:ident { $($more:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        pub(in crate::http) struct $name {
            /// Only these kinds, with commas between.
            #[param(schema_with = crate::http::audit::several::kinds_schema, style = Form, explode = false)]
            kind: Option<crate::http::audit::several::Several<crate::domain::event::Kind>>,
            /// Only these severities, with commas between.
            #[param(schema_with = crate::http::audit::several::severities_schema, style = Form, explode = false)]
            severity: Option<crate::http::audit::several::Several<crate::domain::event::Severity>>,
            /// Done by this person.
            #[param(inline)]
            actor: Option<crate::domain::ids::UserId>,
            /// Done by people who had one of these roles then, with commas between.
            #[param(schema_with = crate::http::audit::several::roles_schema, style = Form, explode = false)]
            role: Option<crate::http::audit::several::Several<crate::domain::principal::Role>>,
            /// Done to this.
            subject: Option<uuid::Uuid>,
            /// In or to this session.
            #[param(inline)]
            session: Option<crate::domain::ids::SessionId>,
            /// In this request, as `X-Request-Id` named it.
            #[param(inline)]
            request_id: Option<crate::domain::ids::RequestId>,
            /// From this address.
            ip: Option<String>,
            /// Not before this time (RFC 3339).
            #[serde(default, with = "time::serde::rfc3339::option")]
            from: Option<time::OffsetDateTime>,
            /// Before this time (RFC 3339).
            #[serde(default, with = "time::serde::rfc3339::option")]
            to: Option<time::OffsetDateTime>,
            $($more)*
        }

        impl $name {
            fn take_filter(&mut self) -> crate::store::AuditFilter {
                crate::store::AuditFilter {
                    kinds: self.kind.take().map_or_else(Vec::new, |kinds| kinds.0),
                    severities: self.severity.take().map_or_else(Vec::new, |severities| severities.0),
                    actor: self.actor,
                    roles: self.role.take().map_or_else(Vec::new, |roles| roles.0),
                    subject: self.subject,
                    session: self.session,
                    request: self.request_id,
                    ip: self.ip.take(),
                    from: self.from,
                    to: self.to,
                }
            }
        }
    };
}
pub(super) use audit_query;
