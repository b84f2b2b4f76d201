//! Whole messages of a bus, cut out of the bytes of a link, so that some of them can be lost, doubled or overtaken.
//!
//! Everything else that is said on the link (logins, keep-alives, answers to questions) passes untouched, as it would on a
//! network that loses no bytes: what is shown is that nobody relies on a hint.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// What is spoken on a link, towards the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// PostgreSQL without TLS: a letter, a length, a body. Its hints are notifications, `A`.
    Postgres,
    /// NATS: lines, and a body after `MSG` and `HMSG`, which are its hints.
    Nats,
}

/// What became of the hints of a link.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<[AtomicU64; 4]>);

/// What is done to one hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Passed,
    Lost,
    Doubled,
    Overtaken,
}

impl Tally {
    /// The fate of the next hint: of ten, on average, two are lost, two are doubled and two overtaken by the next one. The same
    /// sequence in every run.
    fn next(&self) -> Fate {
        let turn: u64 = self.0.iter().map(|count| count.load(Ordering::Relaxed)).sum();
        // Splitmix64: far better mixed than this needs.
        let mixed = (turn + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        match (mixed ^ (mixed >> 27)) % 10 {
            0 | 1 => Fate::Lost,
            2 | 3 => Fate::Doubled,
            4 | 5 => Fate::Overtaken,
            _ => Fate::Passed,
        }
    }

    fn count(&self, fate: Fate) {
        self.0[fate as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Hints that were lost, doubled and overtaken.
    pub fn mangled(&self) -> [u64; 3] {
        [Fate::Lost, Fate::Doubled, Fate::Overtaken].map(|fate| self.0[fate as usize].load(Ordering::Relaxed))
    }
}

/// The messages of one connection, from the server to the client.
pub(crate) struct Messages {
    speech: Speech,
    tally: Tally,
    /// Begun and not yet whole.
    begun: Vec<u8>,
    /// A hint that the next one overtakes.
    held: Vec<u8>,
}

impl Messages {
    pub(crate) fn new(speech: Speech, tally: Tally) -> Self {
        Self { speech, tally, begun: Vec::new(), held: Vec::new() }
    }

    /// What of these bytes, and of those before, is to be delivered now. Only whole messages are.
    pub(crate) fn pass(&mut self, bytes: &[u8], mangled: bool) -> Vec<u8> {
        self.begun.extend_from_slice(bytes);
        let mut delivered = Vec::new();
        if !mangled {
            delivered.append(&mut self.held);
        }
        while let Some((length, hint)) = whole(self.speech, &self.begun) {
            let message: Vec<u8> = self.begun.drain(..length).collect();
            if hint && mangled { self.mangle(message, &mut delivered) } else { delivered.extend(message) }
        }
        delivered
    }

    fn mangle(&mut self, message: Vec<u8>, delivered: &mut Vec<u8>) {
        let fate = self.tally.next();
        self.tally.count(fate);
        match fate {
            Fate::Lost => {}
            Fate::Overtaken => {
                delivered.append(&mut self.held);
                self.held = message;
                return;
            }
            Fate::Doubled => delivered.extend([message.as_slice(), message.as_slice()].concat()),
            Fate::Passed => delivered.extend(message),
        }
        delivered.append(&mut self.held);
    }
}

/// The length of the first message, when all of it is there, and whether it is a hint.
fn whole(speech: Speech, bytes: &[u8]) -> Option<(usize, bool)> {
    let (length, hint) = match speech {
        Speech::Postgres => {
            let length: [u8; 4] = bytes.get(1..5)?.try_into().ok()?;
            (1 + u32::from_be_bytes(length) as usize, bytes[0] == b'A')
        }
        Speech::Nats => {
            let line = bytes.windows(2).position(|two| two == b"\r\n")?;
            let text = String::from_utf8_lossy(&bytes[..line]);
            let hint = text.starts_with("MSG ") || text.starts_with("HMSG ");
            let body = text.rsplit(' ').next().filter(|_| hint).and_then(|size| size.parse::<usize>().ok());
            (line + 2 + body.map_or(0, |size| size + 2), hint)
        }
    };
    (bytes.len() >= length).then_some((length, hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(number: u32) -> Vec<u8> {
        format!("MSG voxgate 1 4\r\n{number:04}\r\n").into_bytes()
    }

    /// The numbers of the hints among these bytes, which hold nothing else.
    fn numbers(mut bytes: &[u8]) -> Vec<u32> {
        let mut all = Vec::new();
        while let Some((length, true)) = whole(Speech::Nats, bytes) {
            all.push(std::str::from_utf8(&bytes[length - 6..length - 2]).unwrap().parse().unwrap());
            bytes = &bytes[length..];
        }
        assert_eq!(bytes, b"", "half a message was delivered");
        all
    }

    #[test]
    fn messages_pass_whole_in_whatever_pieces_they_come() {
        let said =
            [b"INFO {\"a\":1}\r\n".to_vec(), b"PING\r\n".to_vec(), hint(1), b"+OK\r\n".to_vec(), hint(2)].concat();
        for size in 1..said.len() {
            let mut messages = Messages::new(Speech::Nats, Tally::default());
            let delivered: Vec<u8> = said.chunks(size).flat_map(|piece| messages.pass(piece, false)).collect();
            assert_eq!(delivered, said);
        }
        let said = [b"S\0\0\0\x06xy".as_slice(), b"A\0\0\0\x05z", b"Z\0\0\0\x05I"].concat();
        let mut messages = Messages::new(Speech::Postgres, Tally::default());
        let delivered: Vec<u8> = said.chunks(3).flat_map(|piece| messages.pass(piece, false)).collect();
        assert_eq!(delivered, said);
    }

    #[test]
    fn of_mangled_hints_some_are_lost_some_come_twice_and_some_late_and_nothing_else_is_touched() {
        let tally = Tally::default();
        let mut messages = Messages::new(Speech::Nats, tally.clone());
        let mut seen: Vec<u32> = (0..200).flat_map(|number| numbers(&messages.pass(&hint(number), true))).collect();
        assert_eq!(messages.pass(b"PING\r\n", true), b"PING\r\n", "no hint is not mangled");
        seen.extend(numbers(&messages.pass(b"", false)));
        let [lost, doubled, overtaken] = tally.mangled();
        assert!(lost > 20 && doubled > 20 && overtaken > 20, "{:?}", tally.mangled());
        assert_eq!(seen.len() as u64, 200 - lost + doubled);
        assert!(!seen.is_sorted(), "nothing was overtaken");
    }
}
