use super::Validation;
use crate::{
    schema::{
        Field, List, Narrow, OnRemove, Presence, SchemaFaultKind as Kind, Type, Write, infer::is_ordered,
        typing::Typing,
    },
    value::Name,
};

/// The most fields that a list has; masks of changed fields are of 128 bits, and the engine needs some for itself.
const MAX_FIELDS: usize = 120;

/// The most rules that a list has; a row says in 8 bits which of them made it.
const MAX_RULES: usize = 255;

impl<'a> Validation<'a> {
    pub(super) fn list(&mut self, name: &'a Name, list: &'a List) {
        if list.tier == Some(0) {
            self.fault(Kind::Count { what: "tier".to_owned(), count: 0, accepted: "1 and more".to_owned() });
        }
        if list.fields.len() > MAX_FIELDS {
            let accepted = format!("at most {MAX_FIELDS}");
            self.fault(Kind::Count { what: "fields".to_owned(), count: list.fields.len(), accepted });
        }
        if list.rules.len() > MAX_RULES {
            let accepted = format!("at most {MAX_RULES}");
            self.fault(Kind::Count { what: "rules".to_owned(), count: list.rules.len(), accepted });
        }
        for (field_name, field) in &list.fields {
            self.at_field(field_name, |at| {
                at.field_name("field", field_name);
                at.field(list, field_name, field);
            });
        }
        self.unique(name, list);
        for (i, order) in list.order.iter().enumerate() {
            let field = list.fields.get(&order.field);
            if let Some(field) = field
                && field.ty.element().is_some()
            {
                self.fault(Kind::Part {
                    part: format!("the field '{}', which rows are ordered by,", order.field),
                    found: field.ty.clone(),
                    accepted: "a single value is accepted".to_owned(),
                });
            }
            if field.is_none() {
                self.unknown_field(name, &order.field);
            } else if list.order[..i].iter().any(|before| before.field == order.field) {
                self.fault(Kind::Twice { what: "order by", name: order.field.to_string() });
            }
        }
        for (index_name, index) in &list.indexes {
            self.place.index = Some(index_name.clone());
            self.index(name, list, index_name, index);
            self.place.index = None;
        }
        if list.rules.len() > 1 && Typing::is_group(list) {
            self.fault(Kind::GroupNotAlone);
        }
        for (i, rule) in list.rules.iter().enumerate() {
            self.place.rule = Some(rule.id.clone());
            self.name("rule", &rule.id);
            if list.rules[..i].iter().any(|before| before.id == rule.id) {
                self.fault(Kind::Twice { what: "rule", name: rule.id.to_string() });
            }
            self.rule(name, list, rule);
            self.place.rule = None;
        }
    }

    fn field(&mut self, list: &List, name: &Name, field: &Field) {
        if self.ty(&field.ty) {
            self.write(list, field);
            self.on_remove(list, field);
        }
        if !list.is_base() && field.write != Write::Local && !list.rules.iter().any(|rule| rule.set.contains_key(name))
        {
            self.fault(Kind::NeverSet);
        }
    }

    fn write(&mut self, list: &List, field: &Field) {
        if list.is_base() {
            if field.write != Write::Locked {
                self.fault(Kind::WriteInBaseList);
            }
            return;
        }
        let (write, fits, accepted) = match field.write {
            Write::Union => ("union", field.ty.element().is_some(), "a set or sequence is accepted"),
            Write::Narrow(Narrow::Subset) => {
                ("narrow to a subset", field.ty.element().is_some(), "a set or sequence is accepted")
            }
            Write::Narrow(Narrow::AtMost | Narrow::AtLeast) => (
                "narrow to at most or at least",
                is_ordered(&field.ty),
                "an integer, decimal, date, duration, text or choice is accepted",
            ),
            Write::Locked | Write::Local | Write::Suggest => return,
        };
        if !fits {
            self.fault(Kind::WritePolicy { write, found: field.ty.clone(), accepted });
        }
    }

    fn on_remove(&mut self, list: &List, field: &Field) {
        match field.on_remove {
            OnRemove::Restrict => {}
            _ if field.ty.target().is_none() => self.fault(Kind::OnRemoveWithoutReference(field.ty.clone())),
            OnRemove::Cascade if list.is_base() && matches!(field.ty, Type::Reference(_)) => {}
            OnRemove::Cascade => self.fault(Kind::Cascade),
            // A derived row without a required value is a finding, so letting go is no contradiction there.
            OnRemove::Release if list.is_base() && field.presence == Presence::Required => {
                self.fault(Kind::RequiredRelease);
            }
            OnRemove::Release => {}
        }
    }

    fn unique(&mut self, name: &Name, list: &List) {
        if !list.is_base() && !list.unique.is_empty() {
            self.fault(Kind::UniqueInDerivedList);
        }
        for (i, fields) in list.unique.iter().enumerate() {
            if fields.is_empty() {
                self.fault(Kind::Count {
                    what: "fields of a unique set".to_owned(),
                    count: 0,
                    accepted: "1 and more".to_owned(),
                });
            }
            for (j, field) in fields.iter().enumerate() {
                if !list.fields.contains_key(field) {
                    self.unknown_field(name, field);
                } else if fields[..j].contains(field) {
                    self.fault(Kind::Twice { what: "unique field", name: field.to_string() });
                }
            }
            let within = |a: &[Name], b: &[Name]| a.iter().all(|field| b.contains(field));
            let same = |other: &Vec<Name>| within(other, fields) && within(fields, other);
            if list.unique[..i].iter().any(same) {
                let fields = fields.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
                self.fault(Kind::Twice { what: "unique set of fields", name: fields });
            }
        }
    }
}
