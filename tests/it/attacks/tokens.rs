//! Access tokens that were not issued as they stand, tokens in the wrong place, and headers that are none.

use data_encoding::BASE64URL_NOPAD as B64;
use jsonwebtoken::{Algorithm, EncodingKey};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use voxgate::crypto::keys::KeyFile;

use super::{crafted, hands_out_tokens, raw::Raw};
use crate::support::{
    App,
    person::{PASSWORD, Person},
    reply::Reply,
    socket::{Socket, request},
};

/// The thief's workshop: a good token taken apart, and the server's own key to sign what should be refused for other
/// reasons than its signature.
struct Workshop {
    #[expect(dead_code, reason = "the server ends with it")]
    app: App,
    ada: Person,
    header: Value,
    claims: Value,
    key: EncodingKey,
    public: String,
}

impl Workshop {
    async fn open() -> Self {
        let app = App::start().await;
        let ada = app.admin_of("Acme").await;
        let part =
            |n: usize| serde_json::from_slice(&B64.decode(ada.access.split('.').nth(n).unwrap().as_bytes()).unwrap());
        let (header, claims) = (part(0).unwrap(), part(1).unwrap());
        let keys = KeyFile::load(&app.keys_file()).unwrap();
        let key = EncodingKey::from_ed_der(keys.signing[0].pkcs8.expose());
        let jwks = app.stranger().gets("/.well-known/jwks.json").await.expect(200);
        let public = jwks.text_at("/keys/0/x");
        Self { app, ada, header, claims, key, public }
    }

    fn signed(&self, header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
        let message =
            format!("{}.{}", B64.encode(header.to_string().as_bytes()), B64.encode(claims.to_string().as_bytes()));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
        format!("{message}.{signature}")
    }

    fn forged(&self, header: &Value, claims: &Value) -> String {
        self.signed(header, claims, &self.key, Algorithm::EdDSA)
    }

    async fn shown(&self, token: &str) -> Reply {
        self.ada.bearing(token).gets("/api/users/me").await
    }

    async fn is_refused(&self, token: &str, what: &str) {
        let reply = self.shown(token).await;
        assert_eq!(reply.status, 401, "{what}: {reply:?}");
        reply.refused(401, "unauthenticated");
    }

    /// The workshop's own token passes, so what is refused is refused for what was changed.
    async fn works(&self) {
        self.shown(&self.forged(&self.header, &self.claims)).await.expect(200);
    }
}

#[tokio::test]
async fn case_55_no_algorithm_and_the_public_key_as_a_shared_secret_open_nothing() {
    let shop = Workshop::open().await;
    shop.works().await;
    for alg in ["none", "None", "NONE", "", "HS256", "RS256", "ES256", "EdDSA "] {
        let mut header = shop.header.clone();
        header["alg"] = json!(alg);
        shop.is_refused(&shop.forged(&header, &shop.claims), alg).await;
        let body = |part: &Value| B64.encode(part.to_string().as_bytes());
        shop.is_refused(&format!("{}.{}.", body(&header), body(&shop.claims)), alg).await;
    }
    let raw = B64.decode(shop.public.as_bytes()).unwrap();
    for secret in [shop.public.as_bytes(), &raw, b""] {
        for header in [json!({ "alg": "HS256", "typ": "at+jwt", "kid": shop.header["kid"] }), shop.header.clone()] {
            let token = shop.signed(&header, &shop.claims, &EncodingKey::from_secret(secret), Algorithm::HS256);
            shop.is_refused(&token, "HMAC").await;
        }
    }
    let foreign = KeyFile::generate(&voxgate::crypto::entropy::system_world());
    let foreign = EncodingKey::from_ed_der(foreign.signing[0].pkcs8.expose());
    shop.is_refused(&shop.signed(&shop.header, &shop.claims, &foreign, Algorithm::EdDSA), "another key").await;
    let mut parts: Vec<String> = shop.ada.access.split('.').map(str::to_owned).collect();
    let mut claims = shop.claims.clone();
    claims["role"] = json!("admin");
    claims["jti"] = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    parts[1] = B64.encode(claims.to_string().as_bytes());
    shop.is_refused(&parts.join("."), "changed claims under the old signature").await;
}

#[tokio::test]
async fn case_56_every_claim_is_required_and_no_text_is_a_time() {
    let shop = Workshop::open().await;
    shop.works().await;
    let names: Vec<String> = shop.claims.as_object().unwrap().keys().cloned().collect();
    assert!(names.len() >= 12, "{names:?}");
    for name in &names {
        let mut absent = shop.claims.clone();
        absent.as_object_mut().unwrap().remove(name);
        shop.is_refused(&shop.forged(&shop.header, &absent), &format!("no {name}")).await;
        // An empty list of methods is a list; it proves nothing and opens no step-up route.
        let list = (name != "amr").then(|| json!([]));
        for other in [Value::Null, json!({}), json!(true)].into_iter().chain(list) {
            let mut wrong = shop.claims.clone();
            wrong[name] = other;
            shop.is_refused(&shop.forged(&shop.header, &wrong), &format!("{name} of another type")).await;
        }
    }
    for name in ["exp", "nbf", "iat", "auth_time"] {
        for value in [json!("9999999999"), json!("1"), json!(""), json!(1e300), json!(1.5), json!(i64::MAX)] {
            let mut wrong = shop.claims.clone();
            wrong[name] = value.clone();
            shop.is_refused(&shop.forged(&shop.header, &wrong), &format!("{name} {value}")).await;
        }
    }
    let now = shop.claims["iat"].as_i64().unwrap();
    for (name, value) in [("exp", now - 120), ("exp", 0), ("exp", -1), ("nbf", now + 600), ("iat", now + 600)] {
        let mut wrong = shop.claims.clone();
        wrong[name] = json!(value);
        shop.is_refused(&shop.forged(&shop.header, &wrong), &format!("{name} {value}")).await;
    }
    for (name, value) in [("iss", "https://evil.example"), ("aud", "another"), ("role", "root")] {
        let mut wrong = shop.claims.clone();
        wrong[name] = json!(value);
        shop.is_refused(&shop.forged(&shop.header, &wrong), name).await;
    }
}

#[tokio::test]
async fn case_57_keys_come_from_the_ring_and_nobody_is_called_for_one() {
    let shop = Workshop::open().await;
    shop.works().await;
    let bait = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks.json", bait.local_addr().unwrap());
    for kid in [
        json!("../../../dev/null"),
        json!("' OR '1'='1"),
        json!("x' UNION SELECT 'key"),
        json!("/proc/self/environ"),
        json!(""),
        json!(null),
        json!(7),
        json!(url),
        json!(format!("{} ", shop.header["kid"].as_str().unwrap())),
    ] {
        let mut header = shop.header.clone();
        header["kid"] = kid.clone();
        shop.is_refused(&shop.forged(&header, &shop.claims), &format!("kid {kid}")).await;
    }
    for (name, value) in [
        ("jku", json!(url)),
        ("x5u", json!(url)),
        ("jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": shop.public })),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        ("cty", json!("JWT")),
    ] {
        let mut header = shop.header.clone();
        header[name] = value;
        shop.is_refused(&shop.forged(&header, &shop.claims), name).await;
    }
    let mut untyped = shop.header.clone();
    untyped["typ"] = json!("JWT");
    shop.is_refused(&shop.forged(&untyped, &shop.claims), "typ JWT").await;
    let called = futures_util::FutureExt::now_or_never(bait.accept());
    assert!(called.is_none(), "the server called {url}");
}

/// Opens the live channel with something as the ticket; the status of the refusal.
async fn knocks(app: &App, ticket: &str) -> Option<u16> {
    let mut knock = request(&app.base(0), "/api/live");
    knock.headers_mut().insert("origin", app.base(0).parse().unwrap());
    knock.headers_mut().insert("sec-websocket-protocol", format!("voxgate.v1, ticket.{ticket}").parse().unwrap());
    Socket::connect(knock).await.err()
}

#[tokio::test]
async fn case_58_no_kind_of_token_is_taken_in_the_place_of_another() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let codes = ada.enrolls().await;
    let invitation = ada.invites(&app, "uma@acme.example", "user").await;
    let pending = ada.begins_login().await.expect(200).text_at("/mfa_token");
    let ticket = ada.posts("/api/live/ticket", json!({})).await.expect(200).text_at("/ticket");
    let tokens = [
        ("access", &ada.access),
        ("refresh", &ada.refresh),
        ("pending", &pending),
        ("ticket", &ticket),
        ("invitation", &invitation),
    ];
    let stranger = app.stranger();
    for (kind, token) in tokens {
        if kind != "access" {
            ada.bearing(token).gets("/api/users/me").await.refused(401, "unauthenticated");
        }
        if kind != "refresh" {
            let body = json!({ "refresh_token": token });
            stranger.posts("/api/auth/refresh", body).await.refused(401, "invalid_refresh_token");
        }
        if kind != "pending" {
            let body = json!({ "mfa_token": token, "backup_code": codes[0] });
            stranger.posts("/api/auth/verify-mfa", body).await.refused(401, "challenge_expired");
        }
        if kind != "invitation" {
            let body = json!({ "token": token, "full_name": "Uma User", "password": PASSWORD });
            stranger.posts("/api/invitations/accept", body).await.refused(400, "invalid_link");
        }
        if kind != "ticket" {
            assert_eq!(knocks(&app, token).await, Some(401), "{kind} as a ticket");
        }
        // And no tag makes one kind of another.
        for tag in ["vgm", "vge", "vgr", "vgi", "vgp", "vgv", "vgt"] {
            let Some((own, rest)) = token.split_once('_').filter(|(own, _)| *own != tag && *own != "access") else {
                continue;
            };
            if !own.starts_with("vg") {
                continue;
            }
            let renamed = format!("{tag}_{rest}");
            let body = json!({ "refresh_token": renamed });
            let reply = stranger.posts("/api/auth/refresh", body).await.refused(401, "invalid_refresh_token");
            assert!(!hands_out_tokens(&reply));
            let body = json!({ "token": renamed, "full_name": "Uma User", "password": PASSWORD });
            stranger.posts("/api/invitations/accept", body).await.refused(400, "invalid_link");
        }
    }
    // Every one of them still works in its own place.
    assert_eq!(knocks(&app, &ticket).await, None);
    stranger.accepts(&invitation, "uma@acme.example", "acme").await;
    ada.answers_with_backup(&pending, &codes[0]).await.expect(200);
    ada.refreshes().await.expect(200);
}

/// A small generator with a fixed seed, so that a failure can be seen again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    /// An `Authorization` value: a good one spoilt, odd schemes, or noise; never a line break.
    fn header(&mut self, good: &str) -> Vec<u8> {
        let schemes =
            ["Bearer ", "bearer ", "Basic ", "Bearer", "Bearer  ", "", "Digest ", "Bearer,", "\tBearer ", "Negotiate "];
        let mut value = schemes[self.roll(schemes.len())].as_bytes().to_vec();
        match self.roll(4) {
            0 => value.extend(
                (0..self.roll(200))
                    .map(|_| u8::try_from(self.0 % 256).unwrap().wrapping_add(u8::try_from(self.roll(256)).unwrap())),
            ),
            1 => {
                let mut token = good.as_bytes().to_vec();
                for _ in 0..=self.roll(4) {
                    let at = self.roll(token.len());
                    token[at] = u8::try_from(32 + self.roll(95)).unwrap();
                }
                value.extend(token);
            }
            2 => value.extend(&good.as_bytes()[..self.roll(good.len())]),
            _ => value.extend(std::iter::repeat_n(b"a.=-_ "[self.roll(6)], self.roll(3000))),
        }
        value.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
        value
    }
}

#[tokio::test]
async fn case_59_ten_thousand_malformed_headers_break_nothing() {
    let app = App::start_with(&[("limits.general_burst", "1000000"), ("limits.general_per_second", "1000000")]).await;
    let ada = app.admin_of("Acme").await;
    let (mut raw, mut dice) = (Raw::to(&app), Dice(0x5eed_0059));
    let mut refused = 0;
    for n in 0..10_000 {
        let good = n % 500 == 0;
        let value = if good { format!("Bearer {}", ada.access).into_bytes() } else { dice.header(&ada.access) };
        let mut request = b"GET /api/auth/session HTTP/1.1\r\nHost: x\r\nAuthorization: ".to_vec();
        request.extend(&value);
        request.extend(b"\r\n\r\n");
        let (status, body) = raw.sends(&request).await;
        let shown = String::from_utf8_lossy(&value);
        // A mutation may change nothing, and spaces around a token are none of its own.
        let unchanged = shown.split_whitespace().nth(1) == Some(ada.access.as_str());
        if good {
            assert_eq!(status, 200, "the good header in between: {body}");
        } else if unchanged {
            assert!(matches!(status, 200 | 401), "{status} {body} for {shown}");
        } else {
            assert!(matches!(status, 400 | 401 | 431), "number {n}: {status} {body} for {shown}");
            refused += 1;
        }
    }
    assert!(refused > 9_900);
    let json = ("Content-Type", "application/json");
    let twice = [json, ("Authorization", "Bearer a.b.c"), ("Authorization", &format!("Bearer {}", ada.access))];
    crafted(&app, Method::GET, "/api/auth/session", &twice, "").await.refused(401, "unauthenticated");
}
