//! The hasher as its callers see it, with kernels that wait for a sign or tell what they saw.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use zeroize::Zeroizing;

use super::*;
use crate::domain::sample;

const CHEAP: Settings = Settings {
    memory_kib: 64,
    iterations: 1,
    parallelism: 1,
    threads: 1,
    queue: 1,
    deadline: Duration::from_secs(60),
    kernel: Choice::Auto,
};

fn secret(text: &str) -> SecretString {
    text.into()
}

/// Counts what it is asked for and otherwise does the reference kernel's work.
struct Counting {
    seen: Arc<Mutex<Vec<Cost>>>,
    inner: Reference,
}

impl Kernel for Counting {
    fn derive(&mut self, cost: Cost, password: &[u8], salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, KernelError> {
        assert_eq!(salt.len(), 16);
        self.seen.lock().unwrap().push(cost);
        self.inner.derive(cost, password, salt)
    }
}

/// Tells when it begins and waits for a sign to end.
struct Gate {
    begun: mpsc::Sender<i32>,
    go: Arc<Mutex<mpsc::Receiver<()>>>,
}

impl Kernel for Gate {
    fn derive(&mut self, _: Cost, password: &[u8], _: &[u8]) -> Result<Zeroizing<[u8; 32]>, KernelError> {
        assert_ne!(password, b"panic");
        self.begun.send(rustix::process::getpriority_process(None).unwrap()).unwrap();
        self.go.lock().unwrap().recv().map_err(|_| KernelError)?;
        Ok(Zeroizing::new([1; 32]))
    }
}

fn gated(settings: Settings) -> (Hasher, mpsc::Receiver<i32>, mpsc::Sender<()>) {
    let (begun, begins) = mpsc::channel();
    let (go, wait) = mpsc::channel();
    let go_on = Arc::new(Mutex::new(wait));
    let kernel = || Box::new(Gate { begun: begun.clone(), go: Arc::clone(&go_on) }) as Box<dyn Kernel>;
    (Hasher::start_with(settings, sample::world(), kernel).unwrap(), begins, go)
}

/// Gives the threads time to come to a state, without sleeping for a fixed time.
async fn until(mut reached: impl FnMut() -> bool) {
    tokio::time::timeout(Duration::from_secs(30), async {
        while !reached() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn the_right_password_matches_and_others_do_not() {
    let hasher = Hasher::start(CHEAP, sample::world()).unwrap();
    let stored = hasher.hash(secret("correct horse")).await.unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    assert_ne!(stored, hasher.hash(secret("correct horse")).await.unwrap(), "the salt is fresh");
    for (password, matches) in
        [("correct horse", true), ("correct horsf", false), ("Correct horse", false), ("", false)]
    {
        let verdict = hasher.verify(secret(password), Some(stored.clone().into())).await.unwrap();
        assert_eq!(verdict, Verdict { matches, outdated: false });
    }
}

#[tokio::test]
async fn the_last_of_256_characters_matters_and_how_accents_are_composed_does_not() {
    let hasher = Hasher::start(CHEAP, sample::world()).unwrap();
    let long = "é".repeat(256);
    let other = "é".repeat(255) + "e";
    let decomposed = "e\u{301}".repeat(256);
    for set in [&long, &decomposed] {
        let stored: SecretString = hasher.hash(secret(set)).await.unwrap().into();
        for (password, matches) in [(&long, true), (&other, false), (&decomposed, true)] {
            assert_eq!(hasher.verify(secret(password), Some(stored.clone())).await.unwrap().matches, matches);
        }
    }
}

#[tokio::test]
async fn hashes_of_other_costs_still_match_and_are_called_outdated() {
    let old = Hasher::start(Settings { memory_kib: 32, ..CHEAP }, sample::world()).unwrap();
    let stored: SecretString = old.hash(secret("correct horse")).await.unwrap().into();
    let hasher = Hasher::start(CHEAP, sample::world()).unwrap();
    let verdict = hasher.verify(secret("correct horse"), Some(stored)).await.unwrap();
    assert_eq!(verdict, Verdict { matches: true, outdated: true });
}

#[tokio::test]
async fn an_absent_hash_costs_the_same_work_and_never_matches() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kernel = || Box::new(Counting { seen: Arc::clone(&seen), inner: Reference::default() }) as Box<dyn Kernel>;
    let hasher = Hasher::start_with(CHEAP, sample::world(), kernel).unwrap();
    let stored = hasher.hash(secret("correct horse")).await.unwrap();
    hasher.verify(secret("wrong"), Some(stored.into())).await.unwrap();
    let verdict = hasher.verify(secret("wrong"), None).await.unwrap();
    assert_eq!(verdict, Verdict { matches: false, outdated: false });
    let cost = Cost { memory_kib: 64, iterations: 1, parallelism: 1 };
    assert_eq!(*seen.lock().unwrap(), [cost; 3]);
}

#[tokio::test]
async fn even_the_password_of_the_dummy_opens_nothing() {
    let mut hasher = Hasher::start(CHEAP, sample::world()).unwrap();
    let stored = hasher.hash(secret("correct horse")).await.unwrap();
    hasher.dummy = Arc::new(stored.into());
    assert!(!hasher.verify(secret("correct horse"), None).await.unwrap().matches);
}

#[tokio::test]
async fn a_row_that_is_no_hash_is_an_error_and_not_a_no() {
    let hasher = Hasher::start(CHEAP, sample::world()).unwrap();
    assert_eq!(hasher.verify(secret("x"), Some(secret("$2b$12$abc"))).await, Err(HashError::Broken));
}

#[tokio::test]
async fn a_full_queue_says_busy_at_once_and_recovers() {
    let (hasher, begins, go) = gated(CHEAP);
    let job = |hasher: &Hasher| {
        let hasher = hasher.clone();
        tokio::spawn(async move { hasher.hash(secret("x")).await })
    };
    let (running, waiting) = (job(&hasher), job(&hasher));
    until(|| hasher.in_flight() == 2).await;
    assert_eq!(hasher.hash(secret("x")).await, Err(HashError::Busy));
    let refusal = Refusal::from(HashError::Busy);
    assert!(refusal.code == Code::Busy && refusal.retry_after.is_some());
    go.send(()).unwrap();
    go.send(()).unwrap();
    assert!(running.await.unwrap().is_ok() && waiting.await.unwrap().is_ok());
    until(|| hasher.in_flight() == 0).await;
    assert_eq!(begins.iter().take(2).count(), 2);
}

#[tokio::test]
async fn callers_who_vanish_leak_no_place_and_their_jobs_are_skipped() {
    let (hasher, begins, go) = gated(Settings { queue: 7, ..CHEAP });
    let running = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.hash(secret("x")).await }
    });
    until(|| begins.try_recv().is_ok()).await;
    let vanishing: Vec<_> = (0..7)
        .map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.hash(secret("x")).await })
        })
        .collect();
    until(|| hasher.in_flight() == 8).await;
    for task in vanishing {
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }
    go.send(()).unwrap();
    assert!(running.await.unwrap().is_ok());
    until(|| hasher.in_flight() == 0).await;
    assert!(begins.try_recv().is_err(), "no vanished caller's password was hashed");
}

#[tokio::test]
async fn who_waits_beyond_the_deadline_is_told() {
    let (hasher, _begins, go) = gated(Settings { deadline: Duration::from_millis(20), ..CHEAP });
    assert_eq!(hasher.hash(secret("x")).await, Err(HashError::TooLate));
    go.send(()).unwrap();
    until(|| hasher.in_flight() == 0).await;
}

#[tokio::test]
async fn a_panicking_job_is_an_error_and_the_thread_goes_on() {
    let (hasher, _begins, go) = gated(CHEAP);
    assert_eq!(hasher.hash(secret("panic")).await, Err(HashError::Broken));
    go.send(()).unwrap();
    assert!(hasher.hash(secret("x")).await.is_ok());
}

#[tokio::test]
async fn hashing_runs_at_low_priority_and_leaves_ours_alone() {
    let before = rustix::process::getpriority_process(None).unwrap();
    let (hasher, begins, go) = gated(CHEAP);
    go.send(()).unwrap();
    hasher.hash(secret("x")).await.unwrap();
    assert_eq!(begins.recv().unwrap(), (before + 10).min(19));
    assert_eq!(rustix::process::getpriority_process(None).unwrap(), before);
}

#[tokio::test]
async fn the_threads_end_with_the_last_hasher() {
    struct Ends(Arc<AtomicUsize>);
    impl Kernel for Ends {
        fn derive(&mut self, _: Cost, _: &[u8], _: &[u8]) -> Result<Zeroizing<[u8; 32]>, KernelError> {
            Err(KernelError)
        }
    }
    impl Drop for Ends {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let ended = Arc::new(AtomicUsize::new(0));
    let settings = Settings { threads: 3, ..CHEAP };
    let hasher = Hasher::start_with(settings, sample::world(), || Box::new(Ends(Arc::clone(&ended)))).unwrap();
    let clone = hasher.clone();
    drop(hasher);
    assert_eq!(clone.hash(secret("x")).await, Err(HashError::Broken));
    assert_eq!(ended.load(Ordering::SeqCst), 0);
    drop(clone);
    until(|| ended.load(Ordering::SeqCst) == 3).await;
}

#[test]
fn settings_out_of_range_do_not_start_and_the_defaults_are_owasp_s() {
    for bad in
        [Settings { threads: 0, ..CHEAP }, Settings { memory_kib: 1, ..CHEAP }, Settings { iterations: 0, ..CHEAP }]
    {
        assert!(matches!(Hasher::start(bad, sample::world()), Err(StartError::Settings)));
    }
    let Settings { memory_kib, iterations, parallelism, .. } = Settings::default();
    assert_eq!((memory_kib, iterations, parallelism), (19_456, 2, 1));
}

#[tokio::test]
async fn other_work_about_passwords_waits_in_the_same_queue() {
    let (hasher, begins, go) = gated(CHEAP);
    let running = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.hash(secret("one")).await }
    });
    tokio::task::spawn_blocking(move || begins.recv().unwrap()).await.unwrap();
    let waiting = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.aside(|| std::thread::current().name().map(str::to_owned)).await }
    });
    until(|| hasher.in_flight() == 2).await;
    assert_eq!(hasher.aside(|| ()).await, Err(HashError::Busy));
    go.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().as_deref(), Some("argon2-0"));
}
