//! Requests by client address and bucket, in the memory of this node. The counters that protect accounts are in the
//! database; these only keep one address from taking everybody's share.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DashMapStateStore,
};

use super::{
    routes::Bucket,
    settings::{Rate, Rates},
};
use crate::domain::{
    code::{Code, Refusal},
    ids::{CompanyId, ServiceCredentialId, UserId},
};

type Limiter<K = IpAddr> = RateLimiter<K, DashMapStateStore<K>, DefaultClock>;

/// One limiter for each bucket.
pub(super) struct Limits {
    credentials: Limiter,
    mfa: Limiter,
    refresh: Limiter,
    general: Limiter,
    public: Limiter,
    service: Limiter,
    key: Limiter<ServiceCredentialId>,
    account: Limiter<(CompanyId, UserId)>,
    company: Limiter<CompanyId>,
    clock: DefaultClock,
}

impl Limits {
    pub(super) fn new(rates: &Rates) -> Self {
        Self {
            credentials: limiter(rates.credentials),
            mfa: limiter(rates.mfa),
            refresh: limiter(rates.refresh),
            general: limiter(rates.general),
            public: limiter(rates.public),
            service: limiter(rates.service),
            key: limiter(rates.service),
            account: limiter(rates.account),
            company: limiter(rates.company),
            clock: DefaultClock::default(),
        }
    }

    /// Takes one request of `client` out of the bucket. Clients without an address (in-process tests) share one.
    pub(super) fn debit(&self, bucket: Bucket, client: Option<IpAddr>) -> Result<(), Refusal> {
        let limiter = match bucket {
            Bucket::Credentials => &self.credentials,
            Bucket::Mfa => &self.mfa,
            Bucket::Refresh => &self.refresh,
            Bucket::General => &self.general,
            Bucket::Public => &self.public,
            Bucket::Service => &self.service,
            Bucket::Free => return Ok(()),
        };
        let client = client.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), network);
        self.take(limiter, &client)
    }

    /// Takes one request out of what an account and its company may ask, from however many addresses.
    pub(super) fn debit_caller(&self, company: CompanyId, user: UserId) -> Result<(), Refusal> {
        self.take(&self.account, &(company, user))?;
        self.take(&self.company, &company)
    }

    /// Takes one request out of what one key of a service may ask, from however many addresses.
    pub(super) fn debit_key(&self, key: ServiceCredentialId) -> Result<(), Refusal> {
        self.take(&self.key, &key)
    }

    fn take<K: Hash + Eq + Clone>(&self, limiter: &Limiter<K>, key: &K) -> Result<(), Refusal> {
        limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now()).max(Duration::from_secs(1));
            Refusal::from(Code::TooManyRequests).after(wait)
        })
    }

    /// Forgets addresses whose buckets are full again.
    pub(super) fn sweep(&self) {
        for limiter in [&self.credentials, &self.mfa, &self.refresh, &self.general, &self.public, &self.service] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        self.key.retain_recent();
        self.key.shrink_to_fit();
        self.account.retain_recent();
        self.account.shrink_to_fit();
        self.company.retain_recent();
        self.company.shrink_to_fit();
    }
}

fn limiter<K: Hash + Eq + Clone>(rate: Rate) -> Limiter<K> {
    let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    RateLimiter::dashmap(Quota::per_second(at_least_one(rate.per_second)).allow_burst(at_least_one(rate.burst)))
}

/// A household of IPv6 gets a /64: counting single addresses would count nothing.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict() -> Limits {
        let rate = Rate { per_second: 1, burst: 2 };
        let company = Rate { per_second: 1, burst: 3 };
        Limits::new(&Rates { company, ..Rates::same(rate) })
    }

    #[test]
    fn the_third_request_at_once_waits_at_least_a_second_and_the_neighbour_does_not() {
        let limits = strict();
        let client = Some("192.0.2.1".parse().unwrap());
        assert!(limits.debit(Bucket::Credentials, client).is_ok());
        assert!(limits.debit(Bucket::Credentials, client).is_ok());
        let refusal = limits.debit(Bucket::Credentials, client).unwrap_err();
        assert_eq!(refusal.code, Code::TooManyRequests);
        assert!(refusal.retry_after.unwrap() >= Duration::from_secs(1));
        assert!(limits.debit(Bucket::Mfa, client).is_ok(), "buckets are apart");
        assert!(limits.debit(Bucket::Credentials, Some("192.0.2.2".parse().unwrap())).is_ok());
    }

    #[test]
    fn one_ipv6_network_counts_as_one_client_and_a_mapped_address_as_its_ipv4_self() {
        assert_eq!(network("2001:db8::1".parse().unwrap()), network("2001:db8::2".parse().unwrap()));
        assert_ne!(network("2001:db8:0:1::1".parse().unwrap()), network("2001:db8::1".parse().unwrap()));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn an_account_has_its_share_and_a_company_its_own_and_the_neighbour_feels_neither() {
        let limits = strict();
        let company = |n| CompanyId(uuid::Uuid::from_u128(n));
        let user = |n| UserId(uuid::Uuid::from_u128(n));
        let ask = |firm, person| limits.debit_caller(company(firm), user(person)).map_err(|refusal| refusal.code);
        assert_eq!([ask(1, 1), ask(1, 1), ask(1, 1)], [Ok(()), Ok(()), Err(Code::TooManyRequests)]);
        assert_eq!([ask(1, 2), ask(1, 2)], [Ok(()), Err(Code::TooManyRequests)], "the company's third was its last");
        assert_eq!(ask(2, 3), Ok(()));
    }

    #[test]
    fn a_key_has_its_share_from_however_many_addresses() {
        let limits = strict();
        let ask = |n| limits.debit_key(ServiceCredentialId(uuid::Uuid::from_u128(n))).map_err(|refusal| refusal.code);
        assert_eq!([ask(1), ask(1), ask(1), ask(2)], [Ok(()), Ok(()), Err(Code::TooManyRequests), Ok(())]);
    }

    #[test]
    fn the_free_bucket_never_refuses() {
        let limits = strict();
        assert!((0..100).all(|_| limits.debit(Bucket::Free, None).is_ok()));
    }
}
