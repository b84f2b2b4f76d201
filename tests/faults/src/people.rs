//! The lives of companies: they register, sign in with a second factor, renew, invite, throw out. Whatever can be asked of
//! two nodes at once is asked of both.
//!
//! A life ends early where an answer does not come: what was asked may have happened or not, and nothing can be said of
//! it. A renewal is asked again, as every client does.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    crowd::{Crowd, PATIENCE, Person, text},
    record::Acknowledged,
    time_code, watch,
};

/// Longer than a password that everybody would guess.
pub const PASSWORD: &str = "Winter-Garden-72-Lamps";
/// How long a renewal is asked again: less than the ten seconds within which its parent may come again.
const RENEWAL: Duration = Duration::from_secs(8);

impl Crowd {
    /// One life after the other, until somebody says stop.
    pub async fn live(self, worker: usize, stop: tokio::sync::watch::Receiver<bool>) {
        let mut number = 0;
        while !*stop.borrow() {
            if self.life(worker, number).await.is_none() {
                // Nobody answers, or not well: they come again, and not in a circle.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            number += 1;
        }
    }

    /// One life; `None` where it ended early.
    pub async fn life(&self, worker: usize, number: usize) -> Option<()> {
        let (name, node) = (format!("w{worker}n{number}"), worker + number);
        let mut ada = self.registers(node, &name).await?;
        self.renews(&mut ada, node).await?;
        self.is_renamed(&ada, node + 1, &format!("Ada {name}")).await;
        if number.is_multiple_of(2) {
            self.takes_a_second_factor(&mut ada, node).await?;
        }
        self.sees_only_their_own(&ada, node).await;
        let uma = self.is_joined(&ada, node, &name).await?;
        self.throws_out(&ada, &uma, node).await?;
        self.renews(&mut ada, node + 1).await?;
        if number.is_multiple_of(3) {
            watch::guesses(self, &ada.email, PASSWORD).await;
        }
        Some(())
    }

    /// A company and its Admin, `ada@NAME.example`.
    pub async fn registers(&self, node: usize, name: &str) -> Option<Person> {
        let email = format!("ada@{name}.example");
        let body = json!({ "company_name": name, "company_slug": name, "full_name": "Ada Admin", "email": email, "password": PASSWORD });
        let answer = self.post(node, "/api/auth/register", "", body, 201).await?;
        self.record.acknowledged(Acknowledged::Registered { email: email.clone() });
        Person::of(&email, &answer)
    }

    /// The same token again and again until an answer comes: an honest client, which nobody may sign out.
    async fn renews(&self, person: &mut Person, node: usize) -> Option<()> {
        let began = Instant::now();
        for turn in 0.. {
            let asked = Instant::now();
            let body = json!({ "refresh_token": person.refresh });
            let answer = self.ask(node + turn, "POST", "/api/auth/refresh", "", Some(body)).await;
            match answer {
                Some((200, answer)) => {
                    let (access, refresh) = (text(&answer, "/access_token")?, text(&answer, "/refresh_token")?);
                    self.record.honoured(format!("refresh {}", person.refresh), &refresh);
                    (person.access, person.refresh) = (access, refresh);
                    return Some(());
                }
                Some((401 | 409, answer)) => {
                    self.record.breach(format!("an honest renewal was refused after {:?}: {answer}", asked - began));
                    return None;
                }
                _ if began.elapsed() + PATIENCE > RENEWAL => return None,
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        None
    }

    /// Whether it was acknowledged.
    pub(crate) async fn is_renamed(&self, person: &Person, node: usize, name: &str) -> bool {
        self.record.note(|seen| seen.names.entry(person.id.clone()).or_default().open.push(name.into()));
        let answer = self.ask(node, "PUT", "/api/users/me", &person.access, Some(json!({ "full_name": name }))).await;
        let told = matches!(answer, Some((200, _)));
        if told {
            self.record.note(|seen| {
                let names = seen.names.entry(person.id.clone()).or_default();
                (names.told, names.open) = (Some(name.into()), Vec::new());
            });
        }
        told
    }

    /// Set up, then two sign-ins with the same code and two with the same backup code, each pair on two nodes at once.
    pub async fn takes_a_second_factor(&self, ada: &mut Person, node: usize) -> Option<()> {
        let setup = self.post(node, "/api/auth/mfa/setup", &ada.access, json!({}), 200).await?;
        let secret = time_code::secret_of(&text(&setup, "/otpauth_uri")?)?;
        let step = time_code::now_step();
        let body = json!({ "code": time_code::code(&secret, step)? });
        let enabled = self.post(node, "/api/auth/mfa/enable", &ada.access, body, 200).await?;
        self.record.acknowledged(Acknowledged::Enrolled { user: ada.id.clone() });
        ada.access = text(&enabled, "/access_token")?;
        let code = json!({ "code": time_code::code(&secret, step + 1)? });
        self.answers_twice(ada, &format!("totp {} {}", ada.id, step + 1), &code).await;
        let code = json!({ "backup_code": text(&enabled, "/backup_codes/0")? });
        self.answers_twice(ada, &format!("backup {} 0", ada.id), &code).await;
        Some(())
    }

    async fn answers_twice(&self, ada: &Person, what: &str, code: &Value) {
        let one = |node| async move {
            let body = json!({ "email": ada.email, "password": PASSWORD });
            let challenge = self.post(node, "/api/auth/login", "", body, 200).await?;
            if challenge.get("access_token").is_some() {
                self.record.breach(format!("I8: {} got tokens without their second factor", ada.email));
            }
            let mut body = code.clone();
            body["mfa_token"] = json!(text(&challenge, "/mfa_token")?);
            let answer = self.post(node, "/api/auth/verify-mfa", "", body, 200).await?;
            let session = watch::session_of(&text(&answer, "/access_token")?)?;
            self.record.honoured(what.to_owned(), &session);
            self.record.acknowledged(Acknowledged::SignedIn { session });
            Some(())
        };
        futures_util::future::join(one(0), one(1)).await;
    }

    /// Nobody of another company is in a list of users.
    pub async fn sees_only_their_own(&self, ada: &Person, node: usize) {
        let Some((200, list)) = self.ask(node, "GET", "/api/users", &ada.access, None).await else { return };
        let domain = ada.email.split('@').nth(1).unwrap_or_default();
        let emails = list["items"].as_array().into_iter().flatten().filter_map(|user| user["email"].as_str());
        for stranger in emails.filter(|email| !email.ends_with(domain)) {
            self.record.breach(format!("I6: {} saw {stranger}", ada.email));
        }
    }

    /// Invited, and joined on two nodes at once with the same link, if the mail comes soon.
    pub async fn is_joined(&self, ada: &Person, node: usize, name: &str) -> Option<Person> {
        let email = format!("uma@{name}.example");
        let body = json!({ "email": email, "role": "user" });
        let invited = self.post(node, "/api/invitations", &ada.access, body, 201).await?;
        let id = text(&invited, "/id")?;
        self.record.acknowledged(Acknowledged::Invited { id: id.clone(), email: email.clone() });
        let token = self.link_for(&email).await?;
        let one = |node| {
            let body = json!({ "token": token, "full_name": "Uma User", "password": PASSWORD });
            let (email, id) = (email.clone(), id.clone());
            async move {
                let answer = self.post(node, "/api/invitations/accept", "", body, 201).await?;
                let uma = Person::of(&email, &answer)?;
                self.record.honoured(format!("invitation {id}"), &uma.id);
                self.record.acknowledged(Acknowledged::Joined { email });
                Some(uma)
            }
        };
        let (first, second) = futures_util::future::join(one(node), one(node + 1)).await;
        first.or(second)
    }

    async fn link_for(&self, email: &str) -> Option<String> {
        let mut arrivals = self.mailbox.arrivals();
        let there = arrivals.wait_for(|_| !self.mailbox.items(Some(email)).is_empty());
        // Too late: the next life begins.
        tokio::time::timeout(Duration::from_secs(5), there).await.ok()?.ok()?;
        let mails = self.mailbox.items(Some(email));
        let token = mails.first()?.text.split("token=").nth(1)?.to_owned();
        let end = token.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(token.len());
        Some(token[..end].to_owned())
    }

    async fn throws_out(&self, ada: &Person, uma: &Person, node: usize) -> Option<()> {
        let path = format!("/api/users/{}/force-logout", uma.id);
        let receipt = self.post(node, &path, &ada.access, json!({}), 200).await?;
        let (since, revocation) = (Instant::now(), text(&receipt, "/revocation_id")?);
        let (user, email) = (uma.id.clone(), uma.email.clone());
        self.record.acknowledged(Acknowledged::ThrownOut { user, revocation, email });
        self.watches().push(tokio::spawn(watch::stays_out(self.clone(), uma.clone(), since)));
        Some(())
    }
}
