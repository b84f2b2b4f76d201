//! Keys by the operator's hand: for one company, and for the installation, which only the command line makes.

use crate::support::{App, service::Service};

/// Runs `voxgate service-credential …`.
async fn operator(app: &App, line: &str) -> (bool, String) {
    let words: Vec<&str> = ["service-credential"].into_iter().chain(line.split(' ')).collect();
    app.runs(&words).await
}

/// The key on the last line of what `create` or `rotate` said, and the id beside it.
fn service(app: &App, said: &str) -> Service {
    let key = said.lines().find(|line| line.starts_with("vgs_")).unwrap_or_else(|| panic!("no key: {said}"));
    let line = said.lines().find(|line| line.contains("revocations:read")).unwrap();
    let id = line.split(' ').next().unwrap().to_owned();
    let mut service = Service::with_key(&app.base(0), key);
    service.id = id;
    service
}

#[tokio::test]
async fn a_key_of_the_installation_speaks_for_every_company_and_a_companys_for_its_own() {
    let app = App::start().await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    let scopes = "--scope introspect --scope revocations:read";
    let (content, said) = operator(&app, &format!("create --installation --name Router {scopes}")).await;
    assert!(content, "{said}");
    let router = service(&app, &said);
    let (content, said) =
        operator(&app, &format!("create --company acme --name Edge {scopes} --expires-in-days 9")).await;
    assert!(content, "{said}");
    let edge = service(&app, &said);
    assert_eq!([router.lets_in(&ada).await, router.lets_in(&bea).await], [true, true]);
    assert_eq!([edge.lets_in(&ada).await, edge.lets_in(&bea).await], [true, false]);

    let mut all = router.follows(None).await;
    assert!(all.until("heartbeat").await[0]["company"].is_null());
    for admin in [&ada, &bea] {
        let person = app.colleague_of(admin, "uma", "user").await;
        person.posts("/api/auth/logout", serde_json::json!({ "scope": "all" })).await.expect(204);
        all.hears_of(&person.id).await;
        assert!(!router.lets_in(&person).await);
    }

    // Ada sees the key of her company and nothing of the installation's.
    let listed = ada.gets("/api/service-credentials").await.expect(200);
    assert!(listed.text.contains(&edge.id) && !listed.text.contains(&router.id));
    for path in [format!("/api/service-credentials/{}", router.id)] {
        ada.gets(&path).await.refused(404, "not_found");
        ada.deletes(&path).await.refused(404, "not_found");
    }
    let made = ada.reads_audit("service_credential.created", 1).await;
    assert_eq!(
        (made.len(), made[0]["actor"]["type"].as_str()),
        (1, Some("system")),
        "the operator's act is in her log"
    );
    let (_, said) = operator(&app, "list --installation").await;
    assert!(said.contains(&router.id) && !said.contains(&edge.id) && !said.contains("vgs_"), "{said}");
    let nobody = "00000000-0000-0000-0000-000000000000";
    let kept = format!(
        "SELECT count(*) FROM audit_logs WHERE company_id = '{nobody}' AND kind = 'service_credential.created'"
    );
    app.settled(&ada).await;
    assert_eq!(app.db.value::<i64>(&kept).await, 1, "the platform's own log tells of it");
}

#[tokio::test]
async fn the_operator_replaces_and_revokes_and_mistakes_are_named() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let scopes = "--scope introspect --scope revocations:read";
    let (_, said) = operator(&app, &format!("create --installation --name Router {scopes}")).await;
    let first = service(&app, &said);
    let (content, said) = operator(&app, &format!("rotate --installation --id {} --overlap-seconds 0", first.id)).await;
    assert!(content, "{said}");
    let second = service(&app, &said);
    first.introspects("x").await.refused(401, "unauthenticated");
    assert!(second.lets_in(&ada).await);
    let (content, said) = operator(&app, &format!("revoke --company acme --id {}", first.id)).await;
    assert!(!content && said.contains("was not revoked"), "not Acme's: {said}");
    let (content, said) = operator(&app, &format!("revoke --installation --id {}", first.id)).await;
    assert!(content, "{said}");
    second.introspects("x").await.refused(401, "unauthenticated");
    for (line, complaint) in [
        ("create --name x --scope introspect", "--company"),
        ("create --company acme --installation --name x --scope introspect", "cannot be used with"),
        ("create --installation --name x --scope users:write", "--scope introspect"),
        ("create --installation --name x", "--scope"),
        ("create --company nowhere --name x --scope introspect", "nowhere"),
        ("create --company 00000000-0000-0000-0000-000000000000 --name x --scope introspect", "00000000"),
        ("create --company 0198f2c0-0000-7000-8000-000000000000 --name x --scope introspect", "was not made"),
        ("create --installation --name x --scope introspect --expires-in-days 0", "/expires_in_days"),
    ] {
        let (content, said) = operator(&app, line).await;
        assert!(!content && said.contains(complaint), "{line}: {said}");
    }
}
