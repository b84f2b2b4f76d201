//! What a device is known by. A browser carries a cookie of its own; a program is known by its `User-Agent` and the
//! network it calls from. Only digests are kept, and nobody gets in by a device alone: whoever signs in from a known one
//! has a counter of guesses for themselves, so that strangers cannot lock them out, and one not seen before is told.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use sha2::{Digest, Sha256};

/// A device, as far as it shows itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceMark([u8; 32]);

impl DeviceMark {
    /// A browser with this device cookie.
    pub fn of_cookie(value: &str) -> Self {
        Self::of("cookie", value, "")
    }

    /// A program with this `User-Agent` in the network of this address.
    pub fn of_program(user_agent: Option<&str>, address: IpAddr) -> Self {
        Self::of("program", &network(address).to_string(), user_agent.unwrap_or_default())
    }

    /// The network of this address, whatever calls from it.
    pub fn of_network(address: IpAddr) -> Self {
        Self::of("network", &network(address).to_string(), "")
    }

    fn of(kind: &str, first: &str, second: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [kind, first, second] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The bytes that keyed digests are made of.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for DeviceMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceMark(…)")
    }
}

/// The network a program calls from: the /24 of an IPv4 address, the /48 of an IPv6 one. Loopback is no network: there
/// every address is its own.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        address if address.is_loopback() => address,
        IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8))),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 80))),
    }
}

/// The source that is counted when one place tries many accounts: an IPv4 address, the /64 of an IPv6 one.
pub fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(agent: &str, address: &str) -> DeviceMark {
        DeviceMark::of_program(Some(agent), address.parse().unwrap())
    }

    #[test]
    fn a_program_keeps_its_mark_within_its_network_and_loses_it_with_another_agent_or_network() {
        let home = program("curl/8", "192.0.2.7");
        assert_eq!(home, program("curl/8", "192.0.2.200"));
        assert_eq!(home, program("curl/8", "::ffff:192.0.2.9"));
        assert_ne!(home, program("curl/9", "192.0.2.7"));
        assert_ne!(home, program("curl/8", "192.0.3.7"));
        assert_eq!(program("a", "2001:db8:1:2::1"), program("a", "2001:db8:1:3::9"));
        assert_ne!(program("a", "2001:db8:1::1"), program("a", "2001:db8:2::1"));
        assert_ne!(program("a", "127.0.0.1"), program("a", "127.0.0.2"));
    }

    #[test]
    fn a_network_is_the_same_for_all_its_addresses_and_no_program_without_a_name() {
        let network = |address: &str| DeviceMark::of_network(address.parse().unwrap());
        assert_eq!(network("192.0.2.7"), network("::ffff:192.0.2.200"));
        assert_ne!(network("192.0.2.7"), network("192.0.3.7"));
        assert_ne!(network("192.0.2.7"), DeviceMark::of_program(None, "192.0.2.7".parse().unwrap()));
    }

    #[test]
    fn cookies_and_programs_never_meet_and_no_mark_shows_itself() {
        let address = "192.0.2.0".parse().unwrap();
        assert_ne!(DeviceMark::of_cookie("192.0.2.0"), DeviceMark::of_program(None, address));
        assert_ne!(DeviceMark::of_cookie("a"), DeviceMark::of_cookie("b"));
        assert_eq!(format!("{:?}", DeviceMark::of_cookie("a")), "DeviceMark(…)");
    }
}
