//! Days that come, and what takes effect with them.

use super::{Committed, Deed, Office, OfficeError, Person, lists};
use crate::{
    system::{ChangeSet, Edits},
    value::{Date, Value},
};

impl Office {
    /// Lets a day come: each published change whose day it is, or was, is compiled against the lists as they are now and applied as a revision
    /// of its own, in the order of their days. One that no longer fits is held, and found as such until it is taken up again.
    ///
    /// Returns what took effect, and what is held. The row of `today`, by which checks tell what has run out, is the caller's to set.
    ///
    /// # Errors
    /// [`OfficeError`] where the day is before that of the last record.
    #[doc(alias = "按期生效")]
    pub fn advance(&mut self, day: Date, by: Person) -> Result<Advanced, OfficeError> {
        self.check(day, &by)?;
        let mut advanced = Advanced::default();
        let mut made: Vec<(Committed, ChangeSet)> = Vec::new();
        for (effective, name) in self.due(day) {
            let Some(dossier) = self.dossiers.get(&name).cloned() else { continue };
            let taken = self.take_effect(&name, &dossier.package, dossier.publication.as_ref(), effective, day);
            match taken {
                Ok(commit) => {
                    advanced.in_effect.push(name);
                    made.push(commit);
                }
                Err(why) => {
                    if self.is_held(&name, &why.text("zh")) {
                        advanced.held.push((name, why));
                        continue;
                    }
                    let edits = Edits::new()
                        .cause(dossier.package.title.as_str())
                        .set(lists::PLANNED, &name, "state", lists::HELD)
                        .set(lists::PLANNED, &name, "why", why.text("zh"));
                    // A row that is there takes a state and a text.
                    if let Ok(commit) = self.commit(edits, day) {
                        advanced.held.push((name, why));
                        made.push(commit);
                    }
                }
            }
        }
        self.perform(day, by, Deed::Advance { day }, made);
        Ok(advanced)
    }

    /// Whether a package is held already, for the same reason.
    fn is_held(&self, name: &str, why: &str) -> bool {
        let planned = self.system.list(lists::PLANNED).ok();
        planned.and_then(|planned| planned.row(name)).is_some_and(|row| {
            let is = |field: &str, value: &str| row.get(field).is_ok_and(|it| it.to_string() == value);
            is("state", lists::HELD) && is("why", why)
        })
    }

    /// Returns what is to take effect by a day, in the order of days and names: what waits, and what is held.
    fn due(&self, day: Date) -> Vec<(Date, String)> {
        let Ok(planned) = self.system.list(lists::PLANNED) else { return Vec::new() };
        let mut due: Vec<(Date, String)> = planned
            .rows()
            .filter_map(|row| {
                let state = row.get("state").ok()?.to_string();
                let Value::Date(on) = row.get("effective_on").ok()? else { return None };
                let waits = [lists::WAITING, lists::HELD].contains(&state.as_str());
                (waits && on <= day).then(|| (on, name_of(&row)))
            })
            .collect();
        due.sort();
        due
    }

    fn take_effect(
        &mut self,
        name: &str,
        package: &crate::governance::case::Package,
        publication: Option<&super::Publication>,
        effective: Date,
        on: Date,
    ) -> Result<(Committed, ChangeSet), OfficeError> {
        let compiled = self.compiled(package, effective, publication)?;
        let edits = compiled.edits.set(lists::PLANNED, name, "state", lists::IN_EFFECT).set(
            lists::PLANNED,
            name,
            "why",
            Value::Missing,
        );
        let edits = self.with_reviews(name, edits, on, &package.title)?;
        self.commit(edits, effective)
    }
}

/// Returns the package that a row of planned changes is of: the one segment of its key.
fn name_of(row: &crate::Row<'_>) -> String {
    let key = row.key();
    key.segments().map(std::borrow::Cow::into_owned).next().unwrap_or_default()
}

/// What came with a day.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Advanced {
    /// The packages that took effect.
    pub in_effect: Vec<String>,
    /// Those that no longer fit, and why.
    pub held: Vec<(String, OfficeError)>,
}
