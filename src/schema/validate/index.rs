use super::Validation;
use crate::{
    schema::{
        Expr, Index, List, SchemaFaultKind as Kind, Type,
        display::brief,
        reads::{children, is_deeper_than},
        typing::{MAX_EXPR_DEPTH, Typing},
    },
    value::Name,
};

/// The most indexes that a list has; each is looked at for each row that changes.
const MAX_INDEXES: usize = 64;

impl<'a> Validation<'a> {
    pub(super) fn index(&mut self, list_name: &'a Name, list: &'a List, name: &'a Name, index: &'a Index) {
        self.name("index", name);
        if list.indexes.len() > MAX_INDEXES && list.indexes.get_index_of(name) == Some(MAX_INDEXES) {
            let accepted = format!("at most {MAX_INDEXES}");
            self.fault(Kind::Count { what: "indexes of a list".to_owned(), count: list.indexes.len(), accepted });
        }
        for (i, by) in index.by.iter().enumerate() {
            match list.fields.get(&by.field) {
                None => self.unknown_field(list_name, &by.field),
                Some(field) if field.ty.element().is_some() => self.fault(Kind::Part {
                    part: format!("the field '{}', which rows are found by,", by.field),
                    found: field.ty.clone(),
                    accepted: "a single value is accepted".to_owned(),
                }),
                Some(_) if index.by[..i].iter().any(|before| before.field == by.field) => {
                    self.fault(Kind::Twice { what: "indexed field", name: by.field.to_string() });
                }
                Some(_) => {}
            }
        }
        if self.expr(&index.when, &Typing::scope_index(list_name), Some(&Type::Boolean)).is_some()
            && !is_deeper_than(&index.when, MAX_EXPR_DEPTH)
        {
            self.reads_beside(&index.when);
        }
    }

    /// Reports what a condition reads that is not a field of the row: a change of it would not be a change of the row.
    fn reads_beside(&mut self, expr: &Expr) {
        let beside = match expr {
            Expr::Own(path) => path.single().is_none(),
            Expr::Authored(_) | Expr::Aggregate(_) => true,
            _ => false,
        };
        if beside {
            self.fault(Kind::Expression {
                expr: brief(expr),
                problem: "reads more than what is seen in the row; the condition of an index reads the row's own fields, so let a field say it"
                    .to_owned(),
            });
            return;
        }
        for child in children(expr) {
            self.reads_beside(child);
        }
    }
}
