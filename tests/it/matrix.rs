//! Role × route: every row of the route table against the real server, with nobody and with every role. The published
//! table `docs/routes.md` is made from the same rows.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use reqwest::Method;
use serde_json::{Value, json};
use voxgate::{
    domain::principal::Role,
    http::routes::{self, Access, Endpoint, Verb},
};

use crate::support::{
    App,
    db::run,
    generated::is_committed,
    person::{Admin, Person},
    reply::Reply,
};

const NOBODYS_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// One Admin, one Manager and one User of a company.
struct Cast {
    app: App,
    people: Vec<(Role, Person)>,
}

impl Cast {
    async fn gather() -> Self {
        let app = App::start().await;
        let ada: Admin = app.admin_of("Acme").await;
        let max = app.colleague_of(&ada, "max", "manager").await;
        let uma = app.colleague_of(&ada, "uma", "user").await;
        Self { app, people: vec![(Role::Admin, ada), (Role::Manager, max), (Role::User, uma)] }
    }
}

fn method(row: &Endpoint) -> Method {
    row.method.method().as_str().parse().unwrap()
}

fn path(row: &Endpoint) -> String {
    row.path.replace("{id}", NOBODYS_ID).replace("{sid}", NOBODYS_ID).replace("{file}", "nothing")
}

/// A body that is JSON and says nothing: rights are judged before it is read.
fn body(row: &Endpoint) -> Option<Value> {
    (row.method != Verb::Get).then(|| json!({}))
}

fn code(reply: &Reply) -> String {
    let body: Value = serde_json::from_str(&reply.text).unwrap_or_default();
    body["code"].as_str().unwrap_or_default().to_owned()
}

/// Whether the answer comes from behind the guard: it is no refusal of the caller.
fn let_in(reply: &Reply) -> bool {
    !matches!(code(reply).as_str(), "unauthenticated" | "session_revoked" | "forbidden" | "reauthentication_required")
        && !matches!(reply.status, 405 | 500..)
}

#[tokio::test]
async fn case_83_every_route_lets_in_exactly_the_roles_its_row_names() {
    let mut cast = Cast::gather().await;
    for row in routes::all() {
        let (method, path) = (method(row), path(row));
        let nobody = cast.app.stranger().asks(method.clone(), &path, body(row)).await;
        match row.access {
            Access::Public => assert!(let_in(&nobody), "{} to nobody: {nobody:?}", row.name),
            Access::Ticket => assert!(nobody.status == 426, "{} to nobody: {nobody:?}", row.name),
            Access::Signed(_) | Access::Enrolling(_) | Access::Service(_) => {
                drop(nobody.refused(401, "unauthenticated"));
            }
        }
        for (role, person) in &mut cast.people {
            // A session of its own for each row: some rows end it.
            let reply = person.signs_in().await.asks(method.clone(), &path, body(row)).await;
            if let Access::Service(_) = row.access {
                reply.refused(401, "unauthenticated");
                continue;
            }
            let allowed = match row.access {
                Access::Signed(roles) | Access::Enrolling(roles) => roles.contains(role),
                Access::Public | Access::Ticket | Access::Service(_) => true,
            };
            if allowed {
                assert!(let_in(&reply), "{} to {role:?}: {reply:?}", row.name);
            } else {
                reply.refused(403, "forbidden");
            }
        }
    }
}

#[tokio::test]
async fn case_83_every_step_up_route_asks_a_stale_session_for_a_proof_and_no_other_does() {
    let mut cast = Cast::gather().await;
    let mut owner = cast.app.db.connect("postgres").await;
    for row in routes::all() {
        let Some(roles) = row.access.roles() else { continue };
        for (role, person) in &mut cast.people {
            let session = person.signs_in().await;
            run(&mut owner, "UPDATE sessions SET auth_time = now() - interval '6 minutes'").await;
            let stale = session.with_tokens(&session.refreshes().await.expect(200));
            let reply = stale.asks(method(row), &path(row), body(row)).await;
            let asks = code(&reply) == "reauthentication_required";
            assert_eq!(asks, row.step_up && roles.contains(role), "{} to {role:?}: {reply:?}", row.name);
        }
    }
}

/// Routes that change second factors without being step-up rows, each with the proof it carries instead.
const OWN_PROOF: &[(&str, &str)] =
    &[("mfa.enable", "the first code of a secret that only a step-up route hands out, and only to this account")];

#[test]
fn case_21_every_route_that_writes_second_factors_asks_for_a_proof() {
    let commands = commands_that_write_factors();
    let handlers = files_under("src/http").into_iter().filter(|(_, code)| {
        commands.iter().any(|command| {
            code.contains(&format!("{command} {{"))
                || code.contains(&format!("{command}("))
                || code.contains(&format!("{command}::"))
        })
    });
    let handlers: Vec<String> = handlers.map(|(path, _)| path).collect();
    let mut found = BTreeSet::new();
    for (path, code) in files_under("src/http/routes") {
        for chunk in code.split("Endpoint {").skip(1) {
            let Some(stem) = between(chunk, ".to(", "::handle)") else { continue };
            let area = |handler: &&String| {
                code.contains(&format!(
                    "{}::",
                    Path::new(handler.as_str()).parent().unwrap().file_name().unwrap().to_str().unwrap()
                ))
            };
            let handler = handlers.iter().filter(area).find(|handler| handler.ends_with(&format!("/{stem}.rs")));
            if handler.is_some() {
                found.insert(
                    between(chunk, "name: \"", "\"").unwrap_or_else(|| panic!("a row without a name in {path}")),
                );
            }
        }
    }
    for known in ["mfa.setup", "mfa.enable", "mfa.disable", "mfa.regenerate_backup_codes"] {
        assert!(found.contains(known), "the search finds {known}: {found:?} by {commands:?} in {handlers:?}");
    }
    for name in &found {
        let row = routes::all().find(|row| row.name == name).unwrap_or_else(|| panic!("{name} is a row"));
        let listed = OWN_PROOF.iter().any(|(listed, _)| listed == name);
        assert!(row.step_up != listed, "{name} writes second factors: make it a step-up row, or list its own proof");
    }
}

/// The commands of the flows from which a store function that changes `factors` or `backup_codes` can be reached,
/// found in the source. Spending a code changes a row too, but is itself the proof.
fn commands_that_write_factors() -> BTreeSet<String> {
    let mut writers: BTreeSet<String> = BTreeSet::new();
    for file in ["src/store/factors.rs", "src/store/backup_codes.rs"] {
        writers.extend(
            functions(&read(Path::new(file))).into_iter().filter(|(_, body)| writes(body)).map(|(name, _)| name),
        );
    }
    writers.retain(|name| !name.starts_with("claim_"));
    assert!(writers.len() >= 4, "the store's writers were found: {writers:?}");
    let flows = files_under("src/tenant/flows");
    let mut commands = BTreeSet::new();
    loop {
        let before = (writers.len(), commands.len());
        for (_, code) in &flows {
            for item in code.split("\n}\n") {
                if !writers.iter().any(|name| calls(item, name)) {
                    continue;
                }
                let own =
                    between(item, "\nimpl ", " {").filter(|name| code.contains(&format!("impl Command for {name} {{")));
                match between(item, "impl Command for ", " {").or(own) {
                    Some(command) => drop(commands.insert(command)),
                    None => writers.extend(free_function(item)),
                }
            }
        }
        if before == (writers.len(), commands.len()) {
            return commands;
        }
    }
}

fn writes(body: &str) -> bool {
    let body = body.to_lowercase();
    ["insert", "update", "delete"].iter().any(|word| body.contains(word))
}

fn calls(item: &str, name: &str) -> bool {
    [".", " ", "(", "!", "::"].iter().any(|before| item.contains(&format!("{before}{name}(")))
        && !item.contains(&format!("fn {name}("))
}

/// The free function an item is, if it is one.
fn free_function(item: &str) -> Option<String> {
    let head = item.lines().find(|line| line.contains("fn ") && !line.starts_with([' ', '/']))?;
    between(head, "fn ", "(").map(|name| name.split('<').next().unwrap_or_default().to_owned())
}

/// The functions of an `impl` in a file, each with its text.
fn functions(code: &str) -> Vec<(String, String)> {
    let parts = code.split("pub async fn ").skip(1);
    parts.map(|part| (part.split(['(', '<']).next().unwrap_or_default().to_owned(), part.to_owned())).collect()
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    Some(text.split_once(before)?.1.split_once(after)?.0.to_owned())
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Every Rust file of a folder, with its text.
fn files_under(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                found.push((entry.to_str().unwrap().to_owned(), std::fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    found
}

#[test]
fn the_generated_table_of_routes_is_the_route_table() {
    is_committed("docs/routes.md", &table());
}

fn table() -> String {
    let mut text = String::from(
        "# Routes\n\nWho may call what. ✓ passes the guard, – is refused (401 without a token, 403 with another role). \
         ↑ needs a proof of identity of the last five minutes. Waiting sign-in: the token of a sign-in that waits for a \
         second factor the company demands passes too. Service key: of a key with the scope its row in the API guide names. Rate: the limit by client address that applies \
         (`[limits]` of the settings). This file is made from the route table in the code.\n\n\
         | route | what | no token | user | manager | admin | rate | audited as |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in routes::all() {
        let mark = |allowed: bool| if allowed { "✓" } else { "–" };
        let of = |role| match row.access {
            Access::Signed(roles) | Access::Enrolling(roles) => mark(roles.contains(&role)),
            Access::Public => "✓",
            Access::Ticket => "ticket or token",
            Access::Service(_) => "–",
        };
        let nobody = match row.access {
            Access::Public => "✓",
            Access::Ticket => "ticket",
            Access::Signed(_) => "–",
            Access::Enrolling(_) => "waiting sign-in",
            Access::Service(_) => "service key",
        };
        let kinds: Vec<_> = row.audited.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
        let (step_up, rate) = (if row.step_up { " ↑" } else { "" }, format!("{:?}", row.bucket).to_lowercase());
        let (user, manager, admin) = (of(Role::User), of(Role::Manager), of(Role::Admin));
        writeln!(
            text,
            "| {} `{}`{step_up} | {} | {nobody} | {user} | {manager} | {admin} | {rate} | {} |",
            row.method.method(),
            row.path,
            row.summary,
            kinds.join(" ")
        )
        .unwrap();
    }
    text
}
