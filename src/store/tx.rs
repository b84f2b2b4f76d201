//! The two kinds of unit of work, and the proof that one was committed.

use std::{
    ops::Deref,
    sync::atomic::{AtomicBool, Ordering},
};

use super::unit::Unit;
use crate::domain::ids::CompanyId;

/// A transaction that sees one company. The aggregates' methods are in the files named after them.
pub struct TenantTx {
    pub(super) unit: Unit,
    pub(super) company: CompanyId,
    recorded: AtomicBool,
}

impl TenantTx {
    pub(super) fn new(unit: Unit, company: CompanyId) -> Self {
        Self { unit, company, recorded: AtomicBool::new(false) }
    }

    /// The company this transaction is walled to.
    pub fn company_id(&self) -> CompanyId {
        self.company
    }

    pub(super) fn note_recorded(&self) {
        self.recorded.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_recorded(&self) -> bool {
        self.recorded.load(Ordering::Relaxed)
    }

    pub(super) fn into_unit(self) -> Unit {
        self.unit
    }
}

/// A transaction across companies, limited by the policies of the sequencer role.
pub struct SystemTx {
    pub(super) unit: Unit,
}

impl SystemTx {
    pub(super) fn new(unit: Unit) -> Self {
        Self { unit }
    }

    pub(super) fn into_unit(self) -> Unit {
        self.unit
    }
}

/// Something that is committed. Only the store makes one, so whoever demands it cannot be handed a hope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed<T>(T);

impl<T> Committed<T> {
    pub(super) fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, and something that was committed with it.
    pub(crate) fn split<A, B>(self) -> (A, Committed<B>)
    where
        T: Into<(A, B)>,
    {
        let (first, second) = self.0.into();
        (first, Committed(second))
    }

    /// The value itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Committed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
