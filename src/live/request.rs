//! Reads the upgrade request of `GET /api/live`: where it comes from, who it says it is, where it wants to go on. Pure.

use actix_web::http::{
    Uri,
    header::{AUTHORIZATION, HeaderMap, HeaderName, ORIGIN, SEC_WEBSOCKET_PROTOCOL},
};

use super::frame::PROTOCOL;
use crate::domain::code::{Code, FieldError, Refusal};

const TICKET: &str = "ticket.";
/// Names under which clients are tempted to put a secret into the address, where logs and histories keep it.
const SECRETS: [&str; 6] = ["token", "access_token", "refresh_token", "ticket", "jwt", "authorization"];

/// What a client shows to be let in.
#[derive(PartialEq, Eq)]
pub(super) enum Credential {
    /// A ticket in the sub-protocol list.
    Ticket(String),
    /// An access token in the `Authorization` header.
    Bearer(String),
}

/// The `since` of the query: the client has every event up to it. Anything else in the query is refused.
pub(super) fn since(uri: &Uri) -> Result<Option<i64>, Refusal> {
    let mut since = None;
    for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if SECRETS.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(query(
                name,
                "secret_in_address",
                "Never put a token into an address; send a ticket as sub-protocol.",
            ));
        }
        let number =
            value.parse::<i64>().ok().filter(|number| *number >= 0 && value.bytes().all(|b| b.is_ascii_digit()));
        match (name, number) {
            ("since", Some(number)) if since.is_none() => since = Some(number),
            ("since", _) => return Err(query("since", "invalid", "`since` is one whole number, 0 or more.")),
            _ => return Err(query(name, "unknown", "Only `since` is known here.")),
        }
    }
    Ok(since)
}

/// The credential, with the rules about the page it comes from:
/// a ticket is for browsers and needs an allowed `Origin`; a program may leave `Origin` out, but may not send a foreign one.
pub(super) fn credential(headers: &HeaderMap, origins: &[String]) -> Result<Credential, Refusal> {
    let origin = one(headers, &ORIGIN).map_err(|_| Code::OriginRefused)?;
    let allowed = origin.map(|origin| origins.iter().any(|allowed| allowed == origin));
    if allowed == Some(false) {
        return Err(Code::OriginRefused.into());
    }
    let bearer = one(headers, &AUTHORIZATION).map_err(|_| Code::Unauthenticated)?;
    let (ticket, protocols) = protocols(headers)?;
    match (ticket, bearer) {
        (Some(_), Some(_)) | (None, None) => {
            // Nobody's page and nothing shown: a browser whose Origin is missing must not learn more than "refused".
            Err(if allowed.is_none() && bearer.is_none() { Code::OriginRefused } else { Code::Unauthenticated }.into())
        }
        (Some(_), None) if allowed.is_none() => Err(Code::OriginRefused.into()),
        (Some(_), None) if !protocols => Err(Code::UpgradeRequired.into()),
        (Some(ticket), None) => Ok(Credential::Ticket(ticket)),
        (None, Some(bearer)) => token(bearer).map(Credential::Bearer).ok_or(Code::Unauthenticated.into()),
    }
}

/// The ticket among the sub-protocols, and whether ours is there. A list without ours is refused.
fn protocols(headers: &HeaderMap) -> Result<(Option<String>, bool), Refusal> {
    let mut ticket = None;
    let (mut any, mut ours) = (false, false);
    for value in headers.get_all(SEC_WEBSOCKET_PROTOCOL) {
        let list = value.to_str().map_err(|_| Code::UpgradeRequired)?;
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            any = true;
            ours |= name == PROTOCOL;
            if let Some(shown) = name.strip_prefix(TICKET)
                && ticket.replace(shown.to_owned()).is_some()
            {
                return Err(Code::InvalidTicket.into());
            }
        }
    }
    if any && !ours { Err(Code::UpgradeRequired.into()) } else { Ok((ticket, ours)) }
}

fn token(bearer: &str) -> Option<String> {
    let (scheme, token) = bearer.split_once(' ')?;
    let usable = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(' ');
    usable.then(|| token.to_owned())
}

/// The header's only value; an error when it came twice or is not text.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

fn query(name: &str, code: &'static str, message: &str) -> Refusal {
    // The name is the client's own text; only a plain one is repeated.
    let plain = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let pointer = if plain { format!("/{name}") } else { "/".into() };
    Refusal { fields: vec![FieldError::new(&pointer, code, message)], ..Code::InvalidQuery.into() }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const HOME: &str = "https://voxgate.example";

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in list {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        map
    }

    fn judged(list: &[(&'static str, &str)]) -> Result<Credential, Code> {
        credential(&headers(list), &[HOME.to_owned()]).map_err(|refusal| refusal.code)
    }

    fn asked(query: &str) -> Result<Option<i64>, Code> {
        since(&format!("/api/live{query}").parse().unwrap()).map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_browser_shows_a_ticket_from_an_allowed_page() {
        let shown = judged(&[("origin", HOME), ("sec-websocket-protocol", "voxgate.v1, ticket.vgt_abc")]);
        assert!(shown == Ok(Credential::Ticket("vgt_abc".into())));
    }

    #[test]
    fn a_ticket_from_any_other_page_or_none_is_refused() {
        let foreign = [
            "https://evil.example",
            "null",
            "",
            "https://voxgate.example.evil.example",
            "https://sub.voxgate.example",
            "http://voxgate.example",
            "https://voxgate.example:444",
            "https://VOXGATE.example",
            "https://voxgate.example/",
        ];
        for origin in foreign {
            let shown = judged(&[("origin", origin), ("sec-websocket-protocol", "voxgate.v1, ticket.vgt_abc")]);
            assert!(shown == Err(Code::OriginRefused), "{origin}");
        }
        assert!(judged(&[("sec-websocket-protocol", "voxgate.v1, ticket.vgt_abc")]) == Err(Code::OriginRefused));
        let twice = [("origin", HOME), ("origin", HOME), ("sec-websocket-protocol", "voxgate.v1, ticket.x")];
        assert!(judged(&twice) == Err(Code::OriginRefused));
        assert!(judged(&[]) == Err(Code::OriginRefused));
    }

    #[test]
    fn a_program_sends_bearer_without_origin_but_never_from_a_foreign_page() {
        assert!(judged(&[("authorization", "Bearer abc")]) == Ok(Credential::Bearer("abc".into())));
        let foreign = [("authorization", "Bearer abc"), ("origin", "https://evil.example")];
        assert!(judged(&foreign) == Err(Code::OriginRefused));
        for header in ["abc", "Basic abc", "Bearer ", "Bearer a b"] {
            assert!(judged(&[("authorization", header)]) == Err(Code::Unauthenticated), "{header}");
        }
        let both =
            [("authorization", "Bearer abc"), ("origin", HOME), ("sec-websocket-protocol", "voxgate.v1, ticket.x")];
        assert!(judged(&both) == Err(Code::Unauthenticated));
        let other = [("authorization", "Bearer abc"), ("sec-websocket-protocol", "graphql-ws")];
        assert!(judged(&other) == Err(Code::UpgradeRequired));
    }

    #[test]
    fn the_query_knows_only_since() {
        assert_eq!(asked(""), Ok(None));
        assert_eq!(asked("?since=41"), Ok(Some(41)));
        for refused in ["?since=-1", "?since=", "?since=+1", "?since=1&since=2", "?since=9223372036854775808", "?x=1"] {
            assert_eq!(asked(refused), Err(Code::InvalidQuery), "{refused}");
        }
        for secret in ["?token=a", "?access_token=a", "?since=1&ticket=a", "?Token=a"] {
            assert_eq!(asked(secret), Err(Code::InvalidQuery), "{secret}");
        }
    }
}
