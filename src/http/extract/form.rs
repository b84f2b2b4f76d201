//! A form body (`application/x-www-form-urlencoded`), as RFC 7662 has it: exactly the documented fields, each at most once.

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header::CONTENT_TYPE};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::{
    json,
    query::pairs,
    reading::{Fault, refused},
};
use crate::{
    domain::code::{Code, Refusal},
    http::problem::Problem,
};

/// A form that must be there.
pub(in crate::http) struct Form<T>(pub(in crate::http) T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let form = request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
            if !form || request.headers().get_all(CONTENT_TYPE).count() != 1 {
                return Err(Code::UnsupportedMediaType.into());
            }
            Ok(Self(parse(&json::read(&request, payload).await?)?))
        })
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| refused(Code::InvalidBody, "", Fault::Malformed))?;
    pairs(text, Code::InvalidBody)
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
        token: Secret,
        token_type_hint: Option<String>,
    }

    #[test]
    fn a_form_has_the_documented_fields_once_each() {
        assert!(parse::<Input>(b"token=a.b.c").is_ok());
        assert!(parse::<Input>(b"token=a%2Eb&token_type_hint=access_token").is_ok());
        for (body, pointer) in [
            (&b"token=a&x=1"[..], "/x"),
            (b"token=a&token=b", "/token"),
            (b"", "/token"),
            (b"token=%00", ""),
            (b"token=\xff", ""),
        ] {
            let refusal = parse::<Input>(body).unwrap_err();
            assert_eq!((refusal.code, refusal.fields[0].pointer.as_str()), (Code::InvalidBody, pointer), "{body:?}");
        }
        let long = format!("token={}", "x".repeat(5000));
        assert_eq!(parse::<Input>(long.as_bytes()).unwrap_err().fields[0].code, "too_long");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse::<Input>(&bytes);
        }
    }
}
