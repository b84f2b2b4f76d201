//! Sessions: how long one lives, and how its device is called.

use time::Duration;

use super::ids::{CompanyId, SessionId, UserId};

/// How long a session lives at most, however busy.
pub const ABSOLUTE_LIFETIME: Duration = Duration::days(30);

/// So many sessions of one person in use at once are told to the desk, whatever the company allows.
pub const MANY: u32 = 20;

/// Fewer than this end an alert about [`MANY`]: the next one is news again.
pub const FEW_AGAIN: u32 = 10;

/// That a live socket of an ended session has closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Whose company.
    pub company: CompanyId,
    /// Whose session.
    pub user: UserId,
    /// Which.
    pub session: SessionId,
    /// The client closed its side, or its page is gone; otherwise the server cut it off.
    pub answered: bool,
    /// Sockets of the session on the same node that have been told and are still there.
    pub remaining: u64,
}

/// Tells people which device a session is on, from its `User-Agent`: `Firefox on Linux`, `curl`, `Unknown device`.
/// For showing only; nothing is decided by it.
pub fn device_label(user_agent: Option<&str>) -> String {
    let Some(agent) = user_agent.filter(|agent| !agent.trim().is_empty()) else {
        return "Unknown device".into();
    };
    match (first(agent, BROWSERS), first(agent, SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.into(),
        (None, None) => product(agent),
    }
}

/// Marks in the order in which they decide: Edge also says Chrome, Chrome also says Safari.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

fn first(agent: &str, marks: &[(&str, &'static str)]) -> Option<&'static str> {
    marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
}

/// The first product of an agent that is no browser: `curl/8.5.0` is `curl`.
fn product(agent: &str) -> String {
    let name = agent.trim().split(['/', ' ', '(']).next().unwrap_or_default();
    let name: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).take(40).collect();
    if name.is_empty() { "Unknown device".into() } else { name }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_label_is_short_plain_text(agent in "\\PC{0,300}") {
            let label = device_label(Some(&agent));
            prop_assert!(!label.is_empty() && label.len() <= 40);
            prop_assert!(label.chars().all(|c| c.is_ascii_alphanumeric() || " -_.".contains(c)));
        }
    }

    #[test]
    fn well_known_devices_are_named() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
        for (agent, label) in [
            (chrome, "Chrome on Windows"),
            (&format!("{chrome} Edg/126.0"), "Edge on Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.5.0", "curl"),
            ("<script>alert(1)</script>", "scriptalert"),
            ("", "Unknown device"),
        ] {
            assert_eq!(device_label(Some(agent)), label);
        }
        assert_eq!(device_label(None), "Unknown device");
    }
}
