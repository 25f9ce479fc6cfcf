use std::borrow::Cow;

use super::Record;
use crate::value::Value;

/// What a struct can be read from: named values by position, each found out only when it is asked for.
pub(crate) trait Fields {
    /// Returns the number of fields.
    fn count(&self) -> usize;

    /// Returns the name of the field at a position below the count.
    fn name(&self, at: usize) -> &str;

    /// Returns the value of the field at a position below the count.
    fn value(&self, at: usize) -> Cow<'_, Value>;
}

impl Fields for Record {
    fn count(&self) -> usize {
        self.fields.len()
    }

    fn name(&self, at: usize) -> &str {
        self.fields.get_index(at).map_or("", |(name, _)| name.as_str())
    }

    fn value(&self, at: usize) -> Cow<'_, Value> {
        self.fields.get_index(at).map_or(Cow::Owned(Value::Missing), |(_, value)| Cow::Borrowed(value))
    }
}
