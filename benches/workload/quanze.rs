//! The workload on quanze, through its public API and with the schema written as any user would.

use quanze::{
    ChangeKind, Delta, Edits, ListSystem, Record, Schema,
    schema::{
        Expr, Field, FieldId, List as Declared, ListId, Probe, Rule, Table, Type, Write, authored, count, element,
        join, lit, source, sum,
    },
    system::{ResolvedRow, ValueRef},
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
    ("handling", List::Handling, &HANDLING),
    ("department_totals", List::DepartmentTotals, &[]),
];
const BASIC: [u8; 6] = [field::NAME, field::KIND, field::DEPARTMENT, field::ARTICLES, field::LIMIT, field::EFFECTIVE];
const HANDLING: [u8; 4] = [field::NAME, field::DEPARTMENT, field::ARTICLES, field::EFFECTIVE];
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
    pub(crate) system: ListSystem,
    items: ListId,
    name: FieldId,
    limit: FieldId,
    kind: FieldId,
    active: FieldId,
    remark: FieldId,
    /// By place in the schema, what the workload has of a list.
    lists: Vec<Option<Columns>>,
}

/// A list as the workload has it.
struct Columns {
    list: List,
    /// The field bit of each place.
    bits: &'static [u8],
    /// The workload's bits for each mask of the first eight fields.
    masks: [u8; 256],
}

impl Columns {
    fn of(name: &str) -> Option<Self> {
        let (_, list, bits) = LISTS.into_iter().find(|(of, ..)| *of == name)?;
        let bits = &bits[..list.fields().count_ones() as usize];
        let mut masks = [0; 256];
        for (mask, out) in masks.iter_mut().enumerate() {
            *out = (0..).zip(bits).filter(|(at, _)| mask >> at & 1 == 1).fold(0, |all, (_, bit)| all | bit);
        }
        Some(Self { list, bits, masks })
    }
}

fn small(value: &ValueRef<'_>) -> u8 {
    value.as_integer().and_then(|number| u8::try_from(number).ok()).unwrap_or_default()
}

/// The places of the fields of a list that the workload reads: the first few.
const FIELDS: [usize; 6] = [0, 1, 2, 3, 4, 5];

/// The fields of the row read last, as the workload has them.
#[derive(Default)]
struct Seen {
    kind: u8,
    department: u8,
    articles: Vec<u16>,
    limit: u8,
    effective: u8,
}

impl Seen {
    /// Reads what may have moved of the fields that stand at places.
    #[inline]
    fn read(&mut self, bits: &[u8], values: &[ValueRef<'_>], mut moved: u64) {
        moved &= (1 << values.len()) - 1;
        while moved != 0 {
            let place = moved.trailing_zeros() as usize;
            moved &= moved - 1;
            let value = &values[place];
            match bits[place] {
                field::KIND => self.kind = small(value),
                field::DEPARTMENT => self.department = small(value),
                field::LIMIT => self.limit = small(value),
                field::EFFECTIVE => self.effective = small(value),
                field::ARTICLES => {
                    self.articles.clear();
                    self.articles.extend(value.integers().map(|number| number as u16));
                }
                _ => {}
            }
        }
    }

    /// Returns the row; its name is the first of its values.
    #[inline]
    fn row<'s>(&'s self, key: Key<'s>, values: &'s [ValueRef<'_>]) -> Row<'s> {
        let Self { kind, department, ref articles, limit, effective } = *self;
        let name = values[0].as_text().unwrap_or_default().as_bytes();
        Row { key, name, kind, department, articles, limit, effective }
    }
}

/// Takes the key of a row apart.
#[inline]
fn key_of<'r>(list: List, row: &ResolvedRow<'r, '_>) -> Key<'r> {
    let last = row.last_step();
    let step = match list {
        List::Boundary => Step::CoDepartment(last.bytes().fold(0, |number, digit| number * 10 + (digit - b'0'))),
        List::ServiceImplementation | List::InspectionImplementation => Step::Body(last.as_bytes()),
        List::Handling => {
            let body = &row.steps().as_bytes()[1..];
            Step::BodyScenario(&body[..body.len() - last.len() - 1], last.as_bytes())
        }
        _ => Step::Item,
    };
    Key { list, code: row.root_key().as_bytes(), step }
}

fn consume<C: Consumer>(lists: &[Option<Columns>], delta: &Delta<'_>, consumer: &mut C) {
    let mut seen = Seen::default();
    for span in delta.spans() {
        let Some(Columns { list, bits, masks }) = &lists[span.list_place()] else { continue };
        let list = *list;
        if matches!(list, List::DepartmentTotals) {
            for row in &span.rows() {
                let number = |value: ValueRef<'_>| value.as_integer().unwrap_or_default() as u64;
                let department = match span.kind() {
                    ChangeKind::Removed => row.before(0),
                    _ => row.after(0),
                };
                let before = Total { rows: number(row.before(1)), sum: number(row.before(2)) };
                let after = Total { rows: number(row.after(1)), sum: number(row.after(2)) };
                consumer.total(small(&department), before, after);
            }
            continue;
        }
        let changed = masks[(span.changed() & 0xFF) as usize];
        let mut number = span.origin() << 8;
        if C::SPANS {
            let mask = match span.kind() {
                ChangeKind::Added => u8::MAX,
                ChangeKind::Removed => 0,
                ChangeKind::Updated if changed == 0 => continue,
                ChangeKind::Updated => changed,
            };
            consumer.span(list, number, span.len() as u64, mask);
        } else if C::RESOLVED {
            match span.kind() {
                ChangeKind::Removed => span.resolve(&[], |row| {
                    consumer.removed(number, &key_of(list, &row));
                    number += 1;
                }),
                ChangeKind::Updated if changed == 0 => {}
                kind => span.resolve(&FIELDS[..bits.len()], |row| {
                    seen.read(bits, row.values(), row.moved());
                    let row = seen.row(key_of(list, &row), row.values());
                    match kind {
                        ChangeKind::Added => consumer.inserted(number, &row),
                        _ => consumer.updated(number, &row, changed),
                    }
                    number += 1;
                }),
            }
        } else {
            let key = Key { list, code: &[], step: Step::Item };
            let row = Row { key, name: &[], kind: 0, department: 0, articles: &[], limit: 0, effective: 0 };
            for number in number..number + span.len() as u64 {
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
    fn sum_list(&self, name: &str, sum: &mut Sum) {
        let Some(Columns { list, bits, .. }) = Columns::of(name) else { return };
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
        view.resolve(&FIELDS[..bits.len()], |row| {
            seen.read(bits, row.values(), row.moved());
            sum.add(seen.row(key_of(list, &row), row.values()).hash(Tag::Inserted));
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
            lists: schema.spec().lists.keys().map(|name| Columns::of(name.as_str())).collect(),
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
        let mut seen = Seen::default();
        seen.read(&HANDLING, &values, u64::MAX);
        Some(seen.row(key.key(), &values).hash(Tag::Inserted))
    }

    fn scan(&self) -> Sum {
        let mut sum = Sum::default();
        self.sum_list("handling", &mut sum);
        sum
    }

    fn state(&self) -> Sum {
        let mut sum = Sum::default();
        for (name, ..) in LISTS {
            self.sum_list(name, &mut sum);
        }
        sum
    }

    fn bytes(&self) -> usize {
        self.system.memory().derived()
    }
}
