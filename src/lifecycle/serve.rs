//! Serving: `voxgate serve` on an installation's own database, keys and mail server, and the part that `voxgate dev`
//! shares with it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use actix_web::rt::System;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use super::{Node, StartError, commands::say, demo, key_watch, observe::Metrics, tls::Certificate};
use crate::{
    app,
    config::{LogFormat, Needs, Settings, Sources},
    crypto::{entropy::system_world, keys::KeyFile},
    dev::mailbox::Mailbox,
    telemetry,
};

/// Work that is still running when the server has stopped gets this long.
const LAST_WORK: Duration = Duration::from_secs(5);

/// What is served.
#[derive(Debug)]
pub(super) enum Mode {
    /// An installation.
    Production,
    /// A machine of one's own: mails are kept, demo companies on request.
    Dev {
        /// Where its mails go.
        mailbox: Mailbox,
        /// What there is to look at.
        demo: Demo,
    },
}

/// What `voxgate dev` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demo {
    /// Nothing.
    None,
    /// The demo companies.
    Companies,
    /// The same, one of them full of life.
    Traffic,
}

impl Mode {
    fn mailbox(&self) -> Option<Mailbox> {
        match self {
            Self::Production => None,
            Self::Dev { mailbox, .. } => Some(mailbox.clone()),
        }
    }
}

pub(super) fn run(config: Option<PathBuf>) -> Result<(), StartError> {
    let settings = load(config, Needs::Serving)?;
    let keys = load_keys(&settings)?;
    let welcome = format!("Voxgate is ready at {}", settings.server.base_url);
    serve(&settings, &keys, Mode::Production, &welcome)
}

/// Reads the settings and begins to log.
pub(super) fn load(config: Option<PathBuf>, needs: Needs) -> Result<Settings, StartError> {
    let settings = Settings::load(&Sources::of_process(config), needs)?;
    begin_logs(&settings)?;
    Ok(settings)
}

/// The keys of an installation; the settings were checked to name them.
pub(super) fn load_keys(settings: &Settings) -> Result<KeyFile, StartError> {
    let file = settings.keys.file.as_deref().unwrap_or_else(|| Path::new(""));
    Ok(key_watch::load(file, &system_world())?)
}

/// Sends log lines where the settings say.
pub(super) fn begin_logs(settings: &Settings) -> Result<(), StartError> {
    let format = match settings.log.format {
        LogFormat::Json => telemetry::Format::Json,
        LogFormat::Text => telemetry::Format::Text,
    };
    let (filter, otlp_url) = (settings.log.filter.clone(), settings.traces.otlp_url.clone());
    let sample_percent = settings.traces.sample_percent;
    Ok(telemetry::init(&telemetry::Settings { format, filter, otlp_url, sample_percent })?)
}

/// The runtime of database work, lane jobs and background loops. HTTP has threads of its own.
pub(super) fn work_runtime() -> Result<Runtime, StartError> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let runtime = Builder::new_multi_thread().worker_threads(cores.max(2)).thread_name("work").enable_all().build();
    runtime.map_err(|error| StartError::System { what: "the work threads could not be started", error })
}

/// Serves until asked to stop (SIGINT, SIGTERM). Says `welcome` once everything is ready.
pub(super) fn serve(settings: &Settings, keys: &KeyFile, mode: Mode, welcome: &str) -> Result<(), StartError> {
    let runtime = work_runtime()?;
    let outcome = System::new().block_on(live(settings, keys, mode, welcome, runtime.handle().clone()));
    runtime.shutdown_timeout(LAST_WORK);
    telemetry::finish();
    outcome
}

async fn live(
    settings: &Settings,
    keys: &KeyFile,
    mode: Mode,
    welcome: &str,
    runtime: Handle,
) -> Result<(), StartError> {
    // Before anything counts.
    let metrics = settings.metrics.listen.map(Metrics::begin).transpose()?;
    let certificate = Certificate::load(&settings.tls)?;
    let node = Node::start(settings, keys, runtime.clone()).await?;
    let beside = CancellationToken::new();
    let metrics = metrics.map(|metrics| metrics.serve(&node, &runtime, &beside)).transpose()?.flatten();
    let tls = certificate.as_ref().map(Certificate::server_config).transpose()?;
    let server = app::bind(&node, settings, mode.mailbox(), tls)?;
    match certificate {
        Some(certificate) => certificate.follow(&runtime, beside.clone()),
        None => ignore_hangups(&runtime),
    }
    node.serve_at(settings.server.listen).await?;
    let handle = server.handle();
    let serving = actix_web::rt::spawn(server);
    let acting = CancellationToken::new();
    if let Mode::Dev { demo, .. } = mode {
        prepare(&node, demo, &acting).await?;
    }
    say(welcome);
    asked_to_stop().await?;
    tracing::info!("stopping: not ready any more, and live sockets are told to come again");
    acting.cancel();
    node.tenants.release_sockets();
    drain(Duration::from_secs(settings.server.drain_seconds)).await;
    handle.stop(true).await;
    beside.cancel();
    if let Some(metrics) = metrics {
        metrics.stop(false).await;
    }
    node.stop().await;
    let ended = serving.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    ended.map_err(|error| StartError::System { what: "the server ended", error })
}

/// Nothing is read again on SIGHUP without TLS: the key file is followed by itself. It must not end the process either.
fn ignore_hangups(runtime: &Handle) {
    runtime.spawn(async {
        if let Ok(mut hangups) = signal(SignalKind::hangup()) {
            while hangups.recv().await.is_some() {}
        }
    });
}

async fn prepare(node: &Node, demo: Demo, stop: &CancellationToken) -> Result<(), StartError> {
    if demo != Demo::None {
        demo::seed(&node.tenants).await?;
    }
    if demo == Demo::Traffic {
        demo::traffic::begin(&node.tenants, stop.clone()).await?;
    }
    Ok(())
}

/// Goes on answering while a load balancer notices that this node is not ready. Who asks a second time wants it now.
async fn drain(time: Duration) {
    if !time.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            _ = asked_to_stop() => {}
        }
    }
}

/// Waits for SIGINT or SIGTERM.
async fn asked_to_stop() -> Result<(), StartError> {
    let listen = |kind| signal(kind).map_err(|error| StartError::System { what: "signals cannot be heard", error });
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
