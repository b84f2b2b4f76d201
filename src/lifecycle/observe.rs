//! `GET /metrics` on a listener of its own, and what is looked up for it: how things stand is read when somebody asks,
//! what stands in the database every few seconds.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::{Server, ServerHandle},
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    web,
};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::{Node, StartError};
use crate::{
    signals::{Exporter, meter},
    store::Store,
    stream::tireless::Tireless,
};

mod process;

/// What the database is asked for the metrics is asked this often, and observations settle.
const EVERY: Duration = Duration::from_secs(5);
/// Where the metrics are answered unless it is set otherwise.
const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The listener of the metrics, as long as it lives.
pub(super) struct Metrics {
    exporter: Exporter,
    listen: SocketAddr,
}

impl Metrics {
    /// Begins to count, before anything else does.
    ///
    /// # Errors
    /// It was done before in this process.
    pub(super) fn begin(listen: SocketAddr) -> Result<Self, StartError> {
        let exporter = Exporter::install()?;
        meter::set_labelled("voxgate_build_info", "version", env!("CARGO_PKG_VERSION"), 1.0);
        Ok(Self { exporter, listen })
    }

    /// Serves the counts of `node` until the answer is told to stop. Where another node of this machine answers at the
    /// usual address already, this one goes on without: figures are no reason to let nobody sign in.
    ///
    /// # Errors
    /// The address is taken.
    pub(super) fn serve(
        self,
        node: &Node,
        runtime: &Handle,
        stop: &CancellationToken,
    ) -> Result<Option<ServerHandle>, StartError> {
        // Also for a node that will answer nowhere: observations pile up until they settle.
        keep_up(runtime, self.exporter.clone(), node.tenants.store().clone(), stop.clone());
        let server = match bind(self.listen, self.exporter, node) {
            Err(StartError::ListenMetrics { address, error })
                if address == USUAL && error.kind() == ErrorKind::AddrInUse =>
            {
                tracing::warn!(%address, "taken by another program: no /metrics of this node; set metrics.listen");
                return Ok(None);
            }
            bound => bound?,
        };
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Ok(Some(handle))
    }
}

fn bind(address: SocketAddr, exporter: Exporter, node: &Node) -> Result<Server, StartError> {
    let (tenants, feed) = (node.tenants.clone(), node.feed.clone());
    let server = HttpServer::new(move || {
        let (exporter, tenants, feed) = (exporter.clone(), tenants.clone(), feed.clone());
        let answer = move || {
            look_at(&tenants, &feed);
            let page = exporter.render();
            async move {
                HttpResponse::Ok()
                    .insert_header((CONTENT_TYPE, FORMAT))
                    .insert_header((CACHE_CONTROL, "no-store"))
                    .body(page)
            }
        };
        App::new().route("/metrics", web::get().to(answer))
    });
    let bound = server.workers(1).disable_signals().shutdown_timeout(1).bind(address);
    Ok(bound.map_err(|error| StartError::ListenMetrics { address, error })?.run())
}

/// How the node stands at this moment.
fn look_at(tenants: &crate::tenant::Tenants, feed: &crate::stream::revocation::Feed) {
    meter::set("voxgate_hash_jobs", number(tenants.services().hasher.in_flight()));
    meter::set("voxgate_supervisors", number(tenants.companies_served()));
    meter::set("voxgate_permits_in_use", number(tenants.permits_in_use()));
    meter::set("voxgate_revocations_held", number(feed.held()));
    // A node that never pulled vouches for nobody, which no number of seconds says better than a large one.
    let age = feed.lag(Instant::now()).map_or(f64::INFINITY, |age| age.as_secs_f64());
    meter::set("voxgate_revocation_lease_age_seconds", age);
    let hubs = tenants.hub_counters();
    meter::set("voxgate_sockets_open", number(hubs.sockets.load(Ordering::Relaxed)));
    meter::set_total("voxgate_sockets_evicted_total", hubs.evicted.load(Ordering::Relaxed));
    meter::set_total("voxgate_sockets_revoked_total", hubs.revoked.load(Ordering::Relaxed));
    meter::set_total("voxgate_foreign_refused_total", hubs.foreign.load(Ordering::Relaxed));
    for pool in tenants.store().pools() {
        meter::set_labelled("voxgate_pool_connections", "pool", pool.name, number(pool.open));
        meter::set_labelled("voxgate_pool_idle", "pool", pool.name, number(pool.idle));
        meter::set_labelled("voxgate_pool_limit", "pool", pool.name, number(pool.limit));
    }
    process::look();
}

/// What stands in the database, every few seconds until `stop` is cancelled.
fn keep_up(runtime: &Handle, exporter: Exporter, store: Store, stop: CancellationToken) {
    runtime.spawn(Tireless::new("metrics").run(stop, move || {
        let (exporter, store) = (exporter.clone(), store.clone());
        async move {
            exporter.settle();
            let waiting = store.in_system("count what waits", |tx| Box::pin(tx.waiting()));
            let (events, mails) = waiting.await?.into_inner();
            meter::set("voxgate_outbox_rows", number(events.rows));
            meter::set("voxgate_outbox_age_seconds", events.seconds);
            meter::set("voxgate_mail_waiting", number(mails.rows));
            meter::set("voxgate_mail_overdue_seconds", mails.seconds);
            tokio::time::sleep(EVERY).await;
            Ok(())
        }
    }));
}

/// A count as Prometheus keeps it. Counts are far below 2^53.
fn number(count: impl TryInto<u32>) -> f64 {
    count.try_into().map_or(f64::from(u32::MAX), f64::from)
}
