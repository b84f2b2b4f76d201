//! A voice agent reduced to what matters here: a WebSocket that says every piece of audio back. It lets a caller in by their
//! Voxgate token and hangs up the moment they are thrown out.
//!
//! The handshake itself cannot wait for a verdict, so the connection is taken first and judged next: before the caller is
//! let in, no audio is read and none is sent.

use std::io;

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{Request, Response},
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};
use voxgate_verify::{Caller, Ended, Refusal, Verifier};

type Line = WebSocketStream<TcpStream>;

/// Takes calls for ever.
///
/// # Errors
/// The listener is broken.
pub async fn serve(listener: TcpListener, verifier: Verifier) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(take(stream, verifier.clone()));
    }
}

/// One call, from the handshake to the end.
async fn take(stream: TcpStream, verifier: Verifier) {
    let mut token = None;
    let read = |request: &Request, response: Response| {
        token = bearer(request);
        Ok(response)
    };
    // Who does not speak WebSocket is gone.
    let Ok(mut line) = accept_hdr_async(stream, read).await else { return };
    let token = token.unwrap_or_default();
    let why = match verifier.verify(&token).await {
        Ok(caller) => talk(&mut line, &verifier, &caller, &token).await,
        Err(refusal) => Some(refused(refusal)),
    };
    if let Some((code, reason)) = why {
        let frame = CloseFrame { code: CloseCode::from(code), reason: reason.into() };
        // Whoever has hung up already needs no word.
        let _ = line.close(Some(frame)).await;
    }
}

/// Talks until one of both hangs up; why we did, if we did.
async fn talk(line: &mut Line, verifier: &Verifier, caller: &Caller, token: &str) -> Option<(u16, &'static str)> {
    let ended = verifier.watch(caller, token).ended();
    tokio::pin!(ended);
    loop {
        tokio::select! {
            // First: no more audio for somebody who is out, however much of it waits.
            biased;
            why = &mut ended => return Some(over(why)),
            heard = line.next() => match heard {
                Some(Ok(Message::Binary(audio))) => line.send(Message::Binary(audio)).await.ok()?,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            },
        }
    }
}

fn bearer(request: &Request) -> Option<String> {
    let header = request.headers().get("authorization")?.to_str().ok()?;
    header.strip_prefix("Bearer ").map(str::to_owned)
}

/// The close codes of Voxgate's own live channel.
fn refused(refusal: Refusal) -> (u16, &'static str) {
    match refusal {
        Refusal::Invalid(_) => (4401, "invalid token"),
        refusal => over(refusal.into()),
    }
}

fn over(ended: Ended) -> (u16, &'static str) {
    match ended {
        Ended::Revoked => (4401, "revoked"),
        Ended::RightsChanged => (4403, "rights changed"),
        Ended::Expired => (4408, "expired"),
        Ended::Unavailable => (1013, "unavailable"),
    }
}
