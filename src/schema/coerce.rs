//! How a value as it is written becomes a value of a type; the one place where writing is lenient.

use std::{borrow::Cow, cmp::Ordering, fmt, str::FromStr};

use super::{
    Type, Vocabulary,
    error::{hint, shortened_list},
    typing::Typing,
};
use crate::value::{Code, Decimal, Duration, Key, Name, Value};

/// The units of durations that every schema has.
pub(crate) const BUILT_IN_UNITS: [&str; 5] = ["working_days", "days", "hours", "months", "years"];

/// Why a value does not fit a type, and what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch(String);

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mismatch {}

impl Typing<'_> {
    /// Reads a value as one of a type: the variant returned is that of the type.
    ///
    /// A value is read as its JSON form is, so that storing an edit or a literal changes nothing: text becomes a date, an
    /// amount, a duration, a code, a choice or a reference; an integer becomes an amount where one is expected. Elements
    /// of a set are sorted; a list without elements is missing.
    ///
    /// # Errors
    /// [`Mismatch`], which says what would be accepted.
    pub(crate) fn coerce(self, value: &Value, ty: &Type) -> Result<Value, Mismatch> {
        if value.is_missing() {
            return Ok(Value::Missing);
        }
        match ty {
            Type::Set(element) => {
                let mut elements = self.elements(value, element, ty)?;
                elements.sort_by(|a, b| self.value_cmp(element, a, b));
                Ok(list_of(elements))
            }
            Type::Sequence(element) => self.elements(value, element, ty).map(list_of),
            Type::Boolean => match value {
                Value::Boolean(_) => Ok(value.clone()),
                _ => Err(refuse(value, "a boolean is true or false")),
            },
            Type::Integer => match value {
                Value::Integer(_) => Ok(value.clone()),
                _ => Err(refuse(value, "an integer is a whole number, written without quotes")),
            },
            Type::Decimal => match value {
                Value::Decimal(_) => Ok(value.clone()),
                Value::Integer(number) => Ok(Value::Decimal((*number).into())),
                _ => parsed(value, "a decimal amount reads like \"12.50\"").map(Value::Decimal),
            },
            Type::Date => match value {
                Value::Date(_) => Ok(value.clone()),
                _ => parsed(value, "a date reads like \"2024-03-31\"").map(Value::Date),
            },
            Type::Duration => {
                let duration = match value {
                    Value::Duration(duration) => duration.clone(),
                    _ => parsed(value, "a duration reads like \"10 working_days\"")?,
                };
                self.known_unit(&duration)?;
                Ok(Value::Duration(duration))
            }
            Type::Text => text_for(value, "text is accepted").map(|text| Value::Text(text.into())),
            Type::Code(scheme) => {
                let code = match value {
                    Value::Code(code) => code.clone(),
                    _ => Code::from(text_for(value, "a code reads like \"scheme:text\"")?.into_owned()),
                };
                self.known_scheme_of(code, scheme).map(Value::Code)
            }
            Type::Choice(vocabulary) => self.choice(value, vocabulary),
            Type::Reference(list) => reference(value, list),
        }
    }

    fn elements(self, value: &Value, element: &Type, ty: &Type) -> Result<Vec<Value>, Mismatch> {
        let Value::List(values) = value else {
            return Err(refuse(value, &format!("a {ty} is a list of elements")));
        };
        if element.element().is_some() {
            return Err(Mismatch("a list in a list is not accepted; the elements of a list are single values".into()));
        }
        let mut elements: Vec<Value> = Vec::with_capacity(values.len());
        for value in values {
            let element = self.coerce(value, element)?;
            if element.is_missing() {
                return Err(Mismatch("an element is missing; the elements of a list are present".into()));
            }
            // An element must be able to be a step of a key.
            if let Value::Text(text) = &element
                && let Err(error) = Key::root(text)
            {
                return Err(Mismatch(format!("the element {} can be no step of a key: {error}", quoted(&element))));
            }
            if let Value::Code(code) = &element
                && let Err(error) = Key::root(&code.to_string())
            {
                return Err(Mismatch(format!("the element {} can be no step of a key: {error}", quoted(&element))));
            }
            elements.push(element);
        }
        let mut sorted: Vec<&Value> = elements.iter().collect();
        sorted.sort();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Mismatch(format!("the element {} is there twice; elements are different", quoted(pair[0]))));
        }
        Ok(elements)
    }

    fn known_unit(self, duration: &Duration) -> Result<(), Mismatch> {
        let unit = duration.unit().as_str();
        if BUILT_IN_UNITS.contains(&unit) || self.spec.units.contains_key(unit) {
            return Ok(());
        }
        let known = BUILT_IN_UNITS.into_iter().chain(self.spec.units.keys().map(Name::as_str));
        Err(Mismatch(format!("there is no unit '{}'; {}", shortened(unit), hint(unit, known))))
    }

    fn known_scheme_of(self, code: Code, default: &Name) -> Result<Code, Mismatch> {
        let code = if code.scheme().as_str().is_empty() { Code::new(default, code.text()) } else { code };
        let scheme = code.scheme().as_str();
        if self.spec.code_schemes.contains_key(scheme) {
            return Ok(code);
        }
        let hint = hint(scheme, self.spec.code_schemes.keys().map(Name::as_str));
        if scheme.is_empty() {
            return Err(Mismatch(format!("the code '{}' names no scheme; {hint}", shortened(code.text()))));
        }
        Err(Mismatch(format!("there is no code scheme '{}'; {hint}", shortened(scheme))))
    }

    fn choice(self, value: &Value, vocabulary: &Name) -> Result<Value, Mismatch> {
        const SHOWN: usize = 12;
        let Some(Vocabulary { choices, .. }) = self.spec.vocabularies.get(vocabulary) else {
            return Err(Mismatch(format!("there is no vocabulary '{vocabulary}'")));
        };
        let accepted = || format!("'{vocabulary}' has {}", shortened_list(choices.keys().map(Name::as_str), SHOWN));
        let Some(text) = wire_text(value) else { return Err(refuse(value, &accepted())) };
        match choices.get_key_value(&*text) {
            Some((code, _)) => Ok(Value::Choice(code.clone())),
            None => Err(refuse(value, &accepted())),
        }
    }

    /// Compares two values of a type in the value order: that of sets, of declared orders, and of the least and the
    /// largest. Missing comes first; choices stand in the order of their vocabulary.
    pub(crate) fn value_cmp(self, ty: &Type, a: &Value, b: &Value) -> Ordering {
        match (a, b) {
            (Value::Choice(left), Value::Choice(right)) => {
                let place = match ty.element().unwrap_or(ty) {
                    Type::Choice(vocabulary) => self.spec.vocabularies.get(vocabulary),
                    _ => None,
                };
                let place = |name: &Name| place.and_then(|vocabulary| vocabulary.choices.get_index_of(name));
                place(left).cmp(&place(right)).then_with(|| left.cmp(right))
            }
            (Value::Integer(left), Value::Decimal(right)) => Decimal::from(*left).cmp(right),
            (Value::Decimal(left), Value::Integer(right)) => left.cmp(&Decimal::from(*right)),
            (Value::List(left), Value::List(right)) => {
                let unlike = left.iter().zip(right).map(|(a, b)| self.value_cmp(ty, a, b)).find(|order| order.is_ne());
                unlike.unwrap_or_else(|| left.len().cmp(&right.len()))
            }
            _ => a.cmp(b),
        }
    }
}

fn list_of(elements: Vec<Value>) -> Value {
    if elements.is_empty() { Value::Missing } else { Value::List(elements) }
}

fn reference(value: &Value, list: &Name) -> Result<Value, Mismatch> {
    let key = match value {
        Value::Reference(key) => key.clone(),
        _ => parsed(value, &format!("a reference is the key of a row of '{list}'"))?,
    };
    base_key(&key, list)?;
    Ok(Value::Reference(key))
}

/// Demands a key that a row of a base list can have.
pub(crate) fn base_key(key: &Key, list: &Name) -> Result<(), Mismatch> {
    if key.as_str().contains('/') {
        return Err(Mismatch(format!(
            "the key '{}' has several segments, and a row of '{list}' has a key of one; write '/' in it as '~1'",
            shortened(key.as_str())
        )));
    }
    Ok(())
}

/// Returns the text that a value is in JSON, where it is text.
pub(crate) fn wire_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Text(text) => Some(Cow::Borrowed(text)),
        Value::Choice(name) => Some(Cow::Borrowed(name.as_str())),
        Value::Reference(key) => Some(Cow::Borrowed(key.as_str())),
        Value::Decimal(amount) => Some(Cow::Owned(amount.to_string())),
        Value::Date(date) => Some(Cow::Owned(date.to_string())),
        Value::Duration(duration) => Some(Cow::Owned(duration.to_string())),
        Value::Code(code) => Some(Cow::Owned(code.to_string())),
        Value::Missing | Value::Boolean(_) | Value::Integer(_) | Value::List(_) => None,
    }
}

fn text_for<'v>(value: &'v Value, accepted: &str) -> Result<Cow<'v, str>, Mismatch> {
    wire_text(value).ok_or_else(|| refuse(value, accepted))
}

fn parsed<T: FromStr<Err: fmt::Display>>(value: &Value, accepted: &str) -> Result<T, Mismatch> {
    text_for(value, accepted)?.parse().map_err(|error: T::Err| Mismatch(error.to_string()))
}

fn refuse(value: &Value, accepted: &str) -> Mismatch {
    Mismatch(format!("{} is not accepted; {accepted}", quoted(value)))
}

fn quoted(value: &Value) -> String {
    match value {
        Value::Missing => "a missing value".to_owned(),
        Value::Boolean(truth) => format!("the boolean {truth}"),
        Value::Integer(number) => format!("the integer {number}"),
        Value::List(elements) => format!("a list of {}", elements.len()),
        _ => wire_text(value).map_or_else(String::new, |text| format!("'{}'", shortened(&text))),
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::Typing;
    use crate::{
        schema::{CodeScheme, Labels, SchemaBuilder, Segment, Type, Vocabulary},
        value::{Code, Date, Decimal, Duration, Key, Value, working_days},
    };

    fn spec() -> SchemaBuilder {
        SchemaBuilder::new()
            .unit("weeks", Labels::default())
            .vocabulary("kinds", Vocabulary::of(["02", "01"]))
            .code_scheme("basic", CodeScheme::new().segment("all", Segment::digits(2)))
    }

    fn texts(texts: &[&str]) -> Value {
        Value::from(texts.to_vec())
    }

    #[test]
    fn lenient_input_becomes_typed() -> Result<(), Box<dyn std::error::Error>> {
        let choice = |code: &str| Value::Choice(code.into());
        let cases: Vec<(Value, Type, Value)> = vec![
            (Value::Missing, Type::Integer, Value::Missing),
            (true.into(), Type::Boolean, true.into()),
            (7.into(), Type::Integer, 7.into()),
            (7.into(), Type::Decimal, Decimal::from(7).into()),
            ("12.50".into(), Type::Decimal, "12.5".parse::<Decimal>()?.into()),
            ("2024-03-31".into(), Type::Date, "2024-03-31".parse::<Date>()?.into()),
            ("10 working_days".into(), Type::Duration, working_days(10).into()),
            ("2 weeks".into(), Type::Duration, Duration::new(2, "weeks").into()),
            ("".into(), Type::Text, "".into()),
            (working_days(10).into(), Type::Text, "10 working_days".into()),
            ("41".into(), Type::code("basic"), Code::new("basic", "41").into()),
            ("basic:41".into(), Type::code("basic"), Code::new("basic", "41").into()),
            (Code::new("", "x").into(), Type::code("basic"), Code::new("basic", "x").into()),
            ("01".into(), Type::choice("kinds"), choice("01")),
            ("a~1b".into(), Type::reference("bodies"), Key::root("a/b")?.into()),
            (texts(&["b", "a"]), Type::set(Type::Text), texts(&["a", "b"])),
            (texts(&["b", "a"]), Type::sequence(Type::Text), texts(&["b", "a"])),
            (texts(&["01", "02"]), Type::set(Type::choice("kinds")), Value::List(vec![choice("02"), choice("01")])),
            (Value::List(vec![]), Type::set(Type::Text), Value::Missing),
        ];
        for (input, ty, expect) in cases {
            assert_eq!(Typing::new(&spec()).coerce(&input, &ty), Ok(expect), "{input:?} as {ty}");
        }
        Ok(())
    }

    #[test]
    fn mismatches_say_what_is_accepted() {
        let cases = [
            ("1".into(), Type::Boolean, "'1' is not accepted; a boolean is true or false"),
            ("1".into(), Type::Integer, "'1' is not accepted; an integer is a whole number, written without quotes"),
            (true.into(), Type::Decimal, "the boolean true is not accepted; a decimal amount reads like \"12.50\""),
            ("x".into(), Type::Decimal, "'x' is no decimal amount; an amount reads like 12.50, with at most 28 digits"),
            ("2024-02-30".into(), Type::Date, "'2024-02-30' is no date; a date reads like 2024-03-31"),
            (5.into(), Type::Duration, "the integer 5 is not accepted; a duration reads like \"10 working_days\""),
            ("5 week".into(), Type::Duration, "there is no unit 'week'; did you mean 'weeks'?"),
            (5.into(), Type::Text, "the integer 5 is not accepted; text is accepted"),
            ("area:1".into(), Type::code("basic"), "there is no code scheme 'area'; accepted: basic"),
            ("03".into(), Type::choice("kinds"), "'03' is not accepted; 'kinds' has 02, 01"),
            (
                "".into(),
                Type::reference("bodies"),
                "the key '' has an empty segment; a key is one or more segments joined by '/', each of 1 to 512 bytes",
            ),
            (
                "a/b".into(),
                Type::reference("bodies"),
                "the key 'a/b' has several segments, and a row of 'bodies' has a key of one; write '/' in it as '~1'",
            ),
            ("a".into(), Type::set(Type::Text), "'a' is not accepted; a set of text is a list of elements"),
            (texts(&["a", "b", "a"]), Type::set(Type::Text), "the element 'a' is there twice; elements are different"),
            (
                texts(&["a\0"]),
                Type::set(Type::Text),
                "the element 'a\0' can be no step of a key: the key 'a\0' holds the control character '\\0'; a key holds printable text",
            ),
            (
                Value::List(vec![Value::Missing]),
                Type::sequence(Type::Integer),
                "an element is missing; the elements of a list are present",
            ),
        ];
        for (input, ty, expect) in cases {
            let said = Typing::new(&spec()).coerce(&input, &ty).map_err(|mismatch| mismatch.to_string());
            assert_eq!(said, Err(expect.to_owned()), "{input:?} as {ty}");
        }
    }

    #[test]
    fn values_have_one_order() {
        let spec = spec();
        let typing = Typing::new(&spec);
        let kinds = Type::choice("kinds");
        let choice = |code: &str| Value::Choice(code.into());
        let list = |values: Vec<Value>| Value::List(values);
        let ascending: Vec<(Type, Value, Value)> = vec![
            (Type::Integer, Value::Missing, (-5).into()),
            (Type::Integer, (-5).into(), 3.into()),
            (Type::Decimal, 1.into(), Value::Decimal("1.5".parse().unwrap_or(Decimal::from(0)))),
            (Type::Boolean, false.into(), true.into()),
            (Type::Duration, Duration::new(9, "days").into(), working_days(1).into()),
            (Type::Duration, working_days(1).into(), working_days(10).into()),
            (Type::Text, "B".into(), "a".into()),
            (kinds.clone(), choice("02"), choice("01")),
            (Type::set(kinds), list(vec![choice("02")]), list(vec![choice("02"), choice("01")])),
        ];
        for (ty, less, more) in ascending {
            assert_eq!(typing.value_cmp(&ty, &less, &more), Ordering::Less, "{less:?} {more:?}");
            assert_eq!(typing.value_cmp(&ty, &more, &less), Ordering::Greater, "{less:?} {more:?}");
            assert_eq!(typing.value_cmp(&ty, &less, &less), Ordering::Equal, "{less:?}");
        }
    }
}
