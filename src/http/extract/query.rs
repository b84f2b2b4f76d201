//! The query string: exactly the documented parameters, each at most once.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, error::QueryPayloadError, web};
use serde::de::DeserializeOwned;
use serde_path_to_error::Path;

use super::reading::{Fault, refused, unreadable};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        page::Page,
    },
    http::problem::Problem,
};

const DEFAULT_ITEMS: u64 = 50;
const MOST_ITEMS: u64 = 200;
const CURSOR_BYTES: usize = 512;

/// The query of this request.
pub(in crate::http) struct Query<T>(pub(in crate::http) T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self).map_err(Problem))
    }
}

pub(in crate::http) fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Refusal> {
    pairs(query, Code::InvalidQuery)
}

/// Reads percent-encoded pairs, whether of a query or of a form; `code` says which of them was wrong.
pub(super) fn pairs<T: DeserializeOwned>(text: &str, code: Code) -> Result<T, Refusal> {
    if text.contains("%00") {
        return Err(refused(code, "", Fault::NotText));
    }
    web::Query::<T>::from_query(text).map(web::Query::into_inner).map_err(|error| {
        let message = match error {
            QueryPayloadError::Deserialize(error) => error.to_string(),
            _ => String::new(),
        };
        unreadable(code, &no_path(), &message)
    })
}

/// Queries are flat: the field's name in the message is the whole path.
fn no_path() -> Path {
    let track = serde_path_to_error::Track::new();
    track.path()
}

/// The part of a list a query asks for: 50 items unless it says so, 200 at most.
pub(in crate::http) fn page(limit: Option<u64>, cursor: Option<String>) -> Result<Page, Refusal> {
    let limit = limit.unwrap_or(DEFAULT_ITEMS);
    if !(1..=MOST_ITEMS).contains(&limit) {
        let fault = FieldError::new("/limit", "out_of_range", format!("Ask for 1 to {MOST_ITEMS} items."));
        return Err(Refusal { fields: vec![fault], ..Code::InvalidQuery.into() });
    }
    if cursor.as_ref().is_some_and(|cursor| cursor.len() > CURSOR_BYTES) {
        return Err(refused(Code::InvalidQuery, "/cursor", Fault::TooLong));
    }
    Ok(Page { limit, cursor })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use time::OffsetDateTime;

    use super::*;
    use crate::domain::{event::Kind, ids::UserId};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        limit: Option<u64>,
        actor: Option<UserId>,
        kind: Option<Kind>,
        #[serde(default, with = "time::serde::rfc3339::option")]
        from: Option<OffsetDateTime>,
    }

    fn fault(query: &str) -> (Code, String) {
        let refusal = parse::<Input>(query).unwrap_err();
        (refusal.code, refusal.fields[0].pointer.clone())
    }

    #[test]
    fn typed_parameters_are_read() {
        let query = "limit=7&actor=01890a5d-ac96-774b-bcce-b302099a8057&kind=login.failed&from=2026-01-02T03:04:05Z";
        let input = parse::<Input>(query).unwrap();
        assert_eq!((input.limit, input.kind), (Some(7), Some(Kind::LoginFailed)));
        assert!(input.actor.is_some() && input.from.is_some());
        assert!(parse::<Input>("").unwrap().limit.is_none());
    }

    #[test]
    fn unknown_double_and_wrong_parameters_are_refused() {
        assert_eq!(fault("x=1"), (Code::InvalidQuery, "/x".into()));
        assert_eq!(fault("limit=1&limit=2"), (Code::InvalidQuery, "/limit".into()));
        for wrong in ["limit=-1", "limit=x", "actor=7", "kind=nothing", "from=yesterday", "kind=%00"] {
            assert_eq!(fault(wrong).0, Code::InvalidQuery, "{wrong}");
        }
    }

    #[test]
    fn a_page_has_1_to_200_items_and_50_unless_asked() {
        assert_eq!(page(None, None).unwrap().limit, 50);
        assert_eq!(page(Some(200), None).unwrap().limit, 200);
        assert!(page(Some(0), None).is_err() && page(Some(201), None).is_err());
        assert!(page(None, Some("x".repeat(513))).is_err());
    }
}
