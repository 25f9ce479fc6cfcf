use super::Path;

/// A part of a check's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MessagePart {
    /// Text as it stands.
    Text(String),
    /// The value at a path from the row checked.
    Value(Path),
}

/// Reads a message: `{path}` stands for a value, `{{` and `}}` for braces.
///
/// # Errors
/// What is wrong, and what would be accepted.
pub(crate) fn message_parts(message: &str) -> Result<Vec<MessagePart>, String> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            text.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            text.push('}');
            rest = after;
        } else if let Some((path, after)) = from.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            if !text.is_empty() {
                parts.push(MessagePart::Text(std::mem::take(&mut text)));
            }
            parts.push(MessagePart::Value(path.into()));
            rest = after;
        } else {
            let brace = &from[..1];
            return Err(format!(
                "has a '{brace}' without its other; write '{{path}}' for a value and '{brace}{brace}' for a brace"
            ));
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        parts.push(MessagePart::Text(text));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::{MessagePart, message_parts};

    #[test]
    fn messages_read_paths_and_braces() {
        let text = |text: &str| MessagePart::Text(text.to_owned());
        let value = |path: &str| MessagePart::Value(path.into());
        assert_eq!(message_parts(""), Ok(vec![]));
        assert_eq!(message_parts("plain"), Ok(vec![text("plain")]));
        assert_eq!(
            message_parts("承诺 {promise} 超过 {power.limit}"),
            Ok(vec![text("承诺 "), value("promise"), text(" 超过 "), value("power.limit")])
        );
        assert_eq!(message_parts("{key}{{x}}"), Ok(vec![value("key"), text("{x}")]));
        for wrong in ["{", "a } b", "{open"] {
            assert!(message_parts(wrong).is_err(), "{wrong}");
        }
    }
}
