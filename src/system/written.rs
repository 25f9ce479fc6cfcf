use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::edits::{Edit, FieldRef, Input, ListRef, Verb};
use crate::value::Value;

/// An edit as it is read: what no verb has is refused here, and what its own verb has no use for when it becomes an [`Edit`].
/// So no misspelt reason is lost in silence.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    r#do: Do,
    list: ListRef,
    key: Arc<str>,
    record: Option<Input>,
    field: Option<FieldRef>,
    #[serde(default, deserialize_with = "given")]
    value: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    element: Option<Value>,
    reason: Option<Arc<str>>,
    to: Option<Arc<str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Do {
    Insert,
    Replace,
    Set,
    Remove,
    Author,
    Clear,
    Forget,
    Add,
    Discard,
    Rekey,
}

/// A value that is given is there, even if it says that there is none.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Takes what a verb needs.
fn needed<T>(part: &mut Option<T>, name: &str) -> Result<T, String> {
    part.take().ok_or_else(|| format!("missing field `{name}`"))
}

impl TryFrom<Written> for Edit {
    type Error = String;

    fn try_from(mut of: Written) -> Result<Self, String> {
        let verb = match of.r#do {
            Do::Insert => Verb::Insert { record: needed(&mut of.record, "record")? },
            Do::Replace => Verb::Replace { record: needed(&mut of.record, "record")? },
            Do::Set => Verb::Set { field: needed(&mut of.field, "field")?, value: needed(&mut of.value, "value")? },
            Do::Remove => Verb::Remove,
            Do::Author => Verb::Author {
                field: needed(&mut of.field, "field")?,
                value: needed(&mut of.value, "value")?,
                reason: of.reason.take(),
            },
            Do::Clear => Verb::Clear { field: needed(&mut of.field, "field")? },
            Do::Forget => Verb::Forget,
            Do::Add => {
                Verb::Add { field: needed(&mut of.field, "field")?, element: needed(&mut of.element, "element")? }
            }
            Do::Discard => {
                Verb::Discard { field: needed(&mut of.field, "field")?, element: needed(&mut of.element, "element")? }
            }
            Do::Rekey => Verb::Rekey { to: needed(&mut of.to, "to")? },
        };
        let left = [
            ("record", of.record.is_some()),
            ("field", of.field.is_some()),
            ("value", of.value.is_some()),
            ("element", of.element.is_some()),
            ("reason", of.reason.is_some()),
            ("to", of.to.is_some()),
        ];
        match left.iter().find(|(_, is_left)| *is_left) {
            Some((name, _)) => Err(format!("the edit of '{}' has no use for the field `{name}`", of.key)),
            None => Ok(Self { list: of.list, key: of.key, verb }),
        }
    }
}
