//! What both floors share: which kinds make rows of which lists, the registers of bodies, promises, packing.

use super::checksum::List;
use super::generator::{
    Body, BodyKey, ENFORCEMENT_KINDS, INSPECTION_SLOTS, Item, REGULATION_KINDS, SERVICE_KINDS, SERVICE_SLOTS,
    inspection_bodies, inspection_slots, service_bodies, service_slots,
};

/// A set of kinds, a bit each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kinds(u16);

impl Kinds {
    const fn new(kinds: &[u8]) -> Self {
        let mut bits = 0;
        let mut next = 0;
        while next < kinds.len() {
            bits |= 1 << kinds[next];
            next += 1;
        }
        Self(bits)
    }

    /// Tells whether the kind is in the set.
    #[inline]
    pub(super) const fn contain(self, kind: u8) -> bool {
        self.0 >> kind & 1 != 0
    }
}

/// The kinds that make service rows.
pub(super) const SERVICE: Kinds = Kinds::new(&SERVICE_KINDS);

/// The kinds that make regulation rows.
pub(super) const REGULATION: Kinds = Kinds::new(&REGULATION_KINDS);

/// The lists that an active item has one row in if its kind is in the set.
pub(super) const BY_KIND: [(List, Kinds); 3] =
    [(List::Service, SERVICE), (List::Enforcement, Kinds::new(&ENFORCEMENT_KINDS)), (List::Regulation, REGULATION)];

/// Both registers of bodies.
#[derive(Debug)]
pub(super) struct Bodies {
    service: Register,
    inspection: Register,
}

/// A register of bodies: their keys by ordinal, their ordinals by kind and slot.
#[derive(Debug)]
struct Register {
    keys: Vec<BodyKey>,
    ordinals: Vec<u16>,
    slots: usize,
}

impl Register {
    fn new(bodies: &[Body], slots: u8) -> Self {
        let keys = bodies.iter().map(|body| body.key).collect();
        let mut register = Self { keys, ordinals: vec![0; bodies.len()], slots: usize::from(slots) };
        for (ordinal, body) in (0..).zip(bodies) {
            let place = register.place(body.kind, body.slot);
            register.ordinals[place] = ordinal;
        }
        register
    }

    #[inline]
    fn place(&self, kind: u8, slot: u8) -> usize {
        usize::from(kind) * self.slots + usize::from(slot)
    }

    /// Returns the key of a body. It never panics, so that a key which nobody reads is not looked up.
    #[inline]
    fn key(&self, ordinal: u16) -> &[u8] {
        self.keys.get(usize::from(ordinal)).map_or(&[], |key| key.as_bytes())
    }

    fn bytes(&self) -> usize {
        self.keys.capacity() * size_of::<BodyKey>() + self.ordinals.capacity() * size_of::<u16>()
    }
}

impl Bodies {
    /// Takes the registers of the workload.
    pub(super) fn new() -> Self {
        Self {
            service: Register::new(&service_bodies(), SERVICE_SLOTS),
            inspection: Register::new(&inspection_bodies(), INSPECTION_SLOTS),
        }
    }

    /// Finds the service bodies of an item.
    #[inline]
    pub(super) fn service_family(&self, kind: u8, s: u8) -> [u16; 4] {
        service_slots(s).map(|slot| self.service.ordinals[self.service.place(kind, slot)])
    }

    /// Finds the inspection bodies of an item.
    #[inline]
    pub(super) fn inspection_family(&self, kind: u8, t: u8) -> [u16; 2] {
        inspection_slots(t).map(|slot| self.inspection.ordinals[self.inspection.place(kind, slot)])
    }

    /// Returns the key of a service body by its ordinal.
    #[inline]
    pub(super) fn service_key(&self, ordinal: u16) -> &[u8] {
        self.service.key(ordinal)
    }

    /// Returns the key of an inspection body by its ordinal.
    #[inline]
    pub(super) fn inspection_key(&self, ordinal: u16) -> &[u8] {
        self.inspection.key(ordinal)
    }

    /// Counts the bytes reserved.
    pub(super) fn bytes(&self) -> usize {
        self.service.bytes() + self.inspection.bytes()
    }
}

/// A promise that never tightens a limit: there is none.
const NO_PROMISE: u8 = u8::MAX;

/// The promised limits of an item, packed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Promises {
    /// By ordinal of the service family.
    limits: [u8; 4],
    /// The kind of the bodies that promise.
    kind: u8,
}

impl Promises {
    /// Packs the promises of an item.
    #[inline]
    pub(super) fn new(item: &Item) -> Self {
        let limits = item.promises.map(|promise| promise.unwrap_or(NO_PROMISE));
        Self { limits, kind: item.promised_kind }
    }

    /// Returns the effective limits of an item that is now of this kind and has this limit, by ordinal of its family.
    #[inline]
    pub(super) fn effective(self, kind: u8, limit: u8) -> [u8; 4] {
        let promises = if kind == self.kind { self.limits } else { [NO_PROMISE; 4] };
        promises.map(|promise| promise.min(limit))
    }
}

/// Copies a short slice into place: its length, and its elements followed by blanks.
#[inline]
pub(super) fn packed<T: Copy + Default, const N: usize>(slice: &[T]) -> (u8, [T; N]) {
    let mut place = [T::default(); N];
    place[..slice.len()].copy_from_slice(slice);
    (u8::try_from(slice.len()).expect("at most 255 elements"), place)
}
