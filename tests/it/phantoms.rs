//! Tokens that name companies nobody has: they are refused like any other wrong token, and cost the node nothing.

use secrecy::SecretString;
use tokio::runtime::Handle;
use uuid::Uuid;
use voxgate::{
    config::{Needs, Settings, Sources},
    crypto::{entropy::system_world, keys::KeyFile},
    domain::{
        code::{Code, Refusal},
        ids::CompanyId,
        one_time::{OneTimeToken, Purpose},
        principal::{Origin, Role},
    },
    lifecycle::Node,
    tenant::flows::{AcceptInvitation, Answer, AnswerFactor, Client, RedeemTicket, Refresh},
};

use crate::support::db::{TestDb, company_with, fresh_id};

fn token(purpose: Purpose, company: CompanyId) -> SecretString {
    OneTimeToken::new(&system_world(), purpose, company, Uuid::from_u128(fresh_id())).expose().into()
}

fn made_up() -> CompanyId {
    CompanyId(Uuid::from_u128(fresh_id()))
}

fn refused<T>(outcome: Result<T, Refusal>) -> Code {
    outcome.map(|_| ()).unwrap_err().code
}

#[actix_web::test]
async fn a_made_up_company_gets_no_supervisor() {
    let db = TestDb::fresh().await;
    let mut settings = Settings::load(&Sources::default(), Needs::Sound).unwrap();
    settings.use_private_database(|role| db.url(role));
    settings.password.memory_kib = 64;
    let node = Node::start(&settings, &KeyFile::generate(&system_world()), Handle::current()).await.unwrap();
    let origin = Origin::default;
    for _ in 0..5 {
        let refresh = Refresh { refresh_token: token(Purpose::Refresh, made_up()), origin: origin() };
        assert_eq!(refused(node.tenants.run(refresh).await), Code::InvalidRefreshToken);
        let answer = AnswerFactor {
            mfa_token: token(Purpose::MfaChallenge, made_up()),
            answer: Answer::Totp("123456".into()),
            client: Client::Api,
            origin: origin(),
        };
        assert_eq!(refused(node.tenants.run(answer).await), Code::ChallengeExpired);
        let accept = AcceptInvitation {
            token: token(Purpose::Invitation, made_up()),
            full_name: "Mal Lory".into(),
            password: "Winter-Garden-72-Lamps".into(),
            client: Client::Api,
            origin: origin(),
            once: None,
        };
        assert_eq!(refused(node.tenants.run(accept).await), Code::InvalidLink);
        let ticket = RedeemTicket { ticket: token(Purpose::LiveTicket, made_up()) };
        assert_eq!(refused(node.tenants.run(ticket).await), Code::InvalidTicket);
    }
    assert_eq!(node.tenants.companies_served(), 1, "only nobody's");

    let (acme, _) = company_with(node.tenants.store(), "acme", Role::User).await;
    let refresh = Refresh { refresh_token: token(Purpose::Refresh, acme), origin: origin() };
    assert_eq!(refused(node.tenants.run(refresh).await), Code::InvalidRefreshToken);
    assert_eq!(node.tenants.companies_served(), 2, "a real one is served in its own place");
    node.stop().await;
}
