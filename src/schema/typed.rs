use super::{
    Each, Expr, Probe, Rule, SchemaBuilder, Type,
    typing::{Scope, Typing},
};
use crate::value::Name;

impl<'a> Typing<'a> {
    /// Returns the schema with each literal, and each cell of a table, as the typed value that it stands for.
    ///
    /// It is what is compiled: a schema then means the same whether a literal was given as a date or as its text, as it is
    /// after it was stored. Of a schema that has faults, what is at fault stays as it is.
    pub(crate) fn typed_spec(self) -> SchemaBuilder {
        let mut typed = self.spec.clone();
        for ((name, list), typed) in self.spec.lists.iter().zip(typed.lists.values_mut()) {
            for (rule, typed) in list.rules.iter().zip(&mut typed.rules) {
                self.type_rule(name, rule, typed);
            }
            for typed in typed.indexes.values_mut() {
                self.type_expr(&mut typed.when, &Self::scope_index(name), Some(&Type::Boolean));
            }
        }
        for (check, typed) in self.spec.checks.values().zip(typed.checks.values_mut()) {
            self.type_expr(&mut typed.when, &self.scope_check(&check.list), Some(&Type::Boolean));
        }
        typed
    }

    fn type_rule(self, list: &'a Name, rule: &'a Rule, typed: &mut Rule) {
        self.type_expr(&mut typed.when, &self.scope_when(rule), Some(&Type::Boolean));
        match &mut typed.each {
            Each::Row | Each::Element(_) => {}
            Each::Table(table) => {
                let by = self.field_type(&rule.from, &table.by);
                for line in &mut table.lines {
                    if let Some(Ok(of)) = by.as_ref().map(|ty| self.coerce(&line.of, ty)) {
                        line.of = of;
                    }
                    for (column, value) in &mut line.set {
                        if let Some(Ok(cell)) = table.columns.get(column).map(|ty| self.coerce(value, ty)) {
                            *value = cell;
                        }
                    }
                }
            }
            Each::Match { list, on, when } => {
                for (field, probe) in on {
                    let ty = self.field_type(list, field);
                    let values = match probe {
                        Probe::Is(value) => std::slice::from_mut(value),
                        Probe::AnyOf(values) => values,
                    };
                    for value in values {
                        self.type_expr(value, &Self::scope_probe(rule), ty.as_ref());
                    }
                }
                self.type_expr(when, &self.scope_matched(rule), Some(&Type::Boolean));
            }
            Each::Group { by, .. } => {
                for value in by {
                    self.type_expr(value, &Self::scope_by(rule), None);
                }
            }
        }
        let scope = self.scope_set(list, rule);
        for (field, value) in &mut typed.set {
            self.type_expr(value, &scope, self.field_type(list, field).as_ref());
        }
    }

    fn type_expr(self, expr: &mut Expr, scope: &Scope<'_>, expected: Option<&Type>) {
        if let Ok((typed, _)) = self.elaborate(expr, scope, expected) {
            *expr = typed;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        schema::{
            Check, List, Probe, Rule, Schema, SchemaBuilder, SchemaError, Severity, Table, Type, Vocabulary, coalesce,
            lit, own, source,
        },
        value::{Date, DateError, Value, working_days},
    };

    /// A schema with a literal in every place, given as typed values or as texts.
    #[expect(clippy::needless_pass_by_value, reason = "a test reads better without references")]
    fn schema(date: Value, limit: Value) -> Result<Schema, SchemaError> {
        let table = Table::by("kind", "line", Type::Text)
            .column("limit", Type::Duration)
            .line("licence", "new")
            .with("limit", limit.clone());
        let set = || coalesce([lit(limit.clone()), source("limit")]);
        let list = || List::derived().field("limit", Type::Duration);
        let condition = || source("since").gt(lit(date.clone()));
        SchemaBuilder::new()
            .vocabulary("kinds", Vocabulary::of(["licence"]))
            .list(
                "powers",
                List::base()
                    .field("kind", Type::choice("kinds"))
                    .field("since", Type::Date)
                    .field("limit", Type::Duration),
            )
            .list("lines", list().rule(Rule::each_line("all", "powers", table).when(condition()).set("limit", set())))
            .list(
                "pairs",
                list().rule(
                    Rule::each_match("all", "powers", "powers")
                        .on("since", Probe::Is(lit(date.clone())))
                        .matched_when(condition())
                        .set("limit", set()),
                ),
            )
            .list(
                "groups",
                list().rule(
                    Rule::each_group("all", "powers", [coalesce([source("limit"), lit(limit.clone())])])
                        .set("limit", lit(limit.clone())),
                ),
            )
            .check("short", Check::new(Severity::Note, "lines", own("limit").lt(lit(limit))))
            .build()
    }

    #[test]
    fn typed_literals_and_texts_compile_alike() -> Result<(), Box<dyn std::error::Error>> {
        let date: Date = "2024-01-01".parse().map_err(|error: DateError| error)?;
        let given = schema(date.into(), working_days(3).into())?;
        let texts = schema("2024-01-01".into(), "3 working_days".into())?;
        assert_ne!(given.spec(), texts.spec());
        assert_eq!(given.typed().lists, texts.typed().lists);
        assert_eq!(given.typed().checks, texts.typed().checks);
        assert_eq!(given, texts);
        assert_eq!(given, Schema::from_json(&texts.to_json())?);
        Ok(())
    }
}
