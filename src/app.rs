//! The listening half of a node: HTTP workers, the live channel, the pages, and a quiet end.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, HttpServer, Route, dev::Server, web};
use rustls::ServerConfig;

use crate::{
    config,
    dev::mailbox::{self, Mailbox, render_html},
    http::{self, Problem},
    lifecycle::{Node, StartError, readiness},
    live::{self, Live},
};

/// Idle HTTP connections are kept open this long.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// A client has this long to send the head of its request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Client addresses that were quiet are forgotten this often.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// Binds the address and builds the server; it serves once it is awaited.
///
/// With `tls` it speaks nothing else.
///
/// # Errors
/// The address is taken or not of this machine.
pub fn bind(
    node: &Node,
    settings: &config::Settings,
    mailbox: Option<Mailbox>,
    tls: Option<ServerConfig>,
) -> Result<Server, StartError> {
    let services = http::Services::new(node.tenants.clone(), parts(node, settings, mailbox));
    let live = web::Data::new(Live::new(Arc::new(node.tenants.clone()), node.world.clone(), live_settings(settings)));
    let edge = services.edge().clone();
    actix_web::rt::spawn(async move {
        let mut tick = actix_web::rt::time::interval(FORGET_EVERY);
        loop {
            tick.tick().await;
            edge.forget_quiet_clients();
        }
    });
    let address = settings.server.listen;
    let server = HttpServer::new(move || http::app(&services).app_data(live.clone()))
        .on_connect(live::keepalive::on_connect)
        // Stopping has an order, and begins with saying so: see `lifecycle::serve`.
        .disable_signals()
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_TIMEOUT)
        .shutdown_timeout(settings.server.shutdown_seconds);
    let bound = match tls {
        Some(tls) => server.bind_rustls_0_23(address, tls),
        None => server.bind(address),
    };
    Ok(bound.map_err(|error| StartError::Listen { address, error })?.run())
}

fn parts(node: &Node, settings: &config::Settings, mailbox: Option<Mailbox>) -> http::Parts {
    http::Parts {
        settings: http_settings(settings),
        world: node.world.clone(),
        ready: readiness::of(node),
        dev_mail: mailbox.map(|mailbox| Arc::new(DevMailbox(mailbox)) as Arc<dyn http::DevMail>),
        live: || Route::new().to(connect),
        web: http::built_in(),
    }
}

/// The live channel answers by itself; its refusals become the problems of every other route.
async fn connect(request: HttpRequest, payload: web::Payload, live: web::Data<Live>) -> Result<HttpResponse, Problem> {
    Ok(live::connect::connect(&request, payload, &live).await?)
}

fn http_settings(settings: &config::Settings) -> http::Settings {
    let limits = &settings.limits;
    let rate = |rate: config::Rate| http::Rate { per_second: rate.per_second, burst: rate.burst };
    http::Settings {
        base_url: settings.server.base_url.clone(),
        allowed_origins: settings.server.allowed_origins.clone(),
        trusted_proxies: settings.server.trusted_proxies.clone(),
        rates: http::Rates {
            credentials: rate(limits.credentials()),
            mfa: rate(limits.mfa()),
            refresh: rate(limits.refresh()),
            general: rate(limits.general()),
            public: rate(limits.public()),
            service: rate(limits.service()),
            account: rate(limits.account()),
            company: rate(limits.company()),
        },
    }
}

fn live_settings(settings: &config::Settings) -> live::Settings {
    let mut origins = settings.server.allowed_origins.clone();
    origins.push(settings.server.base_url.clone());
    live::Settings {
        origins,
        heartbeat: Duration::from_secs(settings.live.heartbeat_seconds),
        queue: settings.live.queue as usize,
        ..live::Settings::default()
    }
}

/// The mailbox of `voxgate dev` as the HTTP floor shows it.
struct DevMailbox(Mailbox);

impl http::DevMail for DevMailbox {
    fn items(&self, to: Option<&str>) -> Vec<http::Mail> {
        let shown = |mail: mailbox::Mail| http::Mail {
            to: mail.to,
            subject: mail.subject,
            text: mail.text,
            html: Some(mail.html).filter(|html| !html.is_empty()),
            at: mail.at,
        };
        self.0.items(to).into_iter().rev().map(shown).collect()
    }

    fn page(&self) -> String {
        render_html(&self.0.items(None))
    }
}
