//! What one company could learn of another without touching its rows. The walk with foreign ids is in `isolation`.

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::support::{App, person::PASSWORD, reply::Reply, socket::Socket};

/// What an answer says apart from ids, times and the address it is about.
fn shape(reply: &Reply, email: &str) -> (u16, Value) {
    let mut body = reply.json();
    for field in ["id", "created_at", "expires_at", "instance"] {
        if let Some(value) = body.get_mut(field) {
            *value = Value::Null;
        }
    }
    let text = body.to_string().replace(email, "the address");
    (reply.status, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn case_76_inviting_an_address_known_elsewhere_answers_as_for_an_unknown_one() {
    let app = App::start().await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    app.colleague_of(&bea, "uma", "user").await;
    bea.invites(&app, "waiting@beta.example", "user").await;
    let invite = async |email: &str| ada.posts("/api/invitations", json!({ "email": email, "role": "user" })).await;
    let unknown = shape(&invite("nobody@beta.example").await, "nobody@beta.example");
    assert_eq!(unknown.0, 201);
    for known in ["uma@beta.example", "admin@beta.example", "waiting@beta.example"] {
        assert_eq!(shape(&invite(known).await, known), unknown, "{known}");
    }
    // And one address may have an account in both.
    let mails = app.mailbox.wait_for("uma@beta.example", 2).await;
    let tokens: Vec<String> = mails.iter().map(|mail| crate::support::person::token_in(&mail.text)).collect();
    let mut joined = 0;
    for token in tokens {
        let body = json!({ "token": token, "full_name": "Uma User", "password": PASSWORD });
        joined += u32::from(app.stranger().posts("/api/invitations/accept", body).await.status == 201);
    }
    assert_eq!(joined, 1, "the second account of the address; the first link was used before");
    let body = json!({ "email": "uma@beta.example", "password": PASSWORD, "company": "acme" });
    app.stranger().posts("/api/auth/login", body).await.expect(200);
}

/// The next frame with a number. Those without one say who is connected, and count people of the own company only.
async fn numbered(desk: &mut Socket) -> Value {
    loop {
        let frame = desk.frame().await;
        if frame["seq"].is_i64() {
            return frame;
        }
        assert_eq!((&frame["kind"], &frame["data"]["users"]), (&json!("presence.changed"), &json!(1)), "{frame}");
    }
}

#[tokio::test]
async fn case_77_the_desk_of_one_company_hears_nothing_of_the_other_live_and_on_return() {
    let app = App::start().await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    let mut desks = [ada.listens(None).await, bea.listens(None).await];
    let failures = 60;
    let knock = async |email: &str| {
        for n in 0..failures {
            let wrong = format!("wrong-{n}");
            let reply = app.stranger().tries_login(email, &wrong).await;
            assert!(matches!(reply.status, 401 | 429), "{reply:?}");
        }
    };
    tokio::join!(knock(&ada.email), knock(&bea.email));
    for (desk, (own, other)) in desks.iter_mut().zip([(&ada, &bea), (&bea, &ada)]) {
        let (mut last, mut heard) = (desk.hello["seq"].as_i64().unwrap(), 0);
        while heard < failures {
            let frame = numbered(desk).await;
            let seq = frame["seq"].as_i64().unwrap();
            if frame["kind"] == "head" && seq <= last {
                continue; // says again how far the log reaches
            }
            assert_eq!(seq, last + 1, "numbered without a gap: {frame}");
            last = seq;
            assert!(!frame.to_string().contains(&other.id), "{frame}");
            if frame["kind"].as_str().unwrap().starts_with("login.") {
                assert_eq!(frame["subject"]["id"], json!(own.id), "{frame}");
                heard += 1;
            }
        }
        let mut returned = own.listens(Some(0)).await;
        loop {
            let frame = numbered(&mut returned).await;
            assert!(!frame.to_string().contains(&other.id), "on return: {frame}");
            if frame["seq"].as_i64() >= Some(last) {
                break;
            }
        }
    }
}

#[tokio::test]
async fn case_70_two_connections_shared_by_two_companies_never_mix_them_up() {
    let app = App::start_with(&[("database.connections", "2")]).await;
    let people = [app.admin_of("Acme").await, app.admin_of("Beta").await];
    for person in &people {
        app.settled(person).await;
    }
    let story = async |worker: usize| {
        for n in 0..150 {
            let (person, other) = (&people[(worker + n) % 2], &people[(worker + n + 1) % 2]);
            match n % 5 {
                // A transaction that ends in an error; more of them at once than may wait for one address.
                0 => {
                    let taken = json!({ "email": person.email, "role": "user" });
                    let status = person.posts("/api/invitations", taken).await.status;
                    assert!(matches!(status, 409 | 429), "{status}");
                }
                // A request that is dropped on the way.
                1 => drop(tokio::time::timeout(std::time::Duration::from_micros(700), person.gets("/api/users")).await),
                _ => {}
            }
            let reply = person.gets(["/api/users", "/api/company", "/api/audit-logs", "/api/sessions"][n % 4]).await;
            let reply = reply.expect(200);
            assert!(!reply.text.contains(&other.id) && !reply.text.contains(&other.company), "{}", reply.text);
            assert!(reply.text.contains(&person.id) || reply.text.contains(&person.company) || n % 4 == 3);
        }
    };
    futures_util::future::join_all((0..6).map(story)).await;
}

#[tokio::test]
async fn case_74_without_a_company_there_are_no_rows_to_read_and_none_to_write() {
    let app = App::start().await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    app.colleague_of(&bea, "uma", "user").await;
    let company = ada.gets("/api/company").await.expect(200).text_at("/id");
    let tables = ["companies", "users", "sessions", "refresh_tokens", "one_time_tokens", "revocations"];
    let enter = "SELECT set_config('app.company_id', $1, true)";
    let mut inside = app.db.connect("voxgate_app").await;
    // First as a node does it; after that commit the setting is empty and not gone.
    let mut tx = inside.begin().await.unwrap();
    sqlx::query(enter).bind(&company).execute(&mut *tx).await.unwrap();
    let own: i64 = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&mut *tx).await.unwrap();
    assert_eq!(own, 1, "the right company shows its own people");
    tx.commit().await.unwrap();
    let insert = format!(
        "INSERT INTO users (company_id, id, email, email_norm, full_name, role)
         VALUES ('{company}', gen_random_uuid(), 'eve@evil.example', 'eve@evil.example', 'Eve', 'admin')"
    );
    for context in [None, Some(""), Some("garbage"), Some("NULL"), Some("00000000-0000-7000-8000-000000000001")] {
        let mut tx = inside.begin().await.unwrap();
        if let Some(context) = context {
            sqlx::query(enter).bind(context).execute(&mut *tx).await.unwrap();
        }
        for table in tables {
            let sql = format!("SELECT count(*) FROM {table}");
            let seen: Result<i64, _> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *tx).await;
            assert_eq!(seen.unwrap(), 0, "{table} with {context:?}");
        }
        let changed = tx.execute("UPDATE users SET role = 'admin'").await.unwrap().rows_affected();
        assert_eq!(changed, 0, "with {context:?}");
        let refused = tx.execute(AssertSqlSafe(insert.clone())).await.unwrap_err();
        let code = refused.as_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(code, "42501", "with {context:?}: {refused}");
        tx.rollback().await.unwrap();
    }
}
