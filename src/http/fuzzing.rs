//! What strangers can write into a request, as functions over bytes for the fuzzer and its replay.

#![allow(clippy::expect_used, reason = "a promise that is broken must end the run")]

use std::{
    net::{IpAddr, SocketAddr},
    str,
};

use actix_web::{
    HttpRequest,
    http::header::{HeaderMap, HeaderName, HeaderValue},
    test::TestRequest,
};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Rate, Rates, Settings,
    audit::list::AuditQuery,
    auth::{login::LoginInput, register::RegisterInput, verify_mfa::VerifyMfaInput},
    cookies::Jar,
    extract::{client_address, is_allowed_origin, read_body, read_query},
    middleware::bearer,
};
use crate::domain::code::Refusal;

const NAMES: [HeaderName; 6] = [
    HeaderName::from_static("authorization"),
    HeaderName::from_static("cookie"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("origin"),
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("x-voxgate-client"),
];

fn settings() -> Settings {
    Settings {
        base_url: "https://auth.example.com".into(),
        allowed_origins: Vec::new(),
        trusted_proxies: "127.0.0.0/8".parse().into_iter().collect(),
        rates: Rates::same(Rate { per_second: 1, burst: 1 }),
    }
}

/// Lines, each with the number of a header before its value: credentials are plain, addresses come from where they may.
pub fn headers(data: &[u8]) {
    let request = request_of(data);
    let (headers, settings) = (request.headers(), settings());
    if let Ok(Some(token)) = bearer(headers) {
        assert!(token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()));
    }
    for jar in [Jar::Access, Jar::Refresh, Jar::Device] {
        if let Ok(Some(value)) = jar.read(headers, true) {
            assert!(!value.expose_secret().contains([';', ' ', ',']));
        }
    }
    if is_allowed_origin(headers, &settings, false) {
        assert_eq!(headers.get("origin").map(HeaderValue::as_bytes), Some(settings.base_url.as_bytes()));
    }
    let address = client_address(&request, &settings).expect("a peer");
    let forwarded =
        headers.get_all("x-forwarded-for").map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    let written = forwarded.collect::<Vec<_>>().join(",");
    assert!(address == PEER.ip() || written.split(',').any(|hop| names(hop, address)), "{address} of {written}");
}

const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4711);

/// Whether a hop of the header is this address, with or without a port.
fn names(hop: &str, address: IpAddr) -> bool {
    let hop = hop.trim();
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let ip = bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|hop| hop.ip()));
    ip.is_some_and(|ip: IpAddr| ip.to_canonical() == address)
}

fn request_of(data: &[u8]) -> HttpRequest {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Some((number, value)) = line.split_first() else { continue };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(NAMES[usize::from(*number) % NAMES.len()].clone(), value);
        }
    }
    let mut request = TestRequest::get().uri("/api/users/me").peer_addr(PEER);
    for (name, value) in &headers {
        request = request.append_header((name.clone(), value.clone()));
    }
    request.to_http_request()
}

/// The bodies of sign-up and sign-in: what is read is an object that any parser reads alike, without a field twice; what
/// is refused says where.
pub fn bodies(data: &[u8]) {
    body::<LoginInput>(data);
    body::<RegisterInput>(data);
    body::<VerifyMfaInput>(data);
}

fn body<T: DeserializeOwned>(data: &[u8]) {
    match read_body::<T>(data) {
        Ok(_) => assert!(serde_json::from_slice::<Value>(data).is_ok_and(|json| json.is_object())),
        Err(refusal) => is_sound(&refusal),
    }
}

/// The query of the audit log.
pub fn filter(data: &[u8]) {
    let Ok(query) = str::from_utf8(data) else { return };
    if let Err(refusal) = read_query::<AuditQuery>(query) {
        is_sound(&refusal);
    }
}

/// A refusal of input is the client's fault and points into the input.
fn is_sound(refusal: &Refusal) {
    assert!((400..500).contains(&refusal.code.status()), "{refusal:?}");
    assert!(
        refusal.fields.iter().all(|field| field.pointer.is_empty() || field.pointer.starts_with('/')),
        "{refusal:?}"
    );
}
