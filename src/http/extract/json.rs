//! A JSON body, whole or refused: exactly the documented fields, once, of the documented types, and nothing after them.

use std::time::Duration;

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use bytes::BytesMut;
use futures_util::{StreamExt, future::LocalBoxFuture};
use serde::de::DeserializeOwned;

use super::reading::{Fault, refused, unreadable};
use crate::{
    domain::code::{Code, Refusal},
    http::{problem::Problem, routes::Endpoint},
};

/// Applies where a handler is used outside the route table.
const DEFAULT_LIMIT: usize = 64 * 1024;

/// A client that sends its body slower than this is cut off.
const PATIENCE: Duration = Duration::from_secs(20);

/// A body that must be there.
pub(in crate::http) struct Json<T>(pub(in crate::http) T);

/// A body that may be left out, where every field may.
pub(in crate::http) struct JsonOrDefault<T>(pub(in crate::http) T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            check_type(&request)?;
            Ok(Self(parse(&read(&request, payload).await?)?))
        })
    }
}

impl<T: DeserializeOwned + Default + 'static> FromRequest for JsonOrDefault<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = read(&request, payload).await?;
            if body.is_empty() {
                return Ok(Self(T::default()));
            }
            check_type(&request)?;
            Ok(Self(parse(&body)?))
        })
    }
}

pub(super) fn check_type(request: &HttpRequest) -> Result<(), Refusal> {
    let json = request.content_type().eq_ignore_ascii_case("application/json");
    let once = request.headers().get_all(CONTENT_TYPE).count() == 1;
    if json && once { Ok(()) } else { Err(Code::UnsupportedMediaType.into()) }
}

pub(super) async fn read(request: &HttpRequest, mut payload: Payload) -> Result<BytesMut, Refusal> {
    let limit = request.extensions().get::<&'static Endpoint>().map_or(DEFAULT_LIMIT, |row| row.body_limit);
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit as u64) {
        return Err(Code::BodyTooLarge.into());
    }
    let collect = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| refused(Code::InvalidBody, "", Fault::Malformed))?;
            if body.len() + chunk.len() > limit {
                return Err(Code::BodyTooLarge.into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    let late = |_| refused(Code::InvalidBody, "", Fault::Late);
    tokio::time::timeout(PATIENCE, collect).await.map_err(late)?
}

/// Reads an object of exactly this type. Arrays are no objects here, though serde would take them for structs.
pub(in crate::http) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let malformed = || refused(Code::InvalidBody, "", Fault::Malformed);
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(malformed());
    }
    if holds_nul(body) {
        return Err(refused(Code::InvalidBody, "", Fault::NotText));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| unreadable(Code::InvalidBody, error.path(), &error.inner().to_string()))?;
    json.end().map_err(|_| malformed())?;
    Ok(value)
}

/// Whether a string in the JSON text holds U+0000, which PostgreSQL cannot store. Raw ones are no JSON anyway.
fn holds_nul(body: &[u8]) -> bool {
    let escapes = body.windows(6).enumerate().filter(|(_, window)| window == b"\\u0000");
    escapes.into_iter().any(|(at, _)| body[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;
    use crate::http::extract::Secret;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape counts")]
    struct Input {
        email: String,
        password: Secret,
        #[serde(default)]
        age: Option<u8>,
    }

    fn fault(body: &[u8]) -> (Code, String, &'static str) {
        let mut refusal = parse::<Input>(body).unwrap_err();
        let field = refusal.fields.remove(0);
        (refusal.code, field.pointer, field.code)
    }

    #[test]
    fn the_documented_body_is_read() {
        assert!(parse::<Input>(br#" {"email":"a@b.c","password":"x"} "#).is_ok());
        assert!(parse::<Input>(br#"{"email":"a@b.c","password":"\\u0000","age":null}"#).is_ok());
    }

    #[test]
    fn every_other_body_is_refused_and_says_where() {
        let cases: &[(&[u8], &str, &str)] = &[
            (br#"{"email":"a","password":"x","role":"admin"}"#, "/role", "unknown_field"),
            (br#"{"email":"a","email":"b","password":"x"}"#, "/email", "duplicate_field"),
            (br#"{"email":"a"}"#, "/password", "missing_field"),
            (br#"{"email":["v","e"],"password":"x"}"#, "/email", "malformed"),
            (br#"{"email":7,"password":"x"}"#, "/email", "malformed"),
            (br#"{"email":"a","password":{"$ne":null}}"#, "/password", "malformed"),
            (br#"{"email":"a","password":"x","age":-1}"#, "/age", "malformed"),
            (br#"["a","x"]"#, "", "malformed"),
            (br#"{"email":"a","password":"x"} {}"#, "", "malformed"),
            (br#"{"email":"a\u0000","password":"x"}"#, "", "not_text"),
            (b"{\"email\":\"\xff\",\"password\":\"x\"}", "/email", "malformed"),
            (b"", "", "malformed"),
        ];
        for (body, pointer, code) in cases {
            let text = String::from_utf8_lossy(body);
            assert_eq!(fault(body), (Code::InvalidBody, (*pointer).to_owned(), *code), "{text}");
        }
    }

    #[test]
    fn a_password_of_more_than_a_kibibyte_is_refused_and_nothing_shows_a_secret() {
        let body = |secret: &str| format!(r#"{{"email":"a","password":"{secret}"}}"#);
        assert_eq!(fault(body(&"x".repeat(1025)).as_bytes()).2, "too_long");
        let input = parse::<Input>(body(&"x".repeat(1024)).as_bytes()).unwrap();
        assert!(!format!("{input:?}").contains("xxx"));
    }

    #[test]
    fn depth_does_not_reach_the_stack() {
        let deep = format!(r#"{{"email":{}"#, "[".repeat(60_000));
        assert_eq!(fault(deep.as_bytes()).0, Code::InvalidBody);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse::<Input>(&bytes);
        }
    }
}
