//! An authenticator app of our own, written from RFC 4226 and RFC 6238: it shares no code with the server.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Holds one secret and remembers the last step it showed a code for.
#[derive(Clone)]
pub(crate) struct Authenticator {
    secret: Vec<u8>,
    shown: u64,
}

impl Authenticator {
    /// Reads the secret out of an `otpauth://totp/…` address, as an app does after scanning.
    pub fn scan(uri: &str) -> Self {
        assert!(uri.starts_with("otpauth://totp/"), "{uri}");
        let query = uri.split_once('?').unwrap().1;
        let field = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        assert!(field("digits").is_none_or(|digits| digits == "6"));
        assert!(field("period").is_none_or(|period| period == "30"));
        assert!(field("algorithm").is_none_or(|algorithm| algorithm == "SHA1"));
        Self::typed(field("secret").unwrap())
    }

    /// Takes the secret typed by hand.
    pub fn typed(base32: &str) -> Self {
        Self { secret: BASE32_NOPAD.decode(base32.trim_end_matches('=').as_bytes()).unwrap(), shown: 0 }
    }

    /// The code of one 30-second step.
    pub fn code_at(&self, step: u64) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).unwrap();
        mac.update(&step.to_be_bytes());
        let tag = mac.finalize().into_bytes();
        let offset = usize::from(tag[19] & 0x0f);
        let word = u32::from_be_bytes(tag[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", word % 1_000_000)
    }

    /// The step of the present moment.
    pub fn now_step() -> u64 {
        std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 30
    }

    /// A code the server must take: of the earliest acceptable step that was not shown yet. Three in a row are to be
    /// had (the steps −1, 0 and +1); for more let time pass in the database.
    pub fn next_code(&mut self) -> String {
        Self::let_a_dying_code_die();
        self.shown = (Self::now_step() - 1).max(self.shown + 1);
        assert!(self.shown <= Self::now_step() + 1, "no fresh code is left in this window");
        self.code_at(self.shown)
    }

    /// As a person does who sees that the code is about to change: by the time the server looks at it, the step before
    /// it would be two steps old.
    #[expect(
        clippy::disallowed_methods,
        reason = "the clock itself is waited for, and this story has nothing else to do"
    )]
    fn let_a_dying_code_die() {
        const TOO_LATE: u128 = 1_500;
        let gone = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() % 30_000;
        if let Some(left) = 30_000_u128.checked_sub(gone).filter(|left| *left < TOO_LATE) {
            std::thread::sleep(std::time::Duration::from_millis(u64::try_from(left).unwrap()));
        }
    }

    /// The code of this moment, whatever was shown before; the server takes it for at least half a minute more.
    pub fn present_code(&mut self) -> String {
        self.shown = Self::now_step();
        self.code_at(self.shown)
    }

    /// Six digits that are no code of any step near now.
    pub fn wrong_code(&self) -> String {
        let now = Self::now_step();
        let near: Vec<_> = (now - 5..=now + 5).map(|step| self.code_at(step)).collect();
        let numbers = (0..).map(|number: u32| format!("{number:06}"));
        numbers.into_iter().find(|code| !near.contains(code)).expect("a million codes")
    }

    /// The code that was shown last.
    pub fn last_code(&self) -> String {
        self.code_at(self.shown)
    }

    /// Starts again with the earliest step, after time has passed in the database.
    pub fn forget_shown(&mut self) {
        self.shown = 0;
    }
}

#[test]
fn it_computes_the_vectors_of_rfc_6238() {
    let authenticator = Authenticator { secret: b"12345678901234567890".to_vec(), shown: 0 };
    for (time, code) in
        [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
    {
        assert_eq!(authenticator.code_at(time / 30), code);
    }
}
