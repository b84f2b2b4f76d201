//! The dialogue of RFC 5321, one task for each connection.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{Behaviour, Shared};

/// The largest mail, as SIZE announces it.
const LARGEST_MAIL: usize = 1024 * 1024;
/// RFC 5321 allows 1,000 bytes in a text line; a few more cost nothing.
const LONGEST_LINE: u64 = 4096;
const MOST_RECIPIENTS: usize = 100;
/// A silent client is forgotten after this.
const PATIENCE: Duration = Duration::from_secs(300);

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let shared = Arc::clone(&shared);
                connections.spawn(async move {
                    // A client that vanishes is everyday business.
                    let _ = tokio::time::timeout(PATIENCE, Dialogue::new(stream, shared).run()).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

struct Dialogue {
    stream: BufReader<TcpStream>,
    shared: Arc<Shared>,
    sender: Option<String>,
    recipients: Vec<String>,
}

/// Whether the dialogue goes on.
#[derive(PartialEq, Eq)]
enum Next {
    On,
    HangUp,
}

impl Dialogue {
    fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        Self { stream: BufReader::new(stream), shared, sender: None, recipients: Vec::new() }
    }

    async fn run(mut self) -> io::Result<()> {
        self.stall().await;
        self.say("220 voxgate mailbox").await?;
        loop {
            let Some(line) = self.line().await? else { return Ok(()) };
            self.stall().await;
            if self.obey(&line).await? == Next::HangUp {
                return Ok(());
            }
        }
    }

    fn behaviour(&self) -> Behaviour {
        *self.shared.behaviour.borrow()
    }

    /// Says nothing for as long as the server is told to stall.
    async fn stall(&self) {
        let mut behaviour = self.shared.behaviour.subscribe();
        // The sender lives in `shared`, so an error cannot come.
        let _ = behaviour.wait_for(|behaviour| *behaviour != Behaviour::Stall).await;
    }

    async fn say(&mut self, answer: &str) -> io::Result<Next> {
        self.stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        self.stream.flush().await?;
        Ok(Next::On)
    }

    /// One line without its end; `None` at the end of the connection or when the line is too long to be SMTP.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        (&mut self.stream).take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
        Ok(line.ends_with(b"\r\n").then(|| line[..line.len() - 2].to_vec()))
    }

    async fn obey(&mut self, line: &[u8]) -> io::Result<Next> {
        let line = String::from_utf8_lossy(line).into_owned();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                self.reset();
                self.say(&format!("250-voxgate mailbox\r\n250-8BITMIME\r\n250 SIZE {LARGEST_MAIL}")).await
            }
            "HELO" => {
                self.reset();
                self.say("250 voxgate mailbox").await
            }
            "MAIL" => self.mail(&line).await,
            "RCPT" => self.recipient(&line).await,
            "DATA" => self.data().await,
            "RSET" => {
                self.reset();
                self.say("250 forgotten").await
            }
            "NOOP" => self.say("250 nothing done").await,
            "QUIT" => {
                self.say("221 bye").await?;
                Ok(Next::HangUp)
            }
            _ => self.say("502 not known here").await,
        }
    }

    fn reset(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    async fn mail(&mut self, line: &str) -> io::Result<Next> {
        if self.sender.is_some() {
            return self.say("503 one sender a mail").await;
        }
        if announced_size(line).is_some_and(|size| size > LARGEST_MAIL) {
            return self.say("552 too large").await;
        }
        self.sender = path(line, "FROM:").map(Into::into);
        self.say(if self.sender.is_some() { "250 sender noted" } else { "501 MAIL FROM:<address>" }).await
    }

    async fn recipient(&mut self, line: &str) -> io::Result<Next> {
        if self.sender.is_none() {
            return self.say("503 MAIL first").await;
        }
        if let Behaviour::Refuse(code) = self.behaviour() {
            return self.say(&format!("{code} told to refuse")).await;
        }
        match path(line, "TO:") {
            Some(_) if self.recipients.len() >= MOST_RECIPIENTS => self.say("452 too many recipients").await,
            Some(address) if !address.is_empty() => {
                self.recipients.push(address.into());
                self.say("250 recipient noted").await
            }
            _ => self.say("501 RCPT TO:<address>").await,
        }
    }

    async fn data(&mut self) -> io::Result<Next> {
        if self.recipients.is_empty() {
            return self.say("503 RCPT first").await;
        }
        if self.behaviour() == Behaviour::Drop {
            return Ok(Next::HangUp);
        }
        self.say("354 go on, end with a dot").await?;
        let mut mail = Vec::new();
        loop {
            let Some(line) = self.line().await? else { return Ok(Next::HangUp) };
            if line == b"." {
                break;
            }
            // The rest of a mail that is too large is read and forgotten: the answer comes after the dot.
            if mail.len() <= LARGEST_MAIL {
                mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                mail.extend_from_slice(b"\r\n");
            }
        }
        let recipients = std::mem::take(&mut self.recipients);
        self.reset();
        if mail.len() > LARGEST_MAIL {
            return self.say("552 too large").await;
        }
        self.shared.keep(&recipients, &mail);
        self.say("250 kept").await
    }
}

/// `MAIL FROM:<a@b> SIZE=1` with `FROM:` → `a@b`. The empty path `<>` is an address of its own (bounces).
fn path<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    let rest = line.get(5..)?;
    let rest = rest.get(..word.len())?.eq_ignore_ascii_case(word).then(|| rest[word.len()..].trim_start())?;
    Some(rest.strip_prefix('<')?.split_once('>')?.0)
}

fn announced_size(line: &str) -> Option<usize> {
    let word = line
        .split(' ')
        .find(|word| word.len() > 5 && word.get(..5).is_some_and(|w| w.eq_ignore_ascii_case("SIZE=")))?;
    word[5..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_strictly() {
        assert_eq!(path("MAIL FROM:<a@b.example> SIZE=12", "FROM:"), Some("a@b.example"));
        assert_eq!(path("rcpt to: <c@d.example>", "TO:"), Some("c@d.example"));
        assert_eq!(path("MAIL FROM:<>", "FROM:"), Some(""));
        assert_eq!(path("MAIL FROM:a@b", "FROM:"), None);
        assert_eq!(path("MAIL", "FROM:"), None);
        assert_eq!(announced_size("MAIL FROM:<> size=12"), Some(12));
    }
}
