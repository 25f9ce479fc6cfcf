//! The derived lists written down plainly, as the specification says them: what every engine's answer is checked
//! against.

use std::collections::BTreeMap;

use super::checksum::{Key, List, Row, Step, Sum, Tag, Total};
use super::generator::{
    ENFORCEMENT_KINDS, Item, REGULATION_KINDS, SERVICE_KINDS, inspection_body_key, inspection_slots, scenarios,
    service_body_key, service_slots,
};

/// Derives every row of every list from the items; hands each to `each`, and returns the department totals.
pub(crate) fn derive(items: &[Item], mut each: impl FnMut(&Row<'_>)) -> BTreeMap<u8, Total> {
    let mut totals = BTreeMap::<u8, Total>::new();
    for item in items.iter().filter(|item| item.active) {
        for (list, kinds) in [
            (List::Service, &SERVICE_KINDS[..]),
            (List::Enforcement, &ENFORCEMENT_KINDS),
            (List::Regulation, &REGULATION_KINDS),
        ] {
            if kinds.contains(&item.kind) {
                each(&row_of(item, list, Step::Item));
            }
        }
        for (list, flag) in [List::Fees, List::Intermediary, List::Territorial].into_iter().zip(item.flags) {
            if flag {
                each(&row_of(item, list, Step::Item));
            }
        }
        for co_department in &item.co_departments {
            each(&row_of(item, List::Boundary, Step::CoDepartment(*co_department)));
        }
        if SERVICE_KINDS.contains(&item.kind) {
            for (slot, promise) in service_slots(item.s).into_iter().zip(item.promises) {
                let body = service_body_key(item.kind, slot);
                let promise = promise.filter(|_| item.kind == item.promised_kind);
                let effective = promise.unwrap_or(item.limit).min(item.limit);
                let implementation = row_of(item, List::ServiceImplementation, Step::Body(body.as_bytes()));
                each(&Row { effective, ..implementation });
                for scenario in scenarios(item.kind) {
                    let name = format!("{} {scenario}", item.name);
                    let step = Step::BodyScenario(body.as_bytes(), scenario.as_bytes());
                    each(&Row { effective, name: name.as_bytes(), ..row_of(item, List::Handling, step) });
                    let total = totals.entry(item.department).or_default();
                    total.rows += 1;
                    total.sum += u64::from(effective);
                }
            }
        }
        if REGULATION_KINDS.contains(&item.kind) {
            for slot in inspection_slots(item.t) {
                let body = inspection_body_key(item.kind, slot);
                each(&row_of(item, List::InspectionImplementation, Step::Body(body.as_bytes())));
            }
        }
    }
    totals
}

/// Returns the row of an item in a list, with the item's own name and limit.
fn row_of<'a>(item: &'a Item, list: List, step: Step<'a>) -> Row<'a> {
    Row {
        key: Key { list, code: item.code.as_bytes(), step },
        name: item.name.as_bytes(),
        kind: item.kind,
        department: item.department,
        articles: &item.articles,
        limit: item.limit,
        effective: item.limit,
    }
}

/// Sums the whole derived state.
pub(crate) fn state(items: &[Item]) -> Sum {
    let mut sum = Sum::default();
    let totals = derive(items, |row| sum.add(row.hash(Tag::Inserted)));
    for (department, total) in totals {
        sum.add_total(department, total);
    }
    sum
}

/// Sums the handling list.
pub(crate) fn handling(items: &[Item]) -> Sum {
    let mut sum = Sum::default();
    derive(items, |row| {
        if row.key.list == List::Handling {
            sum.add(row.hash(Tag::Inserted));
        }
    });
    sum
}
