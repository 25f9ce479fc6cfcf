//! The workload on quanze, through its public API and with the schema written as any user would.

use quanze::{
    ChangeKind, Delta, Edits, ListSystem, Record, Schema,
    schema::{
        Expr, Field, FieldId, List as Declared, ListId, Probe, Rule, Table, Type, Write, authored, count, element,
        join, lit, source, sum,
    },
    system::ValueRef,
};

use super::Engine;
use super::checksum::{Consumer, Key, List, Row, Step, Sum, Tag, Total, field};
use super::generator::{
    Change, HandlingKey, Item, KINDS, Op, REGULATION_KINDS, SERVICE_KINDS, inspection_bodies, scenarios, service_bodies,
};

/// The lists of the schema that the workload derives, with the workload's number and the field bit of each field.
const LISTS: [(&str, List, &[u8]); 11] = [
    ("service", List::Service, &BASIC),
    ("enforcement", List::Enforcement, &BASIC),
    ("regulation", List::Regulation, &BASIC),
    ("fees", List::Fees, &SHORT),
    ("intermediary", List::Intermediary, &SHORT),
    ("territorial", List::Territorial, &SHORT),
    ("boundary", List::Boundary, &SHORT),
    ("service_implementation", List::ServiceImplementation, &BASIC),
    ("inspection_implementation", List::InspectionImplementation, &BASIC),
    ("handling", List::Handling, &[field::NAME, field::DEPARTMENT, field::ARTICLES, field::EFFECTIVE]),
    ("department_totals", List::DepartmentTotals, &[]),
];
const BASIC: [u8; 6] = [field::NAME, field::KIND, field::DEPARTMENT, field::ARTICLES, field::LIMIT, field::EFFECTIVE];
const SHORT: [u8; 2] = [field::NAME, field::DEPARTMENT];

fn any_of(kinds: &[u8]) -> Expr {
    source("kind").is_in(kinds.iter().map(|kind| i64::from(*kind)).collect::<Vec<_>>())
}

fn basic(list: Declared) -> Declared {
    list.field("name", Type::Text)
        .field("kind", Type::Integer)
        .field("department", Type::Integer)
        .field("articles", Type::set(Type::Integer))
}

fn short() -> Declared {
    Declared::derived().field("name", Type::Text).field("department", Type::Integer)
}

/// Declares the workload.
pub(crate) fn schema() -> Schema {
    let inherited = ["name", "kind", "department", "articles"];
    let active = || source("active");
    let bodies = || Declared::base().field("kind", Type::Integer).field("slot", Type::Integer);
    let slots = |from: &str, steps: &[i64], size: i64| {
        let slot = |step: &i64| (source(from) + *step).rem(size);
        Probe::AnyOf(steps.iter().map(slot).collect())
    };
    let flagged = |id: &str| {
        short().rule(Rule::each_row(id, "items").when(active().and(source(id))).inherit(["name", "department"]))
    };
    let mut table = Table::by("kind", "scenario", Type::Text);
    for kind in 0..KINDS {
        for scenario in scenarios(kind) {
            table = table.line(i64::from(kind), *scenario);
        }
    }
    Schema::builder()
        .list(
            "items",
            basic(Declared::base())
                .field("limit", Type::Integer)
                .field("co_departments", Type::set(Type::Integer))
                .field("fees", Type::Boolean)
                .field("intermediary", Type::Boolean)
                .field("territorial", Type::Boolean)
                .field("active", Type::Boolean)
                .field("remark", Type::Integer)
                .field("s", Type::Integer)
                .field("t", Type::Integer),
        )
        .list("service_bodies", bodies())
        .list("inspection_bodies", bodies())
        .list(
            "service",
            basic(Declared::derived()).field("limit", Type::Integer).field("s", Type::Integer).rule(
                Rule::each_row("operate", "items")
                    .when(active().and(any_of(&SERVICE_KINDS)))
                    .inherit(inherited)
                    .inherit(["limit", "s"]),
            ),
        )
        .list(
            "enforcement",
            basic(Declared::derived()).rule(
                Rule::each_row("enforce", "items")
                    .when(active().and(any_of(&super::generator::ENFORCEMENT_KINDS)))
                    .inherit(inherited),
            ),
        )
        .list(
            "regulation",
            basic(Declared::derived()).field("t", Type::Integer).rule(
                Rule::each_row("regulate", "items")
                    .when(active().and(any_of(&REGULATION_KINDS)))
                    .inherit(inherited)
                    .inherit(["t"]),
            ),
        )
        .list("fees", flagged("fees"))
        .list("intermediary", flagged("intermediary"))
        .list("territorial", flagged("territorial"))
        .list(
            "boundary",
            short().rule(
                Rule::each_element("co_manage", "items", "co_departments")
                    .when(active())
                    .inherit(["name", "department"]),
            ),
        )
        .list(
            "service_implementation",
            basic(Declared::derived())
                .field("limit", Type::Integer)
                .field("effective", Type::Integer)
                .field("promise", Field::new(Type::Integer).write(Write::Local))
                .rule(
                    Rule::each_match("by_body", "service", "service_bodies")
                        .on("kind", Probe::Is(source("kind")))
                        .on("slot", slots("s", &[0, 7, 14, 21], 50))
                        .inherit(inherited)
                        .inherit(["limit"])
                        .set("effective", authored("promise").or_else(source("limit")).min(source("limit"))),
                ),
        )
        .list(
            "inspection_implementation",
            basic(Declared::derived()).rule(
                Rule::each_match("by_body", "regulation", "inspection_bodies")
                    .on("kind", Probe::Is(source("kind")))
                    .on("slot", slots("t", &[0, 3], 20))
                    .inherit(inherited),
            ),
        )
        .list(
            "handling",
            Declared::derived()
                .field("name", Type::Text)
                .field("department", Type::Integer)
                .field("articles", Type::set(Type::Integer))
                .field("effective", Type::Integer)
                .rule(
                    Rule::each_line("scenario", "service_implementation", table)
                        .set("name", join([source("name"), lit(" "), element("scenario")]))
                        .inherit(["department", "articles", "effective"]),
                ),
        )
        .list(
            "department_totals",
            Declared::derived()
                .field("department", Type::Integer)
                .field("rows", Type::Integer)
                .field("sum", Type::Integer)
                .rule(
                    Rule::each_group("by_department", "handling", [source("department")])
                        .set("department", source("department"))
                        .set("rows", count())
                        .set("sum", sum(source("effective"))),
                ),
        )
        .build()
        .unwrap_or_else(|error| panic!("{error}"))
}

/// quanze holding the workload.
pub(crate) struct Quanze {
    system: ListSystem,
    items: ListId,
    name: FieldId,
    limit: FieldId,
    kind: FieldId,
    active: FieldId,
    remark: FieldId,
    /// By place in the schema: the workload's list, and the workload's bits for each mask of the first eight fields.
    lists: Vec<Option<(List, [u8; 256])>>,
}

fn lists(schema: &Schema) -> Vec<Option<(List, [u8; 256])>> {
    schema
        .spec()
        .lists
        .keys()
        .map(|name| {
            let (_, list, bits) = LISTS.iter().find(|(of, ..)| *name == *of)?;
            let mut masks = [0; 256];
            for (mask, out) in masks.iter_mut().enumerate() {
                for (at, bit) in bits.iter().enumerate() {
                    if mask >> at & 1 == 1 && bit & list.fields() != 0 {
                        *out |= bit;
                    }
                }
            }
            Some((*list, masks))
        })
        .collect()
}

fn small(value: &ValueRef<'_>) -> u8 {
    value.as_integer().and_then(|number| u8::try_from(number).ok()).unwrap_or_default()
}

/// The places of the fields of a list that the workload reads: those that it has, in order.
const FIELDS: [usize; 6] = [0, 1, 2, 3, 4, 5];

const fn fields(list: List) -> usize {
    list.fields().count_ones() as usize
}

/// The fields of the row read last, as the workload has them.
#[derive(Default)]
struct Seen {
    kind: u8,
    department: u8,
    articles: Vec<u16>,
    limit: u8,
    effective: u8,
}

/// Resolves one row of any list but the department totals; what repeats is as it was.
#[inline]
fn resolve<T>(
    key: Key<'_>,
    values: &[ValueRef<'_>],
    repeats: impl Fn(usize) -> bool,
    seen: &mut Seen,
    then: impl FnOnce(&Row<'_>) -> T,
) -> T {
    let fields = key.list.fields();
    let mut place = 0;
    for bit in [field::KIND, field::DEPARTMENT, field::ARTICLES, field::LIMIT, field::EFFECTIVE] {
        if fields & bit == 0 {
            continue;
        }
        place += 1;
        if repeats(place) {
            continue;
        }
        let value = &values[place];
        match bit {
            field::KIND => seen.kind = small(value),
            field::DEPARTMENT => seen.department = small(value),
            field::LIMIT => seen.limit = small(value),
            field::EFFECTIVE => seen.effective = small(value),
            _ => {
                seen.articles.clear();
                seen.articles.extend(value.integers().map(|number| number as u16));
            }
        }
    }
    let Seen { kind, department, ref articles, limit, effective } = *seen;
    let name = values[0].as_text().unwrap_or_default().as_bytes();
    then(&Row { key, name, kind, department, articles, limit, effective })
}

/// Takes a key apart: what it begins with, and its steps, each with a stroke before it.
fn key_of<'k>(list: List, root: &'k str, steps: &'k str) -> Key<'k> {
    let step = match steps.as_bytes() {
        [] => Step::Item,
        [_, number @ ..] if matches!(list, List::Boundary) => {
            Step::CoDepartment(number.iter().fold(0, |number, digit| number * 10 + (digit - b'0')))
        }
        [_, steps @ ..] => match steps.iter().position(|byte| *byte == b'/') {
            Some(at) => Step::BodyScenario(&steps[..at], &steps[at + 1..]),
            None => Step::Body(steps),
        },
    };
    Key { list, code: root.as_bytes(), step }
}

fn consume<C: Consumer>(lists: &[Option<(List, [u8; 256])>], delta: &Delta<'_>, consumer: &mut C) {
    let mut seen = Seen::default();
    for span in delta.spans() {
        let Some((list, masks)) = &lists[span.list_place()] else { continue };
        let list = *list;
        if matches!(list, List::DepartmentTotals) {
            for row in &span.rows() {
                let number = |value: ValueRef<'_>| value.as_integer().unwrap_or_default() as u64;
                let department = small(&row.after(0)).max(small(&row.before(0)));
                let before = Total { rows: number(row.before(1)), sum: number(row.before(2)) };
                consumer.total(department, before, Total { rows: number(row.after(1)), sum: number(row.after(2)) });
            }
            continue;
        }
        let changed = masks[(span.changed() & 0xFF) as usize];
        let id = span.origin() << 8;
        if C::RESOLVED {
            let mut number = id;
            let wanted = if span.kind() == ChangeKind::Removed { 0 } else { fields(list) };
            span.resolve(&FIELDS[..wanted], |row| {
                match span.kind() {
                    ChangeKind::Removed => consumer.removed(number, &key_of(list, row.root_key(), row.steps())),
                    kind => resolve(
                        key_of(list, row.root_key(), row.steps()),
                        row.values(),
                        |at| row.repeats(at),
                        &mut seen,
                        |row| {
                            if kind == ChangeKind::Added {
                                consumer.inserted(number, row);
                            } else if changed != 0 {
                                consumer.updated(number, row, changed);
                            }
                        },
                    ),
                }
                number += 1;
            });
        } else {
            let key = Key { list, code: &[], step: Step::Item };
            let row = Row { key, name: &[], kind: 0, department: 0, articles: &[], limit: 0, effective: 0 };
            for number in id..id + span.len() as u64 {
                match span.kind() {
                    ChangeKind::Added => consumer.inserted(number, &row),
                    ChangeKind::Updated if changed != 0 => consumer.updated(number, &row, changed),
                    ChangeKind::Updated => {}
                    ChangeKind::Removed => consumer.removed(number, &key),
                }
            }
        }
    }
    consumer.committed();
}

impl Quanze {
    fn edit(&self, edits: Edits, op: &Op) -> Edits {
        let code = op.code.as_str();
        match &op.change {
            Change::Name(name) => edits.set(self.items, code, self.name, name.as_str()),
            Change::Limit(limit) => edits.set(self.items, code, self.limit, i64::from(*limit)),
            Change::Kind(kind) => edits.set(self.items, code, self.kind, i64::from(*kind)),
            Change::Active(active) => edits.set(self.items, code, self.active, *active),
            Change::Remark(remark) => edits.set(self.items, code, self.remark, i64::from(*remark)),
        }
    }

    fn run<C: Consumer>(&mut self, edits: Edits, consumer: &mut C) {
        let lists = &self.lists;
        self.system
            .commit_with(edits, |delta| consume(lists, delta, consumer))
            .unwrap_or_else(|refused| panic!("{refused}"));
    }

    /// Adds up the rows of a list.
    fn sum_list(&self, name: &str, list: List, sum: &mut Sum) {
        let view = self.system.list(name).unwrap_or_else(|error| panic!("{error}"));
        if matches!(list, List::DepartmentTotals) {
            view.resolve(&[0, 1, 2], |row| {
                let values = row.values();
                let number = |at: usize| values[at].as_integer().unwrap_or_default() as u64;
                sum.add_total(small(&values[0]), Total { rows: number(1), sum: number(2) });
            });
            return;
        }
        let mut seen = Seen::default();
        view.resolve(&FIELDS[..fields(list)], |row| {
            let repeats = |at| row.repeats(at);
            let key = key_of(list, row.root_key(), row.steps());
            sum.add(resolve(key, row.values(), repeats, &mut seen, |row| row.hash(Tag::Inserted)));
        });
    }
}

fn record(item: &Item) -> Record {
    let [fees, intermediary, territorial] = item.flags;
    Record::new()
        .with("name", item.name.as_str())
        .with("kind", i64::from(item.kind))
        .with("department", i64::from(item.department))
        .with("articles", item.articles.iter().map(|one| i64::from(*one)).collect::<Vec<_>>())
        .with("limit", i64::from(item.limit))
        .with("co_departments", item.co_departments.iter().map(|one| i64::from(*one)).collect::<Vec<_>>())
        .with("fees", fees)
        .with("intermediary", intermediary)
        .with("territorial", territorial)
        .with("active", item.active)
        .with("remark", i64::from(item.remark))
        .with("s", i64::from(item.s))
        .with("t", i64::from(item.t))
}

impl Engine for Quanze {
    const NAME: &'static str = "quanze";

    fn build<C: Consumer>(items: &[Item], consumer: &mut C) -> Self {
        let schema = schema();
        let field = |name| schema.field("items", name).unwrap_or_else(|error| panic!("{error}"));
        let mut quanze = Self {
            items: schema.list("items").unwrap_or_else(|error| panic!("{error}")),
            name: field("name"),
            limit: field("limit"),
            kind: field("kind"),
            active: field("active"),
            remark: field("remark"),
            lists: lists(&schema),
            system: ListSystem::new(schema),
        };
        let mut edits = Edits::new();
        for (list, bodies) in [("service_bodies", service_bodies()), ("inspection_bodies", inspection_bodies())] {
            for body in bodies {
                let row = Record::new().with("kind", i64::from(body.kind)).with("slot", i64::from(body.slot));
                edits = edits.insert(list, body.key.as_str(), &row);
            }
        }
        for item in items {
            let code = item.code.as_str();
            edits = edits.insert(quanze.items, code, &record(item));
            for (body, promise) in item.authored() {
                let key = format!("{code}/{}", body.as_str());
                edits = edits.author("service_implementation", key, "promise", i64::from(promise));
            }
        }
        quanze.run(edits, consumer);
        quanze
    }

    fn commit<C: Consumer>(&mut self, op: &Op, consumer: &mut C) {
        let edits = self.edit(Edits::new(), op);
        self.run(edits, consumer);
    }

    fn commit_batch<C: Consumer>(&mut self, ops: &[Op], consumer: &mut C) {
        let edits = ops.iter().fold(Edits::new(), |edits, op| self.edit(edits, op));
        self.run(edits, consumer);
    }

    fn read(&self, key: &HandlingKey) -> Option<u64> {
        let text = format!("{}/{}/{}", key.code.as_str(), key.body.as_str(), key.scenario);
        let row = self.system.list("handling").ok()?.row(&text)?;
        let values = [row.read(0), row.read(1), row.read(2), row.read(3)];
        let (root, steps) = text.split_at(key.code.as_str().len());
        Some(resolve(
            key_of(List::Handling, root, steps),
            &values,
            |_| false,
            &mut Seen::default(),
            |row| row.hash(Tag::Inserted),
        ))
    }

    fn scan(&self) -> Sum {
        let mut sum = Sum::default();
        self.sum_list("handling", List::Handling, &mut sum);
        sum
    }

    fn state(&self) -> Sum {
        let mut sum = Sum::default();
        for (name, list, _) in LISTS {
            self.sum_list(name, list, &mut sum);
        }
        sum
    }

    fn bytes(&self) -> usize {
        self.system.memory().derived()
    }
}
