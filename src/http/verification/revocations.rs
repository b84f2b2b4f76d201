//! `GET /api/revocations/stream`: what is revoked, one JSON object a line, for as long as the service listens.

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_TYPE, HeaderName},
    web::{Bytes, Data},
};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    domain::code::Refusal,
    http::{
        audit::export::NDJSON,
        extract::{Query, Service},
        problem::Problem,
    },
    tenant::{Following, Line, Tenants},
};

/// Asks proxies on the way (nginx) not to collect lines.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// From where.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct StreamQuery {
    /// `cursor` of the last heartbeat heard. Without one, or with one that is not of this key's company, everything that
    /// still matters comes first.
    #[param(max_length = 512)]
    since: Option<String>,
}

/// Begins to tell.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Service(caller): Service,
    Query(query): Query<StreamQuery>,
) -> Result<HttpResponse, Problem> {
    let (following, first) = Following::begin(&tenants, caller, query.since.as_deref()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, NDJSON))
        .insert_header((BUFFERING, "no"))
        .streaming(told(following, first)))
}

/// The lines, as they come.
fn told(following: Following, first: Vec<Line>) -> impl Stream<Item = Result<Bytes, Refusal>> {
    unfold((following, Some(first)), |(mut following, first)| async move {
        let lines = match first {
            Some(lines) => lines,
            None => following.next().await?,
        };
        Some((Ok(written(&lines)), (following, None)))
    })
}

fn written(lines: &[Line]) -> Bytes {
    let mut text = Vec::new();
    for line in lines {
        // Text, numbers and ids always serialise, and memory takes what is written to it.
        let _ = serde_json::to_writer(&mut text, line);
        text.push(b'\n');
    }
    text.into()
}
