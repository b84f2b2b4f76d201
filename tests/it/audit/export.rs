//! Ada takes the log away as a file. What strangers wrote into it does not run in her spreadsheet.

use serde_json::{Value, json};
use sqlx::Row;

use crate::support::App;

/// A reader of our own, written from RFC 4180.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut cells, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            '\r' if !quoted && chars.peek() == Some(&'\n') => {
                chars.next();
                cells.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut cells));
            }
            c => cell.push(c),
        }
    }
    assert!(cell.is_empty() && cells.is_empty(), "the file ends with a whole line");
    lines
}

#[tokio::test]
async fn both_files_hold_every_row_once_in_order_and_the_export_is_in_the_log() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    app.colleague_of(&ada, "uma", "user").await;
    app.settled(&ada).await;
    let listed = ada.gets("/api/audit-logs?limit=200&order=oldest").await.expect(200).at("/items");
    let listed = listed.as_array().unwrap();

    let csv = ada.gets("/api/audit-logs/export").await.expect(200);
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"audit-log.csv\"");
    let lines = read_csv(&csv.text);
    assert_eq!((lines[0].len(), lines[0][16].as_str()), (17, "actor_role"));
    assert_eq!(lines.len() - 1, listed.len());
    for (line, row) in lines[1..].iter().zip(listed) {
        assert_eq!(
            (line[0].parse::<i64>().ok(), line[3].as_str()),
            (row["seq"].as_i64(), row["kind"].as_str().unwrap())
        );
        assert_eq!(serde_json::from_str::<Value>(&line[13]).unwrap(), row["data"]);
        assert_eq!(line[16], row["actor_role"].as_str().unwrap_or_default());
    }

    app.settled(&ada).await;
    let lines = ada.gets("/api/audit-logs/export?format=ndjson&kind=audit.exported").await.expect(200).text;
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 1, "{lines}");
    assert_eq!(rows[0]["actor"], json!({ "type": "user", "id": ada.id }));
    assert_eq!(rows[0]["data"]["format"], "csv");
    assert_eq!(rows[0]["hash"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn hostile_cells_stay_text_and_another_company_is_never_in_the_file() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let bob = app.admin_of("Beta").await;
    let http = reqwest::Client::new();
    for agent in ["=HYPERLINK(\"http://evil\")", "+1", "-1", "@SUM(A1)", "a,b \"c\""] {
        let body = json!({ "email": ada.email, "password": "wrong-Password-1", "company": "acme" });
        let login = http.post(format!("{}/api/auth/login", app.base(0))).header("user-agent", agent).json(&body);
        assert_eq!(login.send().await.unwrap().status(), 401);
    }
    app.settled(&ada).await;
    let file = ada.gets("/api/audit-logs/export?kind=login.failed").await.expect(200).text;
    let agents: Vec<_> = read_csv(&file)[1..].iter().map(|line| line[11].clone()).collect();
    assert_eq!(agents, ["'=HYPERLINK(\"http://evil\")", "'+1", "'-1", "'@SUM(A1)", "a,b \"c\""]);
    let whole = bob.gets("/api/audit-logs/export").await.expect(200).text;
    assert!(!whole.contains(&ada.id) && whole.contains(&bob.id));
}

#[tokio::test]
async fn a_long_log_comes_whole_in_many_parts_while_events_go_on() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    app.settled(&ada).await;
    let mut all = app.db.connect("postgres").await;
    let company: uuid::Uuid = sqlx::query("SELECT id FROM companies").fetch_one(&mut all).await.unwrap().get(0);
    let fill = "INSERT INTO outbox (company_id, kind, severity, actor_type, data)
        SELECT $1, 'session.refreshed', 'info', 'system', jsonb_build_object('n', n) FROM generate_series(1, 2500) n";
    sqlx::query(fill).bind(company).execute(&mut all).await.unwrap();
    app.settled(&ada).await;
    let file = ada.gets("/api/audit-logs/export?format=ndjson&kind=session.refreshed").await.expect(200).text;
    let numbers: Vec<i64> =
        file.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["data"]["n"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=2500).collect::<Vec<_>>());
}
