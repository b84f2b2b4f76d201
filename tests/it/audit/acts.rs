//! Whatever changes something is in the log exactly once: who, to what, from where, in which request, and what it was
//! before and is after.

use serde_json::{Value, json};

use crate::support::{
    App,
    person::{PASSWORD, Person, token_in},
    reply::Reply,
};

const AGENT: &str = "Mozilla/5.0 (Stories)";

/// Where Ada looks things up.
struct Desk<'a> {
    app: &'a App,
    ada: &'a Person,
}

fn user(id: &str) -> Value {
    json!({ "type": "user", "id": id })
}

impl Desk<'_> {
    /// The rows of the request that had this answer.
    async fn rows(&self, reply: &Reply) -> Vec<Value> {
        assert!(reply.status < 300, "{reply:?}");
        self.app.settled(self.ada).await;
        let request = reply.headers["x-request-id"].to_str().unwrap();
        let rows = self.ada.gets(&format!("/api/audit-logs?request_id={request}")).await.expect(200).at("/items");
        rows.as_array().unwrap().clone()
    }

    /// The request left one row: this kind, by this actor, about this, with this `before` and `after` or none.
    async fn sees(&self, reply: &Reply, kind: &str, actor: Value, subject: Value, change: Option<[Value; 2]>) {
        let rows = self.rows(reply).await;
        assert_eq!(rows.len(), 1, "{kind}: {rows:?}");
        let row = &rows[0];
        assert_eq!((&row["kind"], &row["actor"], &row["subject"]), (&json!(kind), &actor, &subject), "{row}");
        assert_eq!((&row["ip"], &row["user_agent"]), (&json!("127.0.0.1"), &json!(AGENT)), "{row}");
        assert_eq!(row["request_id"], reply.headers["x-request-id"].to_str().unwrap());
        let told = row["data"].get("before").cloned().zip(row["data"].get("after").cloned());
        assert_eq!(told.map(|(before, after)| [before, after]), change, "{row}");
    }
}

async fn company(app: &App) -> (Person, Person) {
    let ada = app.stranger().wearing(&[("user-agent", AGENT)]).registers("Acme").await;
    let uma = ada.brings_in(app, "uma", "user").await;
    (ada, uma)
}

#[tokio::test]
async fn each_act_of_an_admin_on_a_person_is_told_once_with_before_and_after() {
    let app = App::start().await;
    let (ada, uma) = company(&app).await;
    let desk = Desk { app: &app, ada: &ada };
    let path = |act: &str| format!("/api/users/{}{act}", uma.id);
    let (by, about) = (user(&ada.id), user(&uma.id));

    let name = |name: &str| json!({ "full_name": name });
    let done = ada.patches(&path(""), name("Uma Renamed")).await;
    let change = Some([name("Uma User"), name("Uma Renamed")]);
    desk.sees(&done, "user.updated", by.clone(), about.clone(), change).await;
    let again = ada.patches(&path(""), name("Uma Renamed")).await;
    assert_eq!(desk.rows(&again).await, Vec::<Value>::new(), "a change of nothing is no change");

    let role = |role: &str| json!({ "role": role });
    let done = ada.patches(&path(""), role("manager")).await;
    desk.sees(&done, "role.changed", by.clone(), about.clone(), Some([role("user"), role("manager")])).await;

    let mut uma = uma.clone().signs_in().await;
    uma.enrolls().await;
    let mfa = |enabled: bool| json!({ "mfa_enabled": enabled });
    let active = |active: bool| json!({ "active": active });
    for (act, kind, change) in [
        ("/mfa/reset", "mfa.reset", Some([mfa(true), mfa(false)])),
        ("/force-logout", "session.revoked", None),
        ("/deactivate", "user.deactivated", Some([active(true), active(false)])),
        ("/reactivate", "user.reactivated", Some([active(false), active(true)])),
    ] {
        let done = ada.posts(&path(act), json!({})).await;
        desk.sees(&done, kind, by.clone(), about.clone(), change).await;
    }
    let done = ada.deletes(&path("")).await;
    desk.sees(&done, "user.erased", by, about, None).await;
}

#[tokio::test]
async fn each_act_on_ones_own_account_is_told_once_with_before_and_after() {
    let app = App::start().await;
    let (ada, mut uma) = company(&app).await;
    let desk = Desk { app: &app, ada: &ada };
    let me = user(&uma.id);
    let own = async |reply: &Reply, kind: &str, change| desk.sees(reply, kind, me.clone(), me.clone(), change).await;

    let name = |name: &str| json!({ "full_name": name });
    let done = uma.puts("/api/users/me", name("Uma Other")).await;
    own(&done, "user.updated", Some([name("Uma User"), name("Uma Other")])).await;

    let mfa = |enabled: bool| json!({ "mfa_enabled": enabled });
    let mut authenticator = uma.begins_enrollment().await;
    let done = uma.posts("/api/auth/mfa/enable", json!({ "code": authenticator.next_code() })).await;
    uma.authenticator = Some(authenticator);
    uma = uma.with_tokens(&done);
    own(&done, "mfa.enrolled", Some([mfa(false), mfa(true)])).await;
    let done = uma.gets("/api/auth/mfa/backup-codes").await;
    own(&done, "backup_codes.viewed", None).await;
    let done = uma.posts("/api/auth/mfa/backup-codes/regenerate", json!({})).await;
    own(&done, "backup_codes.regenerated", None).await;
    let code = app.fresh_code(&mut uma).await;
    let done = uma.posts("/api/auth/mfa/disable", json!({ "password": PASSWORD, "code": code })).await;
    own(&done, "mfa.disabled", Some([mfa(true), mfa(false)])).await;

    uma = uma.with_tokens(&uma.begins_login().await.expect(200));
    let wanted = json!({ "new_email": "uma@elsewhere.example", "password": PASSWORD });
    let done = uma.posts("/api/users/me/email", wanted).await;
    own(&done, "email.change_requested", None).await;
    let token = token_in(&app.mailbox.wait_for("uma@elsewhere.example", 1).await[0].text);
    let done = uma.as_stranger().posts("/api/auth/email/verify", json!({ "token": token })).await;
    let address = |email: &str| json!({ "email": email });
    let change = Some([address("uma@acme.example"), address("uma@elsewhere.example")]);
    desk.sees(&done, "email.changed", json!({ "type": "anonymous" }), me.clone(), change).await;

    let fresh = json!({ "current_password": PASSWORD, "new_password": "Copper-Lantern-41-Rivers" });
    let done = uma.posts("/api/auth/password/change", fresh).await;
    own(&done, "password.changed", None).await;
    let done = uma.posts("/api/auth/logout", json!({})).await;
    own(&done, "session.revoked", None).await;
}

#[tokio::test]
async fn each_act_on_company_invitations_and_log_is_told_once_with_before_and_after() {
    let app = App::start().await;
    let (ada, _) = company(&app).await;
    let desk = Desk { app: &app, ada: &ada };
    let by = user(&ada.id);
    let id = ada.gets("/api/company").await.expect(200).text_at("/id");
    let about = |kind: &str, id: &str| json!({ "type": kind, "id": id });

    let rules = |days: Value| json!({ "audit_retention_days": days });
    let done = ada.patches("/api/company", rules(Value::Null)).await;
    let change = Some([rules(json!(365)), rules(Value::Null)]);
    desk.sees(&done, "company.updated", by.clone(), about("company", &id), change).await;

    let invited = ada.posts("/api/invitations", json!({ "email": "ida@acme.example", "role": "user" })).await;
    let invitation = about("invitation", &invited.text_at("/id"));
    desk.sees(&invited, "user.invited", by.clone(), invitation.clone(), None).await;
    let path = format!("/api/invitations/{}", invited.text_at("/id"));
    let done = ada.posts(&format!("{path}/resend"), json!({})).await;
    let row = desk.rows(&done).await.remove(0);
    assert!(row["data"]["before"]["expires_at"].as_str() < row["data"]["after"]["expires_at"].as_str(), "{row}");
    let done = ada.deletes(&path).await;
    let status = |status: &str| json!({ "status": status });
    let change = Some([status("pending"), status("withdrawn")]);
    desk.sees(&done, "invitation.withdrawn", by.clone(), invitation, change).await;

    let done = ada.gets("/api/audit-logs/export").await;
    desk.sees(&done, "audit.exported", by, about("audit_log", &id), None).await;
}
