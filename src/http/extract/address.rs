//! Where a request came from. Forwarding headers count only from a configured proxy, and then the right-most hop that is
//! not one: everything left of it was written by the client.

use std::{
    future::{Ready, ready},
    net::{IpAddr, SocketAddr},
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{HeaderMap, HeaderName, USER_AGENT},
};
use ipnet::IpNet;
use secrecy::ExposeSecret;

use super::{Visit, edge};
use crate::{
    domain::{device::DeviceMark, ids::RequestId, principal::Origin},
    http::{problem::Problem, settings::Settings},
};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const USER_AGENT_CHARACTERS: usize = 400;

/// The place a request came from, as audit rows and sessions record it.
pub struct ClientOrigin(pub Origin);

impl FromRequest for ClientOrigin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(origin(request))
    }
}

fn origin(request: &HttpRequest) -> Result<ClientOrigin, Problem> {
    let settings = &edge(request)?.settings;
    let address = client_address(request, settings);
    let user_agent = user_agent(request.headers());
    let extensions = request.extensions();
    let device = extensions.get::<Visit>().and_then(|visit| device(visit, user_agent.as_deref(), address));
    let request_id = extensions.get::<RequestId>().copied();
    Ok(ClientOrigin(Origin { ip: address.map(|address| address.to_string()), user_agent, request_id, device }))
}

/// What the device is known by: a browser by its cookie, a program by its name and network.
fn device(visit: &Visit, user_agent: Option<&str>, address: Option<IpAddr>) -> Option<DeviceMark> {
    match &visit.device {
        Some(cookie) => Some(DeviceMark::of_cookie(cookie.expose_secret())),
        None => Some(DeviceMark::of_program(user_agent, address?)),
    }
}

/// The client's address: the peer of the socket, or what the nearest trusted proxy says about it.
pub fn client_address(request: &HttpRequest, settings: &Settings) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    Some(behind_proxies(peer, request.headers(), &settings.trusted_proxies))
}

fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    // Bytes that are no text spoil their own hop only: what a client put in front must not hide what the proxy added.
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    let mut nearest = peer;
    for hop in lines.iter().flat_map(|line| line.split(',')).rev() {
        if !is_trusted(&nearest) {
            break;
        }
        let Some(address) = parse_hop(hop.trim()) else { break };
        nearest = address;
    }
    nearest
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = String::from_utf8_lossy(headers.get(USER_AGENT)?.as_bytes());
    let clean: String = text.chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARACTERS).collect();
    (!clean.trim().is_empty()).then_some(clean)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        behind_proxies(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn without_a_proxy_the_socket_counts_whatever_the_client_writes() {
        assert_eq!(seen("198.51.100.7", &["127.0.0.1"], &[]), "198.51.100.7");
        assert_eq!(seen("198.51.100.7", &["127.0.0.1"], &["10.0.0.0/8"]), "198.51.100.7");
    }

    #[test]
    fn behind_proxies_the_rightmost_hop_that_is_none_counts() {
        let trusted = &["10.0.0.0/8"];
        assert_eq!(seen("10.0.0.1", &["127.0.0.1, 203.0.113.9"], trusted), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["127.0.0.1, 203.0.113.9, 10.2.0.1"], trusted), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["127.0.0.1", "203.0.113.9:4711"], trusted), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["[2001:db8::1]:4711"], trusted), "2001:db8::1");
    }

    #[test]
    fn bytes_in_front_do_not_hide_what_the_proxy_wrote() {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, HeaderValue::from_bytes(b"\xff\xfe, 203.0.113.9").unwrap());
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        assert_eq!(behind_proxies("10.0.0.1".parse().unwrap(), &headers, &trusted).to_string(), "203.0.113.9");
    }

    #[test]
    fn a_hop_that_is_no_address_ends_the_walk_at_the_proxy_that_wrote_it() {
        assert_eq!(seen("10.0.0.1", &["203.0.113.9, unknown"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
    }

    proptest! {
        #[test]
        fn no_header_moves_an_untrusted_peer(line in "[ -~]{0,80}") {
            prop_assert_eq!(seen("198.51.100.7", &[&line], &["10.0.0.0/8"]), "198.51.100.7");
        }
    }

    #[test]
    fn user_agents_are_cut_and_lose_control_characters() {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_bytes(&[b"a\tb".as_slice(), &[b'x'; 500]].concat()).unwrap());
        let text = user_agent(&headers).unwrap();
        assert_eq!(text.chars().count(), 400);
        assert!(text.starts_with("abx"));
        assert_eq!(user_agent(&HeaderMap::new()), None);
    }
}
