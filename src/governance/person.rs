use std::fmt;

use serde::{Deserialize, Serialize};

use crate::value::Name;

/// Who acts, in which role, and for which body.
#[doc(alias = "经办人")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What the person is called.
    pub name: String,
    /// The role, one of those that procedures name.
    pub role: Name,
    /// The body, by its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl Person {
    /// Names a person in a role.
    ///
    /// ```
    /// use quanze::governance::Person;
    ///
    /// let person = Person::new("张三", "legal_office").of("market-bureau");
    /// assert_eq!(person.to_string(), "张三 (legal_office, market-bureau)");
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, role: impl Into<Name>) -> Self {
        Self { name: name.into(), role: role.into(), body: None }
    }

    /// Says for which body the person acts.
    #[must_use]
    pub fn of(self, body: impl Into<String>) -> Self {
        Self { body: Some(body.into()), ..self }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.name, self.role)?;
        if let Some(body) = &self.body {
            write!(f, ", {body}")?;
        }
        f.write_str(")")
    }
}
