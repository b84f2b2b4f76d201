//! Which companies have a supervisor on this node. Starts one on first use, replaces one that panicked, and lets idle
//! ones go. It owns no tenant: another node may have a supervisor for the same company.

use std::{
    collections::HashSet,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use actix::{Actor as _, Addr, ArbiterHandle, Recipient};
use dashmap::{DashMap, mapref::entry::Entry};
use futures_util::{
    FutureExt,
    future::{BoxFuture, ready},
};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::{
    Command, Place, Services, Settings, Tenants,
    hub::{Attached, Counters, Push, SocketId},
    seat::{Listening, Seat},
    supervisor::{
        Attach, Detach, HasRoom, HeadMoved, LeftElsewhere, Order, Placed, ReleaseSockets, Renewed, Revoke, Sequenced,
        Supervisor, WhoIsHere,
    },
};
use crate::{
    domain::{
        audit::AuditRow,
        code::{Code, Refusal},
        ids::{CompanyId, SessionId},
        principal::Principal,
        session::Departure,
    },
    signals::meter,
    store::RevocationRow,
    stream::Audience,
};

/// Commands of one company in flight. The nobody company carries every unknown address, so its bound must never be
/// felt before the hashing queue's: else a full house would tell known from unknown.
fn permits_of(company: CompanyId, settings: &Settings) -> usize {
    if company == CompanyId::NOBODY { settings.permits * 64 } else { settings.permits }
}

/// The supervisors of this node by company.
pub struct Directory {
    seats: DashMap<CompanyId, Seat>,
    arbiters: Vec<ArbiterHandle>,
    generation: AtomicU64,
    counters: Arc<Counters>,
    me: Weak<Self>,
}

impl Directory {
    /// An empty directory whose supervisors will live on the given arbiters (at least one).
    pub fn new(arbiters: Vec<ArbiterHandle>) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            seats: DashMap::new(),
            arbiters,
            generation: AtomicU64::new(1),
            counters: Arc::default(),
            me: me.clone(),
        })
    }

    /// Hands a command to its company's supervisor and waits for the outcome.
    pub(super) async fn order<C: Command>(
        &self,
        tenants: &Tenants,
        place: Place,
        command: C,
    ) -> Result<C::Output, Refusal> {
        let (seat, permit) = self.admitted(tenants.services(), place.company)?;
        let (reply, outcome) = oneshot::channel();
        let (span, sent) = (tracing::Span::current(), Instant::now());
        seat.supervisor.do_send(Order { command, place, tenants: tenants.clone(), permit, reply, span, sent });
        // The reply is lost only together with the supervisor.
        outcome.await.unwrap_or_else(|_| Err(Code::Unavailable.into()))
    }

    /// Attaches a live socket. `head` is how far the company's stream has come in the database.
    pub(super) async fn attach(
        &self,
        services: &Arc<Services>,
        principal: Principal,
        socket: Recipient<Push>,
        head: i64,
    ) -> Result<Attached, Refusal> {
        let (seat, _permit) = self.admitted(services, principal.company)?;
        let attached = seat.supervisor.send(Attach { principal, socket, head }).await;
        attached.unwrap_or_else(|_| Err(Code::Unavailable.into()))
    }

    /// Whether the caller may have one more live socket on this node.
    pub(super) async fn has_room(&self, services: &Arc<Services>, principal: Principal) -> Result<bool, Refusal> {
        let (seat, _permit) = self.admitted(services, principal.company)?;
        seat.supervisor.send(HasRoom(principal)).await.map_err(|_| Code::Unavailable.into())
    }

    /// Which sessions of the company have a live socket on this node.
    pub(super) async fn present(&self, company: CompanyId) -> HashSet<SessionId> {
        let supervisor = self.seats.get(&company).map(|seat| seat.supervisor.clone());
        match supervisor {
            Some(supervisor) => supervisor.send(WhoIsHere).await.unwrap_or_default(),
            None => HashSet::new(),
        }
    }

    /// Takes a live socket out, if its supervisor still knows it.
    pub(super) fn detach(&self, company: CompanyId, socket: SocketId, answered: bool) {
        self.tell(company, |supervisor| supervisor.do_send(Detach { socket, answered }));
    }

    /// A live socket's access token was renewed.
    pub(super) fn renewed(&self, socket: SocketId, principal: Principal) {
        self.tell(principal.company, |supervisor| supervisor.do_send(Renewed(socket, principal.clone())));
    }

    /// The node stops: every live socket is told to come again (close code 1012).
    pub(super) fn release_sockets(&self) {
        self.seats.iter().for_each(|seat| seat.supervisor.do_send(ReleaseSockets));
    }

    /// Whether the company has a supervisor here already.
    pub(super) fn serves(&self, company: CompanyId) -> bool {
        company == CompanyId::NOBODY || self.seats.contains_key(&company)
    }

    /// How many companies have a supervisor on this node.
    pub(super) fn companies(&self) -> usize {
        self.seats.len()
    }

    /// Permits in use, of all companies together.
    pub(super) fn permits_in_use(&self) -> usize {
        self.seats.iter().map(|seat| seat.in_use()).sum()
    }

    /// Which of the supervisors started by this node a company has now; a later one has a higher number. For metrics.
    pub fn generation(&self, company: CompanyId) -> Option<u64> {
        self.seats.get(&company).map(|seat| seat.generation)
    }

    /// What the hubs of this node have counted.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Closes the sockets a revocation concerns and counts them.
    pub(super) async fn close_sockets(&self, revocation: &RevocationRow) -> usize {
        let supervisor = self.seats.get(&revocation.company).map(|seat| seat.supervisor.clone());
        match supervisor {
            Some(supervisor) => closing(&supervisor, revocation).await,
            None => 0,
        }
    }

    /// Lets an idle supervisor go if no message is on its way to it. Whoever sends one holds a permit, so all permits
    /// being there proves it; the entry is held meanwhile. False: somebody came, or a newer one has its place already.
    pub(super) fn put_away(&self, company: CompanyId, generation: u64) -> bool {
        let gone = self.seats.remove_if(&company, |_, seat| seat.generation == generation && seat.is_unused());
        gone.is_some()
    }

    /// A living seat and one of its permits. The permit keeps the supervisor from being put away meanwhile.
    fn admitted(&self, services: &Arc<Services>, company: CompanyId) -> Result<(Seat, OwnedSemaphorePermit), Refusal> {
        loop {
            // Taken while the entry is held: a supervisor that puts itself away holds it too, so whoever finds no permit
            // here meets a full house and never one that is just being closed.
            if let Some(seat) = self.seats.get(&company).filter(|seat| seat.is_alive()) {
                let permit = Arc::clone(&seat.permits).try_acquire_owned();
                let permit = permit.inspect_err(|_| meter::permits_gone()).map_err(|_| Code::TooManyRequests)?;
                return Ok((seat.clone(), permit));
            }
            self.seat(services, company)?;
        }
    }

    fn seat(&self, services: &Arc<Services>, company: CompanyId) -> Result<Seat, Refusal> {
        if let Some(seat) = self.seats.get(&company).filter(|seat| seat.is_alive()) {
            return Ok(seat.clone());
        }
        match self.seats.entry(company) {
            Entry::Occupied(seat) if seat.get().is_alive() => Ok(seat.get().clone()),
            Entry::Occupied(mut broken) => {
                let fresh = self.successor(services, company, broken.get())?;
                broken.insert(fresh.clone());
                Ok(fresh)
            }
            Entry::Vacant(free) => Ok(free.insert(self.start(services, company, false)).clone()),
        }
    }

    /// A fresh supervisor for one that panicked; none while it panics too often.
    fn successor(&self, services: &Arc<Services>, company: CompanyId, broken: &Seat) -> Result<Seat, Refusal> {
        let now = Instant::now();
        let panics = broken.panics_with(now);
        if let Some(wait) = Seat::quarantine(&panics, now) {
            return Err(Refusal::from(Code::Unavailable).after(wait));
        }
        meter::supervisor_lost();
        tracing::error!(%company, "a supervisor was lost; a fresh one goes on from the database");
        Ok(self.start(services, company, true).remember(panics))
    }

    fn start(&self, services: &Arc<Services>, company: CompanyId, heir: bool) -> Seat {
        let generation = self.generation.fetch_add(1, Ordering::Relaxed);
        let room = permits_of(company, &services.settings);
        let (listening, counters) = (Arc::<Listening>::default(), Arc::clone(&self.counters));
        let placed = Placed { generation, listening: Arc::clone(&listening), counters, heir };
        let (services, me) = (Arc::clone(services), self.me.clone());
        let turn = usize::try_from(generation).unwrap_or_default();
        let arbiter = &self.arbiters[turn % self.arbiters.len()];
        let supervisor = Supervisor::start_in_arbiter(arbiter, move |_| Supervisor::new(company, services, me, placed));
        Seat::new(supervisor, generation, room, listening)
    }

    fn tell(&self, company: CompanyId, say: impl FnOnce(&Addr<Supervisor>)) {
        if let Some(seat) = self.seats.get(&company) {
            say(&seat.supervisor);
        }
    }
}

/// Tells the supervisor now; how many sockets it closed comes later.
fn closing(supervisor: &Addr<Supervisor>, revocation: &RevocationRow) -> BoxFuture<'static, usize> {
    let (told, closed) = oneshot::channel();
    supervisor.do_send(Revoke { revocation: *revocation, told });
    // A supervisor that is lost has let its sockets go.
    Box::pin(closed.map(Result::unwrap_or_default))
}

impl Audience for Directory {
    fn sequenced(&self, company: CompanyId, rows: Vec<Arc<AuditRow>>) {
        self.tell(company, |supervisor| supervisor.do_send(Sequenced { rows }));
    }

    fn revoked(&self, revocation: &RevocationRow) -> BoxFuture<'static, usize> {
        match self.seats.get(&revocation.company) {
            Some(seat) => closing(&seat.supervisor, revocation),
            None => Box::pin(ready(0)),
        }
    }

    fn listening(&self) -> Vec<(CompanyId, i64)> {
        self.seats.iter().filter_map(|seat| Some((*seat.key(), seat.listening.told()?))).collect()
    }

    fn head_moved(&self, company: CompanyId, head: i64) {
        self.tell(company, |supervisor| supervisor.do_send(HeadMoved(head)));
    }

    fn left(&self, departure: &Departure) {
        self.tell(departure.company, |supervisor| supervisor.do_send(LeftElsewhere(*departure)));
    }
}
