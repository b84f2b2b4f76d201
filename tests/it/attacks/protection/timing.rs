//! Case 29, measured: does the time of a refusal tell whether an account exists? Not a story with a verdict, because a busy
//! machine would decide it; run it by hand on a quiet one:
//!
//! `cargo test --release --test it protection::timing -- --ignored --nocapture`

use std::time::Instant;

use super::unlimited;
use crate::support::db::run;

const SAMPLES: usize = 2000;

/// How often a sample of `b` took longer than one of `a`: 0.5 says that nobody can tell.
fn auc(a: &[f64], b: &[f64]) -> f64 {
    let wins = |x: &f64| {
        a.iter()
            .map(|y| {
                if x > y {
                    1.0
                } else if x < y {
                    0.0
                } else {
                    0.5
                }
            })
            .sum::<f64>()
    };
    b.iter().map(wins).sum::<f64>() / (a.len() as f64 * b.len() as f64)
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: prints medians and AUC of interleaved samples"]
async fn case_29_refusals_by_kind_of_account() {
    let app = unlimited(&[("password.memory_kib", "19456"), ("password.iterations", "2")]).await;
    let ada = app.admin_of("Acme").await;
    let other = app.stranger().registers("Other").await;
    let gone = app.colleague_of(&ada, "gone", "user").await;
    let bare = app.colleague_of(&ada, "bare", "user").await;
    let mut all = app.db.connect("postgres").await;
    run(&mut all, &format!("UPDATE users SET status = 'deactivated' WHERE id = '{}'", gone.id)).await;
    run(&mut all, &format!("UPDATE users SET password_hash = NULL WHERE id = '{}'", bare.id)).await;
    let kinds = [
        ("known", ada.email.as_str()),
        ("unknown", "nobody@acme.example"),
        ("deactivated", gone.email.as_str()),
        ("other company", other.email.as_str()),
        ("no password", bare.email.as_str()),
    ];
    let stranger = app.stranger();
    let mut samples = vec![Vec::with_capacity(SAMPLES); kinds.len()];
    for _ in 0..SAMPLES {
        for (kind, (_, email)) in kinds.iter().enumerate() {
            let body = serde_json::json!({ "email": email, "password": "Wrong-Guess-77-Rivers", "company": "acme" });
            let started = Instant::now();
            let reply = stranger.posts("/api/auth/login", body).await;
            samples[kind].push(started.elapsed().as_secs_f64() * 1000.0);
            reply.refused(401, "invalid_credentials");
        }
    }
    for ((name, _), times) in kinds.iter().zip(&samples) {
        println!("{name:>14}: median {:7.3} ms, AUC against known {:.3}", median(times), auc(&samples[0], times));
    }
}
