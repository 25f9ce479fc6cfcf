use thiserror::Error;

use super::{ListSystem, Snapshot};
use crate::value::{Key, Name};

/// The first place in which a system differs from what deriving everything anew gives: a defect of the library.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{list}[{key}]{}: {detail}", field.as_ref().map(|field| format!(".{field}")).unwrap_or_default())]
pub struct Difference {
    /// The list; for a finding, the check.
    pub list: Name,
    /// The row.
    pub key: Key,
    /// The field, where the row is there in both.
    pub field: Option<Name>,
    /// What each of the two says.
    pub detail: String,
}

impl ListSystem {
    /// Derives everything anew from what is authored, and compares.
    ///
    /// # Errors
    /// [`Difference`], the first there is.
    ///
    /// # Complexity
    /// In the size of the system: everything is built once more.
    pub fn verify(&self) -> Result<(), Difference> {
        let state = self.state();
        let restored = Self::restore(self.schema.clone(), &state);
        if let Some(misfit) = restored.unfit.iter().next() {
            return Err(Difference {
                list: misfit.list.clone(),
                key: misfit.key.clone(),
                field: misfit.part.field().cloned(),
                detail: format!("what is authored does not fit its own schema: {}", misfit.text("en")),
            });
        }
        compare(&self.snapshot(), &restored.system.snapshot())
    }
}

fn compare(kept: &Snapshot, anew: &Snapshot) -> Result<(), Difference> {
    for (a, b) in kept.lists().zip(anew.lists()) {
        let difference =
            |key: Key, field: Option<Name>, detail: String| Difference { list: a.name().clone(), key, field, detail };
        let (mut kept_rows, mut new_rows) = (a.rows(), b.rows());
        loop {
            match (kept_rows.next(), new_rows.next()) {
                (None, None) => break,
                (Some(row), None) => {
                    return Err(difference(row.key(), None, "the row is kept, but not derived".into()));
                }
                (None, Some(row)) => {
                    return Err(difference(row.key(), None, "the row is derived, but not kept".into()));
                }
                (Some(row), Some(other)) => {
                    if row.key() != other.key() {
                        let detail = format!("the row derived in its place is '{}'", other.key());
                        return Err(difference(row.key(), None, detail));
                    }
                    for ((name, value), (_, derived)) in row.values().zip(other.values()) {
                        if value != derived {
                            let detail = format!("kept '{value}', derived '{derived}'");
                            return Err(difference(row.key(), Some(name.clone()), detail));
                        }
                    }
                }
            }
        }
    }
    let (kept, anew) = (kept.findings(), anew.findings());
    let only = kept.iter().find(|f| !anew.contains(f)).map(|f| (f, "is kept, but not derived"));
    let only = only.or_else(|| anew.iter().find(|f| !kept.contains(f)).map(|f| (f, "is derived, but not kept")));
    match only {
        Some((finding, how)) => Err(Difference {
            list: finding.check().clone(),
            key: finding.key().clone(),
            field: None,
            detail: format!("the finding {how}: {}", finding.message("en")),
        }),
        None => Ok(()),
    }
}
