//! Finds every fault of a schema at once.
//!
//! Architecture invariant: each fault is reported where it is, once; what follows from it elsewhere is passed over.

mod check;
mod code_scheme;
mod index;
mod list;
mod rule;

use super::{
    Expr, SchemaBuilder, SchemaError, SchemaFault, SchemaFaultKind as Kind, Type,
    code::{SchemeSizes, scheme_sizes},
    coerce::wire_text,
    error::{Place, shortened},
    graph::Graph,
    reads::is_deeper_than,
    typing::{MAX_EXPR_DEPTH, Scope, Typing},
};
use crate::value::{Key, Name, Value};

/// Checks a schema and draws its dependency graph.
pub(super) fn validate(spec: &SchemaBuilder) -> Result<Graph, SchemaError> {
    let mut validation = Validation {
        spec,
        typing: Typing::new(spec),
        sizes: scheme_sizes(spec),
        place: Place::default(),
        faults: Vec::new(),
    };
    validation.parts();
    validation.size();
    let graph = Graph::new(spec);
    if let Err(cycles) = &graph {
        validation.place = Place::default();
        for path in cycles {
            validation.fault(Kind::Cycle { path: path.clone() });
        }
    }
    match graph {
        Ok(graph) if validation.faults.is_empty() => Ok(graph),
        _ => Err(SchemaError::new(validation.faults)),
    }
}

/// The most lists and checks together, those included that every required or narrow field of a derived list brings: a family
/// numbers its blocks in 12 bits.
const MAX_LISTS: usize = 4000;

impl Validation<'_> {
    fn size(&mut self) {
        let derived = self.spec.lists.values().filter(|list| !list.is_base());
        let automatic: usize = derived
            .flat_map(|list| list.fields.values())
            .map(|field| {
                usize::from(field.presence == super::Presence::Required)
                    + usize::from(matches!(field.write, super::Write::Narrow(_)))
            })
            .sum();
        let count = self.spec.lists.len() + self.spec.checks.len() + automatic;
        if count > MAX_LISTS {
            self.place = Place::default();
            let accepted = format!("at most {MAX_LISTS}");
            self.fault(Kind::Count { what: "lists and checks".to_owned(), count, accepted });
        }
    }
}

struct Validation<'a> {
    spec: &'a SchemaBuilder,
    typing: Typing<'a>,
    sizes: SchemeSizes,
    place: Place,
    faults: Vec<SchemaFault>,
}

impl<'a> Validation<'a> {
    fn parts(&mut self) {
        for (what, name) in &self.spec.twice {
            self.fault(Kind::Twice { what, name: shortened(name.as_str()) });
        }
        for name in self.spec.units.keys() {
            self.name("unit", name);
        }
        for (name, vocabulary) in &self.spec.vocabularies {
            self.place = Place { vocabulary: Some(name.clone()), ..Place::default() };
            self.name("vocabulary", name);
            for choice in vocabulary.choices.keys() {
                self.choice(choice.as_str());
            }
        }
        for (name, scheme) in &self.spec.code_schemes {
            self.place = Place { scheme: Some(name.clone()), ..Place::default() };
            self.name("code scheme", name);
            self.code_scheme(name, scheme);
        }
        for (name, list) in &self.spec.lists {
            self.place = Place { list: Some(name.clone()), ..Place::default() };
            self.name("list", name);
            self.list(name, list);
        }
        for (name, check) in &self.spec.checks {
            self.place = Place { check: Some(name.clone()), ..Place::default() };
            self.name("check", name);
            self.check(check);
        }
    }

    fn fault(&mut self, kind: Kind) {
        self.faults.push(SchemaFault::new(self.place.clone(), kind));
    }

    /// Runs a part of the validation with a field as the place of its faults.
    fn at_field(&mut self, field: &Name, part: impl FnOnce(&mut Self)) {
        let before = self.place.field.replace(field.clone());
        part(self);
        self.place.field = before;
    }

    fn name(&mut self, what: &'static str, name: &Name) {
        if !name.is_well_formed() {
            self.fault(Kind::MalformedName { what, name: shortened(name.as_str()) });
        }
    }

    fn field_name(&mut self, what: &'static str, name: &Name) {
        self.name(what, name);
        if *name == "key" {
            self.fault(Kind::Reserved { what, name: name.clone(), meaning: "the key of a row" });
        }
    }

    fn choice(&mut self, code: &str) {
        let plain =
            !code.is_empty() && code.len() <= 64 && !code.contains(|c: char| c.is_whitespace() || c.is_control());
        if !plain {
            self.fault(Kind::MalformedChoice(shortened(code)));
        }
    }

    fn unknown(&mut self, what: &'static str, name: &Name, of: String, known: impl Iterator<Item = &'a Name>) {
        self.fault(Kind::unknown(what, name, of, known));
    }

    fn unknown_list(&mut self, name: &Name) {
        self.unknown("list", name, String::new(), self.spec.lists.keys());
    }

    fn unknown_field(&mut self, list: &Name, name: &Name) {
        let of = format!(" in the list '{list}'");
        let known = self.typing.list(list).into_iter().flat_map(|list| list.fields.keys());
        self.unknown("field", name, of, known);
    }

    /// Demands that a type is one, and tells whether it is.
    fn ty(&mut self, ty: &Type) -> bool {
        let element = ty.element().unwrap_or(ty);
        match element {
            Type::Set(_) | Type::Sequence(_) => {
                self.fault(Kind::NestedList(ty.clone()));
                false
            }
            Type::Code(scheme) if !self.spec.code_schemes.contains_key(scheme) => {
                self.unknown("code scheme", scheme, String::new(), self.spec.code_schemes.keys());
                false
            }
            Type::Choice(vocabulary) if !self.spec.vocabularies.contains_key(vocabulary) => {
                self.unknown("vocabulary", vocabulary, String::new(), self.spec.vocabularies.keys());
                false
            }
            Type::Reference(list) => match self.typing.list(list) {
                None => {
                    self.unknown_list(list);
                    false
                }
                Some(of) if !of.is_base() => {
                    self.fault(Kind::ReferenceToDerived(list.clone()));
                    false
                }
                Some(_) => true,
            },
            _ => true,
        }
    }

    /// Types an expression and reports its faults; nothing where there are any.
    fn expr(&mut self, expr: &Expr, scope: &Scope<'_>, expected: Option<&Type>) -> Option<(Expr, Type)> {
        if is_deeper_than(expr, MAX_EXPR_DEPTH) {
            self.fault(Kind::TooDeep { most: MAX_EXPR_DEPTH });
            return None;
        }
        match self.typing.elaborate(expr, scope, expected) {
            Ok(typed) => Some(typed),
            Err(faults) => {
                for fault in faults {
                    self.fault(fault);
                }
                None
            }
        }
    }
}

/// Writes a value as a step of a key.
fn step_text(value: &Value) -> String {
    wire_text(value).map_or_else(|| value.to_string(), std::borrow::Cow::into_owned)
}

/// Says why a value can be no step of a key.
fn not_a_step(value: &Value) -> Option<String> {
    Key::root(&step_text(value)).err().map(|error| error.to_string())
}
