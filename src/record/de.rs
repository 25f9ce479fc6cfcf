mod row;
mod unread;
mod value;

use std::cell::Cell;

use serde::de::DeserializeOwned;

use self::{row::RowDeserializer, unread::Unread};
use super::{Record, RecordError, fields::Fields};

/// Reads a record as a struct, or as a map.
///
/// A missing value, and a field that the record does not have, are alike: `None` for an `Option`, the default for a
/// `#[serde(default)]` field, an empty list for a `Vec` or a set. Fields that the struct does not have are passed over, unless
/// it says `deny_unknown_fields`. A code reads as `scheme:text`, everything else that is text as it prints. A map,
/// a [`Record`] or a `serde_json::Value` takes all the fields, those with a missing value included where it can hold one.
///
/// ```
/// use quanze::{Date, Decimal, Duration, Record, record::from_record, working_days};
///
/// #[derive(Debug, PartialEq, serde::Deserialize)]
/// #[serde(rename_all = "snake_case")]
/// enum Kind {
///     Licence,
/// }
///
/// #[derive(Debug, PartialEq, serde::Deserialize)]
/// struct Power {
///     name: String,
///     kind: Kind,
///     limit: Option<Duration>,
///     since: Option<Date>,
///     fee: Decimal,
///     levels: Vec<String>,
/// }
///
/// let row = Record::new()
///     .with("name", "Food licence")
///     .with("kind", "licence")
///     .with("limit", working_days(20))
///     .with("fee", Decimal::from(50))
///     .with("remark", "passed over");
/// assert_eq!(
///     from_record::<Power>(&row)?,
///     Power {
///         name: "Food licence".into(),
///         kind: Kind::Licence,
///         limit: Some(working_days(20)),
///         since: None,
///         fee: Decimal::from(50),
///         levels: vec![],
///     },
/// );
/// # Ok::<(), quanze::RecordError>(())
/// ```
///
/// # Errors
/// [`RecordError`], naming the field, where the type does not take a value, or there is none and it needs one.
///
/// # Complexity
/// Linear in the size of the record. A list type without a default that meets a missing value costs a second reading.
pub fn from_record<T: DeserializeOwned>(record: &Record) -> Result<T, RecordError> {
    RecordReader::default().read(record)
}

/// Reads rows as values of one type, and remembers from row to row what it learns of the type.
///
/// Serde does not tell whether a struct's field has a default, which a missing value must leave alone, or takes an empty list
/// or the like, which it must be shown to. So missing values are held back at first; of a field that is then reported
/// missing it is known that it has no default, and the missing value is shown.
#[derive(Debug, Default)]
pub(crate) struct RecordReader {
    without_default: Vec<&'static str>,
}

/// What a map is shown of missing values; a struct is shown none at first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    Shown,
    HeldBack,
}

impl RecordReader {
    /// Reads a row.
    ///
    /// # Errors
    /// As for [`from_record`].
    pub(crate) fn read<T: DeserializeOwned, F: Fields>(&mut self, fields: &F) -> Result<T, RecordError> {
        let known = self.without_default.len();
        let shown = Cell::new(false);
        let mut result = self.learn(fields, Nulls::Shown, &shown);
        // A struct with flattened parts asks for a map, and may have defaults.
        if result.is_err() && shown.get() {
            result = self.learn(fields, Nulls::HeldBack, &shown);
        }
        if result.is_err() {
            self.without_default.truncate(known);
        }
        result
    }

    fn learn<T: DeserializeOwned, F: Fields>(
        &mut self,
        fields: &F,
        nulls: Nulls,
        shown: &Cell<bool>,
    ) -> Result<T, RecordError> {
        let mut reported = None;
        loop {
            let row = RowDeserializer { fields, nulls, shown, without_default: &self.without_default };
            match T::deserialize(row) {
                Ok(value) => return Ok(value),
                Err(Unread { absent: Some(name), error })
                    if !self.without_default.contains(&name) && is_missing(fields, name) =>
                {
                    self.without_default.push(name);
                    reported = Some(error);
                }
                // The earlier report names the field.
                Err(Unread { error, .. }) if error.field().is_none() => return Err(reported.unwrap_or(error)),
                Err(Unread { error, .. }) => return Err(error),
            }
        }
    }
}

fn position(fields: &impl Fields, name: &str) -> Option<usize> {
    (0..fields.count()).find(|at| fields.name(*at) == name)
}

fn is_missing(fields: &impl Fields, name: &str) -> bool {
    position(fields, name).is_none_or(|at| fields.value(at).is_missing())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde::Deserialize;

    use super::*;
    use crate::value::Value;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Body {
        name: String,
        levels: Vec<String>,
        duties: Vec<String>,
    }

    /// A row that counts how often a value is asked for.
    struct Counted {
        record: Record,
        asked: Cell<usize>,
    }

    impl Fields for Counted {
        fn count(&self) -> usize {
            self.record.count()
        }

        fn name(&self, at: usize) -> &str {
            Fields::name(&self.record, at)
        }

        fn value(&self, at: usize) -> Cow<'_, Value> {
            self.asked.set(self.asked.get() + 1);
            Fields::value(&self.record, at)
        }
    }

    fn counted(record: Record) -> Counted {
        Counted { record, asked: Cell::new(0) }
    }

    #[test]
    fn what_the_struct_lacks_is_not_asked_for() {
        let row = counted(
            Record::new().with("a", 1).with("name", "n").with("levels", ["l"]).with("duties", ["d"]).with("z", 2),
        );
        assert!(RecordReader::default().read::<Body, _>(&row).is_ok());
        assert_eq!(row.asked.get(), 3);
    }

    #[test]
    fn what_is_learned_of_a_type_serves_the_next_row() {
        let empty = Record::new().with("name", "n").with("levels", Value::Missing).with("duties", Value::Missing);
        let expect = Body { name: "n".into(), levels: vec![], duties: vec![] };
        let mut reader = RecordReader::default();
        assert_eq!(reader.read::<Body, _>(&empty).as_ref(), Ok(&expect));
        let row = counted(empty);
        assert_eq!(reader.read::<Body, _>(&row).as_ref(), Ok(&expect));
        assert_eq!(row.asked.get(), 3, "one reading, not three");
    }

    #[test]
    fn a_row_that_fails_teaches_nothing() {
        let mut reader = RecordReader::default();
        let error = reader.read::<Body, _>(&Record::new()).err();
        assert_eq!(error.as_ref().and_then(RecordError::field).map(crate::Name::as_str), Some("name"));
        assert!(reader.without_default.is_empty());
    }
}
