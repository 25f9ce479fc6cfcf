//! Short ways to write the fields of the preset, each with its Chinese and English label.

use crate::schema::{Field, Labels, List, OnRemove, Presence, Type, Write};

fn labelled(ty: Type, zh: &str, en: &str) -> Field {
    Field::new(ty).labels(Labels::zh_en(zh, en))
}

pub(super) fn text(zh: &str, en: &str) -> Field {
    labelled(Type::Text, zh, en)
}

pub(super) fn texts(zh: &str, en: &str) -> Field {
    labelled(Type::set(Type::Text), zh, en)
}

pub(super) fn integer(zh: &str, en: &str) -> Field {
    labelled(Type::Integer, zh, en)
}

pub(super) fn boolean(zh: &str, en: &str) -> Field {
    labelled(Type::Boolean, zh, en)
}

pub(super) fn date(zh: &str, en: &str) -> Field {
    labelled(Type::Date, zh, en)
}

pub(super) fn dates(zh: &str, en: &str) -> Field {
    labelled(Type::set(Type::Date), zh, en)
}

pub(super) fn duration(zh: &str, en: &str) -> Field {
    labelled(Type::Duration, zh, en)
}

pub(super) fn code(scheme: &str, zh: &str, en: &str) -> Field {
    labelled(Type::code(scheme), zh, en)
}

pub(super) fn codes(scheme: &str, zh: &str, en: &str) -> Field {
    labelled(Type::set(Type::code(scheme)), zh, en)
}

pub(super) fn choice(vocabulary: &str, zh: &str, en: &str) -> Field {
    labelled(Type::choice(vocabulary), zh, en)
}

pub(super) fn choices(vocabulary: &str, zh: &str, en: &str) -> Field {
    labelled(Type::set(Type::choice(vocabulary)), zh, en)
}

pub(super) fn reference(list: &str, zh: &str, en: &str) -> Field {
    labelled(Type::reference(list), zh, en)
}

/// A set of references.
pub(super) fn references(list: &str, zh: &str, en: &str) -> Field {
    labelled(Type::set(Type::reference(list)), zh, en)
}

/// A derived list without a tier.
pub(super) fn view(zh: &str, en: &str) -> List {
    List::derived().labels(Labels::zh_en(zh, en))
}

/// References in the order in which they were written.
pub(super) fn citations(zh: &str, en: &str) -> Field {
    labelled(Type::sequence(Type::reference("articles")), zh, en)
}

/// The reference of a row that is owned by the row it refers to.
pub(super) fn owner(list: &str, zh: &str, en: &str) -> Field {
    reference(list, zh, en).on_remove(OnRemove::Cascade)
}

/// Declares fields of another list once more, as fields that nobody writes.
pub(super) fn carried(list: List, from: &List, names: &[&str]) -> List {
    names.iter().fold(list, |list, name| match from.fields.get(*name) {
        Some(field) => list.field(*name, unwritten(field)),
        // The rule that inherits it then names a field that is not there, and the schema says so.
        None => list,
    })
}

pub(super) fn unwritten(field: &Field) -> Field {
    Field { presence: Presence::Optional, write: Write::Locked, on_remove: OnRemove::Restrict, ..field.clone() }
}
