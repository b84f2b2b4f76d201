//! A body of a request that may be sent again under an `Idempotency-Key`.

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::{Visit, client_address, edge, json};
use crate::{
    domain::{
        code::{Code, Refusal},
        idempotency,
        principal::Principal,
    },
    http::{problem::Problem, routes::Endpoint},
    tenant::flows::{Client, Once},
};

/// The header.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A body that must be there, and what makes the request the same one when it is sent again. Only rows of the route table
/// that are `repeatable` heed the header.
pub(in crate::http) struct Repeatable<T>(pub(in crate::http) T, pub(in crate::http) Option<Once>);

impl<T: DeserializeOwned + 'static> FromRequest for Repeatable<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            json::check_type(&request)?;
            let body = json::read(&request, payload).await?;
            let input = json::parse(&body)?;
            Ok(Self(input, once(&request, &body)?))
        })
    }
}

fn once(request: &HttpRequest, body: &[u8]) -> Result<Option<Once>, Refusal> {
    let row = request.extensions().get::<&'static Endpoint>().copied().filter(|row| row.repeatable);
    let mut headers = request.headers().get_all(IDEMPOTENCY_KEY);
    let (Some(row), Some(header)) = (row, headers.next()) else { return Ok(None) };
    let key = header.to_str().ok().and_then(idempotency::parse_key).filter(|_| headers.next().is_none());
    let key = key.ok_or(Code::InvalidIdempotencyKey)?;
    let client = request.extensions().get::<Visit>().map_or(Client::Api, |visit| visit.client);
    // It was read as JSON, so it is text.
    let request_text = format!("{} {}", client.as_str(), String::from_utf8_lossy(body));
    let (key, request_text) = (key.to_owned().into(), request_text.into());
    Ok(Some(Once { caller: caller(request)?, route: row.name, key, request: request_text }))
}

/// An account of a company; without one, the address.
fn caller(request: &HttpRequest) -> Result<String, Refusal> {
    if let Some(principal) = request.extensions().get::<Principal>() {
        return Ok(format!("{} {}", principal.company, principal.user));
    }
    let address = client_address(request, &edge(request)?.settings);
    Ok(address.map(|address| address.to_string()).unwrap_or_default())
}
