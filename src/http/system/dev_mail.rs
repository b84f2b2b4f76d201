//! `/dev/mail`: the mails a development server keeps instead of sending them. Registered only there, answered only to
//! this machine.

use std::net::IpAddr;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{header, uri::Authority},
    web::Data,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::html;
use crate::{
    domain::code::{Code, Refusal},
    http::{
        extract::Query,
        problem::Problem,
        services::{DevMail, Edge, Mail},
    },
};

/// Whose mails.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct MailQuery {
    /// The recipient; everybody when left out.
    to: Option<String>,
}

/// The mails.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct MailAnswer {
    /// Newest first.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Mail>,
}

/// `GET /dev/mail`: to read.
pub(in crate::http) async fn page(request: HttpRequest, edge: Data<Edge>) -> Result<HttpResponse, Problem> {
    Ok(html(mailbox(&request, &edge)?.page()))
}

/// `GET /dev/mail.json`: for programs.
pub(in crate::http) async fn json(
    request: HttpRequest,
    edge: Data<Edge>,
    Query(MailQuery { to }): Query<MailQuery>,
) -> Result<HttpResponse, Problem> {
    let items = mailbox(&request, &edge)?.items(to.as_deref());
    Ok(HttpResponse::Ok().json(MailAnswer { items }))
}

fn mailbox<'a>(request: &HttpRequest, edge: &'a Edge) -> Result<&'a dyn DevMail, Refusal> {
    let here =
        request.peer_addr().is_none_or(|peer| peer.ip().to_canonical().is_loopback()) && names_this_machine(request);
    edge.dev_mail.as_deref().filter(|_| here).ok_or_else(|| Code::NotFound.into())
}

/// Whether the address that was asked for is a loopback address or `localhost`. A page of elsewhere can point a name of
/// its own at this machine (DNS rebinding) and have the browser ask here; the name it asked for gives it away.
fn names_this_machine(request: &HttpRequest) -> bool {
    let Some(asked) = request.headers().get(header::HOST) else { return true };
    let authority = asked.to_str().ok().and_then(|asked| asked.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        let host = authority.host().trim_matches(['[', ']']);
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
    })
}
