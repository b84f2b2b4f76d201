//! The WebSocket actor: a thin shell that carries between the wire and [`Session`]. The only file that names
//! `actix_web_actors`, which its authors have deprecated: to leave it, rewrite this file.
//!
//! The actor is polled only while the client reads. So a reader that stops freezes it, and its bounded mailbox fills: the hub
//! then drops it, and the operating system ends the connection (see `keepalive`).

use std::time::{Duration, Instant};

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Handler, Running, SpawnHandle, StreamHandler, WrapFuture,
};
use actix_http::ws::Item;
use actix_web::{HttpRequest, HttpResponse, web::Payload};
use actix_web_actors::ws::{self, CloseCode, CloseReason, Message, ProtocolError, WebsocketContext};
use secrecy::ExposeSecret;

use super::{
    Live, Reply,
    frame::{Ending, MAX_BYTES, PROTOCOL},
    keepalive::Wire,
    session::{Act, Session},
};
use crate::{
    domain::{
        code::{Code, Refusal},
        principal::Principal,
    },
    tenant::hub::Push,
};

type Context = WebsocketContext<Socket>;

/// One connection.
pub(super) struct Socket {
    session: Session,
    expiry: Option<SpawnHandle>,
    /// The parts of a message that came in several frames.
    parts: Option<Vec<u8>>,
    /// The close frame was sent; only the client's answer counts now.
    closing: bool,
    /// The client has closed its side: it answered, or its page is gone.
    answered: bool,
    wire: Option<Wire>,
}

/// A client that is told to close has this long to answer (RFC 6455, 7.1.1: the server ends the connection).
const GOODBYE: Duration = Duration::from_secs(1);
/// The answer to a client that closes by itself has this long to leave.
const ECHO: Duration = Duration::from_millis(20);

/// Upgrades the connection and starts its actor. The request was found to be a good handshake before.
pub(super) fn start(
    live: Live,
    principal: Principal,
    since: Option<i64>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let session = Session::new(live, principal, since, Instant::now());
    let wire = request.conn_data::<Wire>().cloned();
    let socket = Socket { session, expiry: None, parts: None, closing: false, answered: false, wire };
    ws::WsResponseBuilder::new(socket, request, payload)
        .protocols(&[PROTOCOL])
        .frame_size(MAX_BYTES)
        .start()
        .map_err(|_| Code::UpgradeRequired.into())
}

impl Actor for Socket {
    type Context = Context;

    fn started(&mut self, ctx: &mut Context) {
        let live = self.session.live().clone();
        ctx.set_mailbox_capacity(live.settings.queue);
        ctx.run_interval(live.settings.heartbeat, |socket, ctx| {
            ctx.ping(b"");
            socket.step(ctx, |session| session.tick(Instant::now()));
        });
        self.watch_expiry(ctx);
        let attached = live.backend.attach(self.session.principal().clone(), ctx.address().recipient());
        self.later(ctx, attached, Session::attached);
    }

    fn stopping(&mut self, _: &mut Context) -> Running {
        if let Some(socket) = self.session.socket() {
            self.session.live().backend.detach(self.session.principal().company, socket, self.answered);
        }
        if let Some(wire) = &self.wire {
            wire.cut();
        }
        Running::Stop
    }
}

impl Socket {
    /// Takes one step and does what comes of it.
    fn step(&mut self, ctx: &mut Context, step: impl FnOnce(&mut Session) -> Vec<Act>) {
        for act in step(&mut self.session) {
            self.act(act, ctx);
        }
    }

    fn act(&mut self, act: Act, ctx: &mut Context) {
        let backend = &self.session.live().backend;
        let principal = self.session.principal();
        match act {
            Act::Send(frame) => match frame.bytes().try_into() {
                Ok(text) => ctx.write_raw(Message::Text(text)),
                Err(_) => tracing::error!("a frame is not UTF-8 and was not sent"),
            },
            Act::Read { after, limit } => {
                self.later(ctx, backend.events(principal.company, after, limit.unsigned_abs()), Session::page);
            }
            Act::AskDatabase => self.later(ctx, backend.check_database(principal.clone()), Session::answered),
            Act::Admit(token) => {
                self.later(ctx, backend.admit(token.expose_secret().to_owned()), Session::renewed);
            }
            Act::Renewed => {
                if let Some(socket) = self.session.socket() {
                    backend.renewed(socket, principal.clone());
                }
                self.watch_expiry(ctx);
            }
            Act::Close(ending) => self.close(ending, ctx),
        }
    }

    /// Takes the step when the answer is there. The actor goes on meanwhile.
    fn later<T: 'static>(
        &self,
        ctx: &mut Context,
        reply: Reply<T>,
        step: fn(&mut Session, Result<T, Refusal>) -> Vec<Act>,
    ) {
        let answered = reply.into_actor(self).map(move |answer, socket, ctx: &mut Context| {
            socket.step(ctx, |session| step(session, answer));
        });
        ctx.spawn(answered);
    }

    fn watch_expiry(&mut self, ctx: &mut Context) {
        if let Some(old) = self.expiry.take() {
            ctx.cancel_future(old);
        }
        let expired = ctx.run_later(self.session.lifetime(), |socket, ctx| {
            socket.step(ctx, |session| session.tick(Instant::now()));
        });
        self.expiry = Some(expired);
    }

    fn close(&mut self, ending: Ending, ctx: &mut Context) {
        let description = Some(ending.reason().into_owned());
        ctx.close(Some(CloseReason { code: CloseCode::from(ending.code()), description }));
        self.closing = true;
        ctx.run_later(GOODBYE, |_, ctx| ctx.stop());
    }

    /// A message in several frames (RFC 6455, 5.4), within the size of one.
    fn part(&mut self, item: Item, ctx: &mut Context) {
        let (first, bytes, last) = match item {
            Item::FirstText(bytes) => (true, bytes, false),
            Item::Continue(bytes) => (false, bytes, false),
            Item::Last(bytes) => (false, bytes, true),
            Item::FirstBinary(_) => return self.step(ctx, |session| session.end(Ending::Policy("text only"))),
        };
        let mut whole = if first { Vec::new() } else { self.parts.take().unwrap_or_default() };
        whole.extend_from_slice(&bytes);
        if whole.len() > MAX_BYTES {
            return self.step(ctx, |session| session.end(Ending::TooBig));
        }
        if !last {
            self.parts = Some(whole);
            return;
        }
        match String::from_utf8(whole) {
            Ok(text) => self.step(ctx, |session| session.said(&text, Instant::now())),
            Err(_) => self.step(ctx, |session| session.end(Ending::Policy("not UTF-8"))),
        }
    }
}

impl Handler<Push> for Socket {
    type Result = ();

    fn handle(&mut self, push: Push, ctx: &mut Context) {
        self.step(ctx, |session| session.pushed(push));
    }
}

impl StreamHandler<Result<Message, ProtocolError>> for Socket {
    /// The client closed its connection; a browser whose page goes does so without a word.
    fn finished(&mut self, ctx: &mut Context) {
        self.answered = true;
        ctx.stop();
    }

    fn handle(&mut self, message: Result<Message, ProtocolError>, ctx: &mut Context) {
        self.session.heard(Instant::now());
        match message {
            Ok(Message::Text(text)) => self.step(ctx, |session| session.said(&text, Instant::now())),
            Ok(Message::Continuation(item)) => self.part(item, ctx),
            Ok(Message::Ping(bytes)) => ctx.pong(&bytes),
            Ok(Message::Pong(_) | Message::Nop) => {}
            Ok(Message::Binary(_)) => self.step(ctx, |session| session.end(Ending::Policy("text only"))),
            Ok(Message::Close(_)) if self.closing => {
                self.answered = true;
                ctx.stop();
            }
            Ok(Message::Close(reason)) => {
                self.answered = true;
                ctx.close(reason);
                ctx.run_later(ECHO, |_, ctx| ctx.stop());
            }
            Err(ProtocolError::Overflow) => self.step(ctx, |session| session.end(Ending::TooBig)),
            Err(ProtocolError::Io(_)) => self.finished(ctx),
            Err(_) => self.step(ctx, |session| session.end(Ending::Policy("not a WebSocket frame"))),
        }
    }
}
