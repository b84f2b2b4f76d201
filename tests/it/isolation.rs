//! Two companies on one server, each full of everything, and the walk through every operation of the served OpenAPI
//! document with the other company's ids. A new route is walked without being named here.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::support::{
    App,
    app::DEADLINE,
    eventually::eventually,
    person::{PASSWORD, Person},
    reply::Reply,
};

/// Ids nobody has: one for each place of a path.
const NOBODYS: [&str; 2] = ["01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058"];

/// Every table with a company in it.
const TABLES: &str = "SELECT c.relname::text, CASE c.relname WHEN 'companies' THEN 'id' ELSE 'company_id' END
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND c.relname NOT IN ('seaql_migrations', 'attempts', 'kept_answers', 'nodes', 'installation') ORDER BY 1";

/// Two companies, A and B, with everything in them.
struct World {
    app: App,
    ada: Person,
    /// B's Admin.
    bea: Person,
    /// B's id.
    other: String,
    /// Ids of B, by the table they are in.
    ids: BTreeMap<&'static str, String>,
    document: Value,
}

impl World {
    async fn full() -> Self {
        let app = App::start().await;
        let ada = fill(&app, "Acme").await;
        let bea = fill(&app, "Beta").await;
        let document = app.stranger().gets("/api/openapi.json").await.expect(200).json();
        let other = bea.gets("/api/company").await.expect(200).text_at("/id");
        let mut ids = BTreeMap::new();
        let mut all = app.db.connect("postgres").await;
        settled(&mut all).await;
        for table in [
            "users",
            "sessions",
            "invitations",
            "audit_logs",
            "factors",
            "backup_codes",
            "revocations",
            "service_credentials",
        ] {
            let sql = format!("SELECT id::text FROM {table} WHERE company_id = '{other}' ORDER BY 1 LIMIT 1");
            let id: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut all).await.unwrap();
            ids.insert(table, id);
        }
        ids.insert("companies", other.clone());
        ids.insert("admin", bea.id.clone());
        Self { app, ada, bea, other, ids, document }
    }

    /// The operations: method, path, operation.
    fn operations(&self) -> Vec<(Method, String, Value)> {
        let paths = self.document["paths"].as_object().unwrap();
        let mut all = Vec::new();
        for (path, item) in paths {
            for (method, operation) in item.as_object().unwrap() {
                all.push((method.to_uppercase().parse().unwrap(), path.clone(), operation.clone()));
            }
        }
        assert!(all.len() > 30, "the document holds the API");
        all
    }

    fn signed(&self) -> Vec<(Method, String, Value)> {
        let mut all = self.operations();
        all.retain(|(_, _, operation)| operation["security"].as_array().is_some_and(|list| !list.is_empty()));
        all
    }

    /// Those that people open.
    fn of_people(&self) -> Vec<(Method, String, Value)> {
        let mut all = self.signed();
        all.retain(|(_, _, operation)| operation["security"][0].get("service").is_none());
        assert!(all.len() + 2 <= self.signed().len(), "services have routes of their own");
        all
    }

    /// A schema with its reference followed.
    fn schema<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(target) => self.document.pointer(&target[1..]).unwrap(),
            None => schema,
        }
    }

    /// A body with every field of the operation's schema; `id` stands wherever an id is asked.
    fn body(&self, operation: &Value, id: &str) -> Option<Value> {
        let schema = operation.pointer("/requestBody/content/application~1json/schema")?;
        let properties = self.schema(schema)["properties"].as_object()?;
        let fields = properties.iter().map(|(name, field)| (name.clone(), self.sample(name, field, id)));
        Some(Value::Object(fields.collect::<Map<_, _>>()))
    }

    fn sample(&self, name: &str, field: &Value, id: &str) -> Value {
        let field = match field["oneOf"].as_array().or(field["anyOf"].as_array()) {
            Some(either) => either.iter().find(|one| one["type"] != "null").unwrap(),
            None => field,
        };
        let field = self.schema(field);
        if let Some(first) = field["enum"].as_array().and_then(|values| values.first()) {
            return first.clone();
        }
        let is = |kind: &str| {
            field["type"] == kind || field["type"].as_array().is_some_and(|all| all.contains(&kind.into()))
        };
        match name {
            _ if field["format"] == "uuid" => json!(id),
            "password" | "new_password" => json!(PASSWORD),
            "email" => json!("nobody@nowhere.example"),
            _ if is("boolean") => json!(false),
            _ if is("integer") => json!(5),
            _ if is("array") => json!([]),
            _ if is("object") => json!({}),
            _ => json!("Some Text"),
        }
    }

    /// A checksum of every table's rows of B.
    async fn checksums(&self, all: &mut PgConnection) -> BTreeMap<String, String> {
        let tables: Vec<(String, String)> = sqlx::query_as(TABLES).fetch_all(&mut *all).await.unwrap();
        let mut sums = BTreeMap::new();
        for (table, key) in tables {
            let sql = format!(
                "SELECT count(*) || ' rows ' || md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''))
                 FROM {table} t WHERE {key} = '{}'",
                self.other
            );
            let sum: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *all).await.unwrap();
            sums.insert(table, sum);
        }
        sums
    }
}

/// Registers a company and puts something into every table; its Admin, with a second factor and a fresh proof.
async fn fill(app: &App, company: &str) -> Person {
    let mut admin = app.admin_of(company).await;
    let mut colleague = app.colleague_of(&admin, "uma", "user").await;
    colleague.signs_in().await;
    admin.invites(app, &format!("waiting@{}.example", admin.company), "user").await;
    admin.enrolls().await;
    let path = format!("/api/users/{}/force-logout", colleague.id);
    admin.posts(&path, json!({})).await.expect(200);
    colleague.signs_in().await;
    admin.posts("/api/live/ticket", json!({})).await.expect(200);
    admin.employs_a_service().await;
    admin
}

/// Waits until every event has its number and every mail has left: then nothing moves by itself.
async fn settled(all: &mut PgConnection) {
    let waiting = "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM mail_outbox WHERE sent_at IS NULL)";
    let all = tokio::sync::Mutex::new(all);
    eventually("events and mails leave", DEADLINE, || async {
        let left: i64 = sqlx::query_scalar(waiting).fetch_one(&mut **all.lock().await).await.unwrap();
        (left == 0).then_some(())
    })
    .await;
}

/// An answer byte by byte, but for the id of the request, the date, and what is said to the connection alone.
fn bytes(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let id = reply.headers["x-request-id"].to_str().unwrap().to_owned();
    let headers =
        reply.headers.iter().filter(|(name, _)| !["date", "x-request-id", "connection"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    (reply.status, headers, reply.text.replace(&id, "the request"))
}

/// A path with `ids` in the places of its parameters, in order.
fn filled(path: &str, ids: &[&str]) -> String {
    let mut parts = path.split('{');
    let mut whole = parts.next().unwrap().to_owned();
    for (part, id) in parts.zip(ids) {
        whole += id;
        whole += part.split_once('}').unwrap().1;
    }
    whole
}

/// Every way to put an own or a foreign id into each place, at least one of them foreign.
fn mixtures(places: usize, own: &[&str], foreign: &[&str]) -> Vec<Vec<(String, bool)>> {
    let every: Vec<(String, bool)> = own
        .iter()
        .map(|id| ((*id).to_owned(), false))
        .chain(foreign.iter().map(|id| ((*id).to_owned(), true)))
        .collect();
    let mut all: Vec<Vec<(String, bool)>> = vec![Vec::new()];
    for _ in 0..places {
        all =
            all.iter().flat_map(|begun| every.iter().map(|one| [begun.clone(), vec![one.clone()]].concat())).collect();
    }
    all.retain(|ids| ids.iter().any(|(_, foreign)| *foreign));
    all
}

#[tokio::test]
async fn cases_66_and_68_ids_of_another_company_answer_as_ids_that_do_not_exist_and_change_nothing() {
    let world = World::full().await;
    let mut all = world.app.db.connect("postgres").await;
    let own_session = world.ada.gets("/api/auth/session").await.expect(200).text_at("/session_id");
    let before = world.checksums(&mut all).await;
    let foreign: Vec<&str> = world.ids.values().map(String::as_str).collect();
    let mut walked = 0;
    for (method, path, operation) in world.signed() {
        let places = path.matches('{').count();
        if places == 0 {
            continue;
        }
        // One's own ids are only mixed in where a foreign one stands beside them.
        let own = [world.ada.id.as_str(), own_session.as_str()];
        for ids in mixtures(places, if places > 1 { &own } else { &[] }, &foreign) {
            let theirs: Vec<&str> = ids.iter().map(|(id, _)| id.as_str()).collect();
            let stranger = |(n, (id, foreign)): (usize, &(String, bool))| {
                if *foreign { NOBODYS[n] } else { id.as_str() }.to_owned()
            };
            let nobodys: Vec<String> = ids.iter().enumerate().map(stranger).collect();
            let nobodys: Vec<&str> = nobodys.iter().map(String::as_str).collect();
            let body = |id: &str| world.body(&operation, id);
            let there = world.ada.asks(method.clone(), &filled(&path, &theirs), body(theirs[0])).await;
            let nowhere = world.ada.asks(method.clone(), &filled(&path, &nobodys), body(nobodys[0])).await;
            assert_eq!(there.status, 404, "{method} {path} with {theirs:?}: {there:?}");
            assert_eq!(bytes(&there), bytes(&nowhere), "{method} {path} with {theirs:?}");
            walked += 1;
        }
    }
    assert!(walked > 60, "the walk went through the API: {walked}");
    settled(&mut all).await;
    assert_eq!(world.checksums(&mut all).await, before, "nothing of B was touched");
    world.bea.gets("/api/users/me").await.expect(200);
}

#[tokio::test]
async fn cases_66_and_68_ids_of_another_company_in_queries_and_bodies_find_nothing_and_change_nothing() {
    let world = World::full().await;
    let mut all = world.app.db.connect("postgres").await;
    let before = world.checksums(&mut all).await;
    let mut walked = 0;
    for (method, path, operation) in world.signed() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] != "query" || parameter["schema"]["format"] != "uuid" {
                continue;
            }
            let name = parameter["name"].as_str().unwrap();
            for id in world.ids.values() {
                let there = world.ada.asks(method.clone(), &format!("{path}?{name}={id}"), None).await;
                let nowhere = world.ada.asks(method.clone(), &format!("{path}?{name}={}", NOBODYS[0]), None).await;
                assert_eq!(bytes(&there), bytes(&nowhere), "{method} {path}?{name}=…");
                assert!(!there.text.contains(id.as_str()), "{method} {path} shows {id}");
                walked += 1;
            }
        }
        let body = |id: &str| world.body(&operation, id).filter(|body| body.to_string().contains(id));
        for id in world.ids.values().filter(|id| !path.contains('{') && body(id).is_some()) {
            let there = world.ada.asks(method.clone(), &path, body(id)).await;
            let nowhere = world.ada.asks(method.clone(), &path, body(NOBODYS[0])).await;
            assert_eq!(bytes(&there), bytes(&nowhere), "{method} {path} with {id} in the body");
        }
    }
    assert!(walked > 10, "the log's filters were walked: {walked}");
    settled(&mut all).await;
    assert_eq!(world.checksums(&mut all).await, before, "nothing of B was touched");
}

#[tokio::test]
async fn no_list_of_a_company_shows_anything_of_the_other() {
    let world = World::full().await;
    let mut walked = 0;
    for (method, path, _) in world.of_people() {
        if method != Method::GET || path.contains('{') {
            continue;
        }
        let mine = world.ada.gets(&path).await.expect(200);
        for (table, id) in &world.ids {
            assert!(!mine.text.contains(id.as_str()), "{path} shows {table} {id} of the other company");
        }
        assert!(!mine.text.contains("beta"), "{path} names the other company: {}", mine.text);
        walked += 1;
    }
    assert!(walked >= 8, "the lists were walked: {walked}");
}

#[tokio::test]
async fn case_69_a_company_named_in_headers_or_bodies_is_not_heard() {
    let world = World::full().await;
    let mut all = world.app.db.connect("postgres").await;
    let before = world.checksums(&mut all).await;
    let http = reqwest::Client::new();
    let base = world.app.base(0);
    for path in ["/api/company", "/api/users", "/api/auth/session", "/api/users/me"] {
        let plain = world.ada.gets(path).await.expect(200);
        for name in
            ["X-Company-Id", "X-Tenant-Id", "X-Tenant", "Company", "X-Voxgate-Company", "X-Forwarded-Host", "Forwarded"]
        {
            let request = http.get(format!("{base}{path}")).bearer_auth(&world.ada.access).header(name, &world.other);
            let named = Reply::of(request.send().await.unwrap()).await;
            assert_eq!(bytes(&named), bytes(&plain), "{name} on {path}");
        }
        let query = world.ada.gets(&format!("{path}?company_id={}", world.other)).await;
        assert!(query.status == 400 || query.text == plain.text, "{path}: {query:?}");
    }
    for (method, path, operation) in world.signed() {
        let Some(mut body) = world.body(&operation, NOBODYS[0]) else { continue };
        for name in ["company_id", "company", "tenant_id", "user_id", "actor"] {
            if body.get(name).is_some() {
                continue;
            }
            body[name] = json!(world.other);
            let path = filled(&path, &[world.ada.id.as_str(), NOBODYS[0]]);
            world.ada.asks(method.clone(), &path, Some(body.clone())).await.refused(400, "invalid_body");
            body.as_object_mut().unwrap().remove(name);
        }
    }
    settled(&mut all).await;
    assert_eq!(world.checksums(&mut all).await, before, "nothing of B was touched");
}

#[tokio::test]
async fn cases_1_58_and_85_nobody_and_other_kinds_of_token_open_no_signed_route() {
    let world = World::full().await;
    let ada = &world.ada;
    let invitation = ada.invites(&world.app, "late@acme.example", "user").await;
    let begun = ada.begins_login().await.expect(200);
    let ticket = ada.posts("/api/live/ticket", json!({})).await.expect(200).text_at("/ticket");
    let tokens = [
        ("nothing", None),
        ("a pre-MFA token", Some(begun.text_at("/mfa_token"))),
        ("a refresh token", Some(ada.refresh.clone())),
        ("a live ticket", Some(ticket)),
        ("an invitation", Some(invitation)),
        ("a user id", Some(ada.id.clone())),
    ];
    for (method, path, operation) in world.signed() {
        let path = filled(&path, &[ada.id.as_str(), ada.id.as_str()]);
        for (what, token) in &tokens {
            let body = (method != Method::GET).then(|| world.body(&operation, &ada.id).unwrap_or_else(|| json!({})));
            let reply = match token {
                None => world.app.stranger().asks(method.clone(), &path, body).await,
                Some(token) => ada.bearing(token).asks(method.clone(), &path, body).await,
            };
            assert_eq!(reply.status, 401, "{method} {path} with {what}: {reply:?}");
            reply.refused(401, "unauthenticated");
        }
    }
    // None of the wrong doors has spent anything.
    let code = world.ada.clone().authenticator.as_mut().unwrap().next_code();
    ada.answers(&begun.text_at("/mfa_token"), &code).await.expect(200);
    ada.refreshes().await.expect(200);
}
