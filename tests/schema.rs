//! What a schema accepts, and what it says of what it does not.

use quanze::schema::{
    Check, Checksum, CodeScheme, Each, Expr, Field, Fold, Labels, List, Narrow, OnRemove, Probe, Rule, Schema,
    SchemaBuilder, Segment, Severity, Table, Type, Vocabulary, Write, authored, coalesce, code, collect, count,
    element, if_else, join, lit, own, row, rows_of, source, sum, union,
};
use quanze::{Value, days, four_tier, picture::Detail, working_days};

/// Builds a schema and compares what it says of its faults, one a line; nothing where there are none.
#[track_caller]
fn check(spec: SchemaBuilder, expect: &str) {
    let said = spec.build().err().map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(said, expect);
}

/// A small system that is sound: bodies, law articles, powers that rest on them, and services derived from powers.
fn sound() -> SchemaBuilder {
    SchemaBuilder::new()
        .vocabulary("kinds", Vocabulary::of(["licence", "penalty", "inspection"]))
        .code_scheme(
            "basic",
            CodeScheme::new().segment("region", Segment::digits(2)).segment("main", Segment::digits(5)),
        )
        .list(
            "bodies",
            List::base().field("name", Field::new(Type::Text).required()).field("kind", Type::choice("kinds")),
        )
        .list("articles", List::base().field("state", Type::Text))
        .list("powers", powers())
        .list("services", services())
}

fn powers() -> List {
    List::base()
        .tier(1)
        .field("name", Field::new(Type::Text).required())
        .field("kind", Type::choice("kinds"))
        .field("body", Type::reference("bodies"))
        .field("basis", Type::set(Type::reference("articles")))
        .field("levels", Type::set(Type::Text))
        .field("limit", Type::Duration)
        .field("fee", Type::Decimal)
        .field("visits", Type::Integer)
        .field("since", Type::Date)
        .field("open", Type::Boolean)
        .field("code", Type::code("basic"))
        .field("steps", Type::sequence(Type::Text))
}

fn services() -> List {
    List::derived()
        .tier(2)
        .field("name", Type::Text)
        .field("limit", Type::Duration)
        .field("body", Type::reference("bodies"))
        .rule(Rule::each_row("open", "powers").when(source("open")).inherit(["name", "limit", "body"]))
}

/// The sound system with one more derived list, `made`, of one text field `text` and these rules.
fn with_rules(rules: impl IntoIterator<Item = Rule>) -> SchemaBuilder {
    let made = List::derived().field("text", Field::new(Type::Text).write(Write::Suggest));
    let made = rules.into_iter().fold(made, List::rule);
    sound().list("made", made)
}

/// The sound system with one more derived list, `made`, whose one rule selects powers by a condition.
fn with_condition(when: impl Into<Expr>) -> SchemaBuilder {
    with_rules([Rule::each_row("all", "powers").when(when.into()).set("text", source("name"))])
}

/// The sound system with one more derived list, `made`, whose one rule sets a field of a type to a value.
fn with_value(ty: Type, value: impl Into<Expr>) -> SchemaBuilder {
    let rule = Rule::each_row("all", "powers").set("value", value.into());
    sound().list("made", List::derived().field("value", ty).rule(rule))
}

#[test]
fn a_sound_schema_has_no_faults() {
    check(sound(), "");
    check(SchemaBuilder::new(), "");
    check(with_condition(true), "");
}

#[test]
fn names() {
    check(
        SchemaBuilder::new()
            .unit("Tage", Labels::default())
            .vocabulary("a vocabulary", Vocabulary::of(["01", "a b", ""]))
            .code_scheme("9", CodeScheme::new().segment("é", Segment::digits(1)))
            .list("Liste", List::base().field("key", Type::Text).field("", Type::Text))
            .check("x".repeat(65), Check::new(Severity::Note, "Liste", lit(true))),
        &[
            "the unit name 'Tage' is malformed; a name is a lower-case letter, then lower-case letters, digits or '_', at most 64",
            "vocabulary 'a vocabulary': the vocabulary name 'a vocabulary' is malformed; a name is a lower-case letter, then lower-case letters, digits or '_', at most 64",
            "vocabulary 'a vocabulary': the choice 'a b' is malformed; a choice is 1 to 64 bytes without spaces or control characters",
            "vocabulary 'a vocabulary': the choice '' is malformed; a choice is 1 to 64 bytes without spaces or control characters",
            "code scheme '9': the code scheme name '9' is malformed; a name is a lower-case letter, then lower-case letters, digits or '_', at most 64",
            "code scheme '9': the segment name 'é' is malformed; a name is a lower-case letter, then lower-case letters, digits or '_', at most 64",
            "list 'Liste': the list name 'Liste' is malformed; a name is a lower-case letter, then lower-case letters, digits or '_', at most 64",
            "list 'Liste', field 'key': the field name 'key' is reserved; it is the key of a row",
            "list 'Liste', field '': the field name '' is malformed; a name is a lower-case letter, then lower-case letters, digits or '_', at most 64",
            &format!("check '{0}': the check name '{0}' is malformed; a name is a lower-case letter, then lower-case letters, digits or '_', at most 64", "x".repeat(65)),
        ]
        .join("\n"),
    );
    check(
        sound()
            .list("powers", powers())
            .vocabulary("kinds", Vocabulary::new())
            .unit("weeks", Labels::default())
            .unit("weeks", Labels::default()),
        "the list 'powers' is given twice; each is given once\n\
         the vocabulary 'kinds' is given twice; each is given once\n\
         the unit 'weeks' is given twice; each is given once",
    );
}

#[test]
fn types() {
    let list = List::base()
        .field("a", Type::reference("power"))
        .field("b", Type::reference("services"))
        .field("c", Type::choice("kind"))
        .field("d", Type::set(Type::code("local")))
        .field("e", Type::set(Type::sequence(Type::Text)));
    check(
        sound().list("made", list),
        "list 'made', field 'a': there is no list 'power'; did you mean 'powers'?\n\
         list 'made', field 'b': rows of 'services' cannot be referred to, because it is derived; references to base lists are accepted\n\
         list 'made', field 'c': there is no vocabulary 'kind'; did you mean 'kinds'?\n\
         list 'made', field 'd': there is no code scheme 'local'; accepted: basic\n\
         list 'made', field 'e': a set of sequence of text is not accepted; the elements of a list are single values",
    );
}

#[test]
fn base_lists() {
    let list = List::base()
        .tier(0)
        .field("name", Field::new(Type::Text).write(Write::Suggest))
        .field("note", Field::new(Type::Text).on_remove(OnRemove::Release))
        .field("owner", Field::new(Type::reference("bodies")).required().on_remove(OnRemove::Release))
        .field("others", Field::new(Type::set(Type::reference("bodies"))).on_remove(OnRemove::Cascade))
        .field("body", Field::new(Type::reference("bodies")).required().on_remove(OnRemove::Cascade))
        .unique(["nam"])
        .unique(["name", "name"])
        .unique(["name", "body"])
        .unique(["body", "name"])
        .unique(Vec::<&str>::new())
        .order_by("key")
        .order_by("name")
        .order_by("others")
        .order_by("name");
    check(
        sound().list("made", list),
        "list 'made': tier: 0; accepted: 1 and more\n\
         list 'made', field 'name': the field is written with its base row; a write policy is accepted in derived lists\n\
         list 'made', field 'note': the field is text, which refers to no row; on_remove is accepted for references\n\
         list 'made', field 'owner': a required reference cannot be released; restrict or cascade is accepted, or an optional field\n\
         list 'made', field 'others': cascade makes the row owned by the one referred to; only a single reference of a base list is accepted\n\
         list 'made': there is no field 'nam' in the list 'made'; did you mean 'name'?\n\
         list 'made': the unique field 'name' is given twice; each is given once\n\
         list 'made': the unique set of fields 'body, name' is given twice; each is given once\n\
         list 'made': fields of a unique set: 0; accepted: 1 and more\n\
         list 'made': there is no field 'key' in the list 'made'; accepted: name, note, owner, others, body\n\
         list 'made': the field 'others', which rows are ordered by, is set of reference to bodies; a single value is accepted\n\
         list 'made': the order by 'name' is given twice; each is given once",
    );
    let many = |count| (0..count).fold(List::base(), |list, i| list.field(format!("f{i}"), Type::Text));
    check(sound().list("made", many(120)), "");
    check(sound().list("made", many(121)), "list 'made': fields: 121; accepted: at most 120");
}

#[test]
fn write_policies() {
    let list = List::derived()
        .field("a", Field::new(Type::Text).write(Write::Local))
        .field("b", Field::new(Type::Text).write(Write::Local))
        .field("c", Type::Text)
        .field("d", Field::new(Type::Duration).write(Write::Narrow(Narrow::AtMost)))
        .field("e", Field::new(Type::Text).write(Write::Union))
        .field("f", Field::new(Type::Text).write(Write::Narrow(Narrow::Subset)))
        .field("g", Field::new(Type::set(Type::Text)).write(Write::Narrow(Narrow::AtLeast)))
        .field("h", Field::new(Type::reference("bodies")).required().on_remove(OnRemove::Release))
        .field("i", Field::new(Type::reference("bodies")).on_remove(OnRemove::Cascade))
        .unique(["a"])
        .rule(
            Rule::each_row("all", "powers")
                .set("a", source("name"))
                .set("e", source("name"))
                .set("f", source("name"))
                .set("g", source("levels"))
                .set("h", source("body"))
                .set("i", source("body"))
                .set("z", source("name")),
        );
    check(
        sound().list("made", list),
        "list 'made', field 'c': no rule sets the field; set it in a rule, or let its write policy be local\n\
         list 'made', field 'd': no rule sets the field; set it in a rule, or let its write policy be local\n\
         list 'made', field 'e': union is not for text; a set or sequence is accepted\n\
         list 'made', field 'f': narrow to a subset is not for text; a set or sequence is accepted\n\
         list 'made', field 'g': narrow to at most or at least is not for set of text; an integer, decimal, date, duration, text or choice is accepted\n\
         list 'made', field 'i': cascade makes the row owned by the one referred to; only a single reference of a base list is accepted\n\
         list 'made': unique fields are accepted in base lists only\n\
         list 'made', rule 'all', field 'a': the field is local, so no rule sets it; leave it out, or let its write policy be suggest\n\
         list 'made', rule 'all': there is no field 'z' in the list 'made'; accepted: a, b, c, d, e, f, g, h, … (9 in all)",
    );
}

#[test]
fn rules() {
    check(
        with_rules([
            Rule::each_row("All", "powres").set("text", source("anything")),
            Rule::each_row("one", "powers").when(source("name")).set("text", source("visits")),
            Rule::each_row("one", "powers").set("text", source("body.nam")),
        ]),
        "list 'made', rule 'All': the rule name 'All' is malformed; a name is a lower-case letter, then lower-case letters, digits or '_', at most 64\n\
         list 'made', rule 'All': there is no list 'powres'; did you mean 'powers'?\n\
         list 'made', rule 'one': 'source.name' is text; a boolean is accepted\n\
         list 'made', rule 'one', field 'text': 'source.visits' is integer; a text is accepted\n\
         list 'made', rule 'one': the rule 'one' is given twice; each is given once\n\
         list 'made', rule 'one', field 'text': there is no field 'nam' in the list 'bodies'; did you mean 'name'?",
    );
    check(
        with_rules([
            Rule::each_element("a", "powers", "name").set("text", element("value")),
            Rule::each_element("b", "powers", "level").set("text", element("value")),
            Rule::each_element("c", "powers", "levels").set("text", element("name")),
            Rule::each_element("d", "powers", "basis").set("text", element("state")),
            Rule::each_element("e", "powers", "basis").set("text", element("value")),
            Rule::each_element("f", "powers", "steps").set("text", element("value")),
        ]),
        "list 'made', rule 'a': the field 'name' of 'powers' is text; a row for each element is made of a set or sequence\n\
         list 'made', rule 'b': there is no field 'level' in the list 'powers'; did you mean 'levels'?\n\
         list 'made', rule 'c', field 'text': 'element.name' has no fields, the element is text; read 'element.value'\n\
         list 'made', rule 'e', field 'text': 'element.value' is reference to articles; a text is accepted",
    );
}

#[test]
fn tables() {
    let table = Table::by("kind", "scenario", Type::Text)
        .column("limit", Type::Duration)
        .line("licence", "new")
        .with("limit", working_days(5))
        .line("licence", "renew")
        .line("penalty", "new");
    check(with_rules([Rule::each_line("all", "powers", table.clone()).set("text", element("scenario"))]), "");
    let wrong = table
        .line("licence", "new")
        .line("license", "new")
        .line(Value::Missing, "new")
        .line("penalty", "")
        .with("limt", working_days(5))
        .line("penalty", "two")
        .with("limit", "5 weeks")
        .line("penalty", Value::Missing);
    check(
        with_rules([Rule::each_line("all", "powers", wrong).set("text", element("scenari"))]),
        "list 'made', rule 'all': table, line 4: the key 'new' is there twice for 'licence'; lines of one value have different keys\n\
         list 'made', rule 'all': table, line 5: 'kind': 'license' is not accepted; 'kinds' has licence, penalty, inspection\n\
         list 'made', rule 'all': table, line 6: it goes with no value of 'kind'; a value is accepted\n\
         list 'made', rule 'all': table, line 7: there is no column 'limt'; did you mean 'limit'?\n\
         list 'made', rule 'all': table, line 7: 'scenario' names the line in keys, and the key '' has an empty segment; a key is one or more segments joined by '/', each of 1 to 512 bytes\n\
         list 'made', rule 'all': table, line 8: 'limit': there is no unit 'weeks'; accepted: working_days, days, hours, months, years\n\
         list 'made', rule 'all': table, line 9: 'scenario', which names the line, is missing; a value is accepted\n\
         list 'made', rule 'all', field 'text': there is no column 'scenari' in the table; did you mean 'scenario'?",
    );
    let mut headless = Table::by("levels", "key", Type::set(Type::Text));
    headless.key = "name".into();
    check(
        with_rules([
            Rule::each_line("a", "powers", headless.clone()).set("text", source("name")),
            Rule::each_line("b", "powers", Table { by: "kind".into(), ..headless }).set("text", source("name")),
            Rule::each_line("c", "powers", Table::by("knd", "name", Type::set(Type::Text))).set("text", source("name")),
        ]),
        "list 'made', rule 'a': the field 'levels' of 'powers', by which the table goes, is set of text; a single value is accepted\n\
         list 'made', rule 'b': the column name 'key' is reserved; it is the key of a row\n\
         list 'made', rule 'b': there is no column 'name' in the table; accepted: key\n\
         list 'made', rule 'c': there is no field 'knd' in the list 'powers'; did you mean 'kind'?\n\
         list 'made', rule 'c': the column 'name', which names the lines, is set of text; a single value is accepted",
    );
}

#[test]
fn matches() {
    let good = Rule::each_match("all", "powers", "bodies")
        .on("kind", Probe::Is(source("kind")))
        .on("key", Probe::AnyOf(vec![source("body"), lit("market-bureau")]))
        .matched_when(element("name").ne(source("name")))
        .set("text", join([element("name"), element("key")]));
    check(with_rules([good]), "");
    check(
        with_rules([
            Rule::each_match("a", "powers", "bodies").set("text", element("name")),
            Rule::each_match("b", "powers", "body").on("kind", Probe::Is(source("kind"))).set("text", element("name")),
            Rule::each_match("c", "powers", "services")
                .on("name", Probe::Is(source("name")))
                .set("text", element("name")),
            Rule::each_match("d", "bodies", "powers").on("levels", Probe::Is(lit("1"))).set("text", element("name")),
            Rule::each_match("e", "bodies", "powers")
                .on("body", Probe::Is(source("name")))
                .on("kind", Probe::AnyOf(vec![]))
                .on("kind", Probe::Is(lit("permit")))
                .on("knd", Probe::Is(source("kind")))
                .matched_when(own("text").is("x"))
                .set("text", element("name")),
        ]),
        "list 'made', rule 'a': a match probes for no field; at least one field of the matched list is accepted\n\
         list 'made', rule 'b': there is no list 'body'; accepted: bodies, articles, powers, services, made\n\
         list 'made', rule 'c': the list 'services' cannot be matched; base lists and lists of groups are accepted\n\
         list 'made', rule 'd': the field 'levels' of 'powers', which is probed for, is set of text; a single value is accepted\n\
         list 'made', rule 'e': 'source.name' is text; a reference to bodies is accepted\n\
         list 'made', rule 'e': the probe for 'kind' has no values; at least one is accepted\n\
         list 'made', rule 'e': the probe for 'kind' is given twice; each is given once\n\
         list 'made', rule 'e': 'permit' is not accepted; 'kinds' has licence, penalty, inspection\n\
         list 'made', rule 'e': there is no field 'knd' in the list 'powers'; did you mean 'kind'?\n\
         list 'made', rule 'e': 'own.text' cannot be read in the condition of a match; accepted: source, element",
    );
}

/// Powers in groups by kind and body.
fn groups() -> List {
    List::derived()
        .field("kind", Type::choice("kinds"))
        .field("body", Field::new(Type::reference("bodies")).write(Write::Suggest))
        .field("body_name", Type::Text)
        .field("many", Type::Boolean)
        .field("names", Type::set(Type::Text))
        .rule(
            Rule::each_group("by_kind", "powers", [source("kind"), source("body")])
                .set("kind", source("kind"))
                .set("body", source("body"))
                .set("body_name", source("body.name"))
                .set("many", count().gt(own("names").length() / 2))
                .set("names", collect(source("name"))),
        )
}

#[test]
fn groups_and_their_members() {
    check(sound().list("groups", groups()), "");
    let probing = |field: &str, probe| {
        let rule = Rule::each_match("all", "powers", "groups").on(field, Probe::Is(probe)).set("text", element("key"));
        with_rules([rule]).list("groups", groups())
    };
    check(probing("kind", source("kind")), "");
    check(probing("key", lit("licence/market-bureau")), "");
    for (field, probe) in [("body_name", source("name")), ("body", source("body"))] {
        check(
            probing(field, probe),
            &format!(
                "list 'made', rule 'all': the field '{field}' of 'groups' cannot be probed for; a locked field of groups is accepted if it is set to what they are grouped by"
            ),
        );
    }
    let by = |by: Vec<Expr>| Rule::each_group("all", "powers", by).set("text", lit("x"));
    check(
        with_rules([by(vec![])]),
        "list 'made', rule 'all': a rule groups by nothing; at least one value is accepted",
    );
    check(
        with_rules([by(vec![source("levels")])]),
        "list 'made', rule 'all': 'source.levels', which rows are grouped by, is set of text; a single value is accepted",
    );
    check(
        with_rules([by(vec![source("kind")]).set("text", source("name"))]),
        "list 'made', rule 'all', field 'text': 'source.name' cannot be read in what a group sets; outside an aggregate the members share only 'source.kind'",
    );
    check(
        with_rules([by(vec![source("kind")]), Rule::each_row("rest", "powers").set("text", source("name"))]),
        "list 'made': a rule that groups is the only rule of its list; give each of them a list of its own",
    );
    check(with_rules([by(vec![source("body")]).over("bodies")]), "");
    check(
        with_rules([by(vec![source("kind")]).over("bodies")]),
        "list 'made', rule 'all': 'source.kind', which rows are grouped by, is choice of kinds; groups over 'bodies' are grouped by a reference to it",
    );
    check(
        with_rules([by(vec![source("kind"), source("body")]).over("bodies")]),
        "list 'made', rule 'all': groups over 'bodies' are grouped by 2 values; one, a reference to it, is accepted",
    );
    check(
        with_rules([by(vec![source("body")]).over("services")]),
        "list 'made', rule 'all': there cannot be a group over each row of 'services', because it is derived; a base list is accepted",
    );
    check(
        with_rules([by(vec![source("body")]).over("bodys")]),
        "list 'made', rule 'all': there is no list 'bodys'; did you mean 'bodies'?",
    );
}

#[test]
fn scopes() {
    check(
        with_condition(
            own("text").is("a").and(authored("text").is("b")).and(row("name").is("c")).and(element("x").is("d")),
        ),
        "list 'made', rule 'all': 'own.text' cannot be read in the condition of a rule; accepted: source\n\
         list 'made', rule 'all': 'authored.text' cannot be read in the condition of a rule; accepted: source\n\
         list 'made', rule 'all': 'row.name' cannot be read in the condition of a rule; accepted: source\n\
         list 'made', rule 'all': 'element.x' cannot be read in the condition of a rule; accepted: source",
    );
    check(
        with_value(Type::Text, join([own("value"), source("name")])),
        "a cycle, in which each depends on the next: made.value → made.value",
    );
    check(
        with_value(Type::Text, authored("value")),
        "list 'made', rule 'all', field 'value': 'authored.value' is never authored; only a derived field whose write policy is not locked is, read 'own.value'",
    );
    check(with_rules([Rule::each_row("all", "powers").set("text", coalesce([authored("text"), source("name")]))]), "");
    check(
        with_condition(source("body.kind.name").is("a").or(source("nobody").is("a"))),
        "list 'made', rule 'all': the path 'body.kind.name' goes on after 'kind', which is choice of kinds; only a reference leads further\n\
         list 'made', rule 'all': there is no field 'nobody' in the list 'powers'; did you mean 'body'?",
    );
    check(with_condition(source("basis.state").has("in force").and(source("key.key.name").is("x"))), "");
}

#[test]
fn operators_take_what_fits() {
    for sound in [
        source("kind").is_in(["licence", "penalty"]),
        source("limit").le(working_days(10)),
        source("limit").le("10 working_days"),
        source("fee").gt(10).and(source("visits").gt("1.5")).and(source("fee").gt(source("visits"))),
        (source("since") + 30).le("2024-01-01"),
        (source("since") + days(30)).gt(source("since") - "3 days"),
        (source("since") - "2024-01-01").is(3),
        (lit("2024-01-01") + source("visits")).lt(source("since")),
        (source("limit") * 2).is("20 days"),
        (source("visits") / 2).rem(3).is(source("fee") * 2),
        source("kind").lt("inspection"),
        source("levels").subset_of(source("steps")).or(lit(["1"]).intersects(source("levels"))),
        source("basis").has("food-safety-law-35"),
        source("levels").length().min(source("fee")).gt(0),
        if_else(source("open"), source("name"), lit("closed")).starts_with("x"),
        coalesce([lit(Value::Missing), source("limit"), lit("1 days")]).is_present(),
        source("code").segment("region").is("41").and(source("code").is_well_formed()),
        code("basic", [lit("41"), source("visits")]).is(source("code")),
        code("basic", [lit("41"), source("visits")]).is("4100001"),
        union([source("levels"), source("steps"), lit(["x"])]).length().is(3),
        (lit("1 days") + "2 days").lt(source("limit")),
        (lit(1) + 2).is(3),
        lit("basic:4100001").check_digit_ok(),
    ] {
        let text = sound.to_string();
        let said = with_condition(sound).build().err().map(|error| error.to_string());
        assert_eq!(said, None, "{text}");
    }
}

#[test]
fn operators_refuse_what_does_not() {
    let cases = [
        (
            source("name").is(source("kind")),
            "'source.name' is text and 'source.kind' is choice of kinds; both must have one type",
        ),
        (
            source("levels").is(source("steps")),
            "'source.levels' is set of text and 'source.steps' is sequence of text; both must have one type",
        ),
        (
            source("open").lt(true),
            "'source.open' is boolean; only integers, decimals, dates, durations, texts and choices compare",
        ),
        (
            source("kind").is_in(["licence", "permit"]),
            "'permit' is not accepted; 'kinds' has licence, penalty, inspection",
        ),
        (
            source("name").is_in(source("basis")),
            "'source.name' is text and 'an element of source.basis' is reference to articles; both must have one type",
        ),
        (source("name").is_in(source("name")), "'source.name' is text; a set or sequence is accepted"),
        (source("levels").is_in(source("levels")), "'source.levels' is set of text; a single value is accepted"),
        (
            source("levels").intersects(source("basis")),
            "'an element of source.levels' is text and 'an element of source.basis' is reference to articles; both must have one type",
        ),
        (
            (source("since") + source("since")).is_missing(),
            "'source.since + source.since' takes date and date; numbers, durations, and dates with days are accepted, as each operation allows",
        ),
        ((source("since") + "soon").is_missing(), "'soon' is no duration; a duration reads like '10 working_days'"),
        (
            (source("name") + 1).is_missing(),
            "'source.name + 1' takes text and integer; numbers, durations, and dates with days are accepted, as each operation allows",
        ),
        (
            (source("visits") * source("limit")).is_missing(),
            "'source.visits * source.limit' takes integer and duration; numbers, durations, and dates with days are accepted, as each operation allows",
        ),
        (
            source("limit").le("10 weeks"),
            "there is no unit 'weeks'; accepted: working_days, days, hours, months, years",
        ),
        (source("limit").le("10 day"), "there is no unit 'day'; did you mean 'days'?"),
        (source("visits").length().is(1), "'source.visits' is integer; only a text or a list has a length"),
        (source("visits").contains("1"), "'source.visits' is integer; a text is accepted"),
        (
            source("body").is("a/b"),
            "the key 'a/b' has several segments, and a row of 'bodies' has a key of one; write '/' in it as '~1'",
        ),
        (
            coalesce([source("visits"), source("fee")]).is(1),
            "'source.visits' is integer and 'source.fee' is decimal; both must have one type",
        ),
        (coalesce([]).is_missing(), "'coalesce()' has no options; at least one is accepted"),
        (Expr::Min(vec![]).is_missing(), "'min()' compares nothing; at least one value is accepted"),
        (join([]).is("x"), "'join()' has no parts; at least one is accepted"),
        (union([]).is_missing(), "'union()' unites nothing; at least one list is accepted"),
        (lit(Value::Missing).is_missing(), "'missing' meets nothing that tells its type; leave it out"),
        (
            source("code").segment("sub").is("x"),
            "there is no segment 'sub' in the code scheme 'basic'; accepted: region, main",
        ),
        (source("name").is_well_formed(), "'source.name' is text; only a code has a scheme"),
        (code("basi", [lit("x")]).is_missing(), "there is no code scheme 'basi'; did you mean 'basic'?"),
        (source("code").is("local:1"), "there is no code scheme 'local'; accepted: basic"),
        (lit("4100001").check_digit_ok(), "the code '4100001' names no scheme; accepted: basic"),
        (source("levels").has(["a"]), "a list of 1 is not accepted; text is accepted"),
        (source("levels").subset_of(["a", "a"]), "the element 'a' is there twice; elements are different"),
        (
            source("levels").subset_of(Value::List(vec![Value::Missing])),
            "an element is missing; the elements of a list are present",
        ),
        (
            source("levels").subset_of([""]),
            "the element '' can be no step of a key: the key '' has an empty segment; a key is one or more segments joined by '/', each of 1 to 512 bytes",
        ),
        (
            source("levels").subset_of(Value::List(vec![Value::from(["a"])])),
            "a list of 1 is not accepted; text is accepted",
        ),
    ];
    for (wrong, expect) in cases {
        check(with_condition(wrong), &format!("list 'made', rule 'all': {expect}"));
    }
}

#[test]
fn fields_take_what_fits() {
    check(
        with_value(Type::set(Type::Text), source("steps")),
        "list 'made', rule 'all', field 'value': 'source.steps' is sequence of text; a set of text is accepted, such as a union of it",
    );
    check(with_value(Type::set(Type::Text), union([source("steps")])), "");
    check(with_value(Type::sequence(Type::Text), source("steps")), "");
    check(with_value(Type::sequence(Type::Text), lit(["b", "a"])), "");
    check(with_value(Type::Decimal, source("visits") + 1), "");
    check(
        with_value(Type::Integer, source("visits") + "1.5"),
        "list 'made', rule 'all', field 'value': 'source.visits + \"1.5\"' is decimal; an integer is accepted",
    );
    check(with_value(Type::set(Type::reference("articles")), source("basis.key")), "");
    check(with_value(Type::set(Type::Text), source("basis.state")), "");
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| (1..depth).fold(source("open"), |expr, _| expr.not());
    check(with_condition(nested(48)), "");
    let deep = "list 'made', rule 'all': an expression is nested deeper than 48 operations; set a field to a part of it and read that";
    check(with_condition(nested(49)), deep);
    check(with_condition(nested(10_000)), deep);
}

/// Typing takes no longer for being tried in several ways at each level.
#[test]
fn nested_choices_are_typed_at_once() {
    let nested = |last: &str| (1..40).fold(lit(last), |expr, _| Expr::Min(vec![lit(1), expr]));
    check(with_condition(source("visits").lt(nested("1.5"))), "");
    check(
        with_condition(source("visits").lt(nested("x"))),
        "list 'made', rule 'all': 'x' is no decimal amount; an amount reads like 12.50, with at most 28 digits",
    );
    let twice = |spec: SchemaBuilder, i: usize| {
        let from = if i == 0 { "powers".to_owned() } else { format!("l{}", i - 1) };
        let rule = |id: &str| Rule::each_row(id, from.as_str()).inherit(["body"]);
        let list = List::derived().field("body", Type::reference("bodies")).rule(rule("a")).rule(rule("b"));
        spec.list(format!("l{i}"), list)
    };
    let counting = Rule::each_row("all", "bodies").when(rows_of("l39", "body").count().gt(1));
    check((0..40).fold(sound(), twice).list("made", List::derived().rule(counting)), "");
}

#[test]
fn aggregates() {
    let participants = List::base()
        .field("power", Field::new(Type::reference("powers")).required().on_remove(OnRemove::Cascade))
        .field("role", Type::Text)
        .field("days", Type::Integer);
    let with = |value: Expr| {
        let list = List::derived().field("n", Type::Integer).rule(Rule::each_row("all", "powers").set("n", value));
        sound().list("participants", participants.clone()).list("made", list)
    };
    check(with(rows_of("participants", "power").count_where(row("role").is("lead"))), "");
    check(with(rows_of("participants", "power").sum(row("days"))), "");
    let of = |fold, value| rows_of("participants", "power").fold(fold, value);
    let cases = [
        (
            count(),
            "'count()' cannot be read in what a rule sets; an aggregate without rows_of draws from the members of a group, in what a group rule sets",
        ),
        (rows_of("participant", "power").count(), "there is no list 'participant'; did you mean 'participants'?"),
        (
            rows_of("participants", "powr").count(),
            "there is no field 'powr' in the list 'participants'; did you mean 'power'?",
        ),
        (
            rows_of("participants", "role").count(),
            "'count(participants.role)' looks for rows of 'participants' by 'role', which is text; a field that refers to 'powers' is accepted",
        ),
        (rows_of("participants", "power").sum(row("role")), "'row.role' is text; an integer is accepted"),
        (
            rows_of("participants", "power").sum(source("visits")),
            "'source.visits' cannot be read in an aggregate over rows_of; accepted: row",
        ),
        (
            of(Fold::Max, row("power")).is_missing().and(of(Fold::Sum, row("role")).is_missing()),
            "'row.power' is reference to powers; only integers, decimals, dates, durations, texts and choices compare\nlist 'made', rule 'all', field 'n': 'row.role' is text; only integers, decimals and durations add up",
        ),
        (of(Fold::Any, row("role")), "'row.role' is text; a boolean is accepted"),
        (
            of(Fold::Count, row("role")),
            "'count(row.role of participants.power)' counts rows; no value is accepted, only a condition",
        ),
        (
            rows_of("participants", "power").collect(row("role")),
            "'collect(row.role of participants.power)' is set of text; an integer is accepted",
        ),
        (
            of(Fold::Sum, rows_of("participants", "power").count()),
            "'count(participants.power)' cannot be read in an aggregate over rows_of; rows_of is accepted in the condition of a rule, in what it sets (but of groups), and in checks",
        ),
    ];
    for (wrong, expect) in cases {
        check(with(wrong), &format!("list 'made', rule 'all', field 'n': {expect}"));
    }
    let group = Rule::each_group("all", "powers", [source("kind")]);
    let grouped = |value: Expr| {
        sound().list("made", List::derived().field("n", Type::Integer).rule(group.clone().set("n", value)))
    };
    check(grouped(sum(source("visits")) / count()), "");
    check(
        grouped(sum(row("visits"))),
        "list 'made', rule 'all', field 'n': 'row.visits' cannot be read in an aggregate over the members of a group; accepted: source",
    );
    check(
        grouped(rows_of("powers", "body").count()),
        "list 'made', rule 'all', field 'n': 'count(powers.body)' cannot be read in what a group sets; rows_of starts from a base row, and the rows here do not all stem from one base list",
    );
}

#[test]
fn rows_of_derived_lists() {
    let with = |services: List| {
        let made = List::derived()
            .field("n", Type::Integer)
            .rule(Rule::each_row("all", "bodies").set("n", rows_of("services", "body").count()));
        SchemaBuilder::new()
            .list("bodies", List::base().field("name", Type::Text))
            .list("powers", List::base().field("body", Type::reference("bodies")))
            .list("services", services)
            .list("made", made)
    };
    let services = |field: Field, value: Expr| {
        List::derived().field("body", field).rule(Rule::each_row("all", "powers").set("body", value))
    };
    let body = || Field::new(Type::reference("bodies"));
    check(with(services(body(), source("body"))), "");
    let refused = "list 'made', rule 'all', field 'n': 'count(services.body)' looks for rows of 'services' by 'body', which is not handed down from the base row; a locked field that each rule sets to a reference field of its source, or to the key of the base row, is accepted";
    check(with(services(body(), coalesce([source("body"), lit("x")]))), refused);
    check(with(services(body().write(Write::Suggest), source("body"))), refused);
    let of_bodies =
        List::derived().field("body", body()).rule(Rule::each_row("all", "bodies").set("body", source("key")));
    check(with(of_bodies), "");
    let once_more = services(body(), source("body")).rule(
        Rule::each_match("more", "powers", "bodies").on("key", Probe::Is(source("body"))).set("body", element("key")),
    );
    check(with(once_more), refused);
}

#[test]
fn tiers() {
    let reads = |tier: Option<u8>, rule: Rule| {
        let made = List { tier, ..List::derived() }.field("text", Type::Text).rule(rule);
        sound().list("made", made)
    };
    let from = || Rule::each_row("all", "services").set("text", source("name"));
    check(reads(None, from()), "");
    check(reads(Some(2), from()), "");
    check(
        reads(Some(1), from()),
        "list 'made', rule 'all': tier 1 reads 'services' of tier 2; only lists of tier 1, those above it, and those without a tier are accepted",
    );
    let counted = Rule::each_row("all", "bodies").set("text", join([rows_of("services", "body").count()]));
    check(reads(Some(3), counted.clone()), "");
    check(
        reads(Some(1), counted),
        "list 'made', rule 'all': tier 1 reads 'services' of tier 2; only lists of tier 1, those above it, and those without a tier are accepted",
    );
}

#[test]
fn checks() {
    let with = |check: Check| sound().check("promise", check);
    let limit = || own("limit").gt(working_days(20)).and(source("body.name").is_missing());
    check(
        with(
            Check::new(Severity::Review, "services", limit()).message(Labels::zh_en("{name} {{", "{body.name} {key}")),
        ),
        "",
    );
    check(
        with(Check::new(Severity::Review, "services", rows_of("powers", "body").count().gt(1))),
        "check 'promise': 'count(powers.body)' looks for rows of 'powers' by 'body', which is reference to bodies; a field that refers to 'powers' is accepted",
    );
    check(
        with(Check::new(Severity::Note, "service", limit())),
        "check 'promise': there is no list 'service'; did you mean 'services'?",
    );
    check(
        with(Check::new(Severity::Note, "services", own("name")).message(Labels::zh_en("{nam} {name.x}", "{name"))),
        "check 'promise': 'own.name' is text; a boolean is accepted\n\
         check 'promise': the message in 'zh' reads '{nam}': there is no field 'nam' in the list 'services'; did you mean 'name'?\n\
         check 'promise': the message in 'zh' reads '{name.x}': the path 'name.x' goes on after 'name', which is text; only a reference leads further\n\
         check 'promise': the message in 'en' has a '{' without its other; write '{path}' for a value and '{{' for a brace",
    );
}

#[test]
fn code_schemes() {
    let sum = |weights: Vec<u32>, modulus| Checksum {
        segment: "check".into(),
        alphabet: "0123456789X".into(),
        weights,
        modulus,
    };
    let scheme = |checksum| {
        CodeScheme::new()
            .segment("body", Segment::digits(2))
            .segment("check", Segment::characters("0123456789X", 1))
            .checksum(checksum)
    };
    let with = |scheme| SchemaBuilder::new().code_scheme("local", scheme);
    check(with(scheme(sum(vec![1, 2], 11))), "");
    check(
        with(scheme(sum(vec![1], 12))),
        "code scheme 'local': the check character 'check' has the modulus 12; 1 to 11, the characters of its alphabet, are accepted\n\
         code scheme 'local': the check character 'check' covers 2 characters and has 1 weights; one for each is accepted",
    );
    check(
        with(scheme(Checksum { segment: "body".into(), alphabet: "00".into(), weights: vec![], modulus: 1 })),
        "code scheme 'local': the segment 'body' holds a check character; a segment of one character is accepted\n\
         code scheme 'local': the check character 'body' has '0' twice in its alphabet; different characters are accepted",
    );
    check(
        with(
            scheme(Checksum { alphabet: "012345678X".into(), ..sum(vec![1, 2], 10) })
                .checksum(Checksum { segment: "chek".into(), ..sum(vec![1], 1) }),
        ),
        "code scheme 'local': the check character 'check' covers '9', which its alphabet does not value; an alphabet with all characters covered is accepted\n\
         code scheme 'local': there is no segment 'chek'; did you mean 'check'?",
    );
    check(
        with(CodeScheme::new()).code_scheme(
            "other",
            CodeScheme::new()
                .segment("a", Segment::characters("a a", 1))
                .segment("b", Segment::characters("", 0))
                .segment("c", Segment::scheme("lokal")),
        ),
        "code scheme 'local': the scheme has no segments; at least one is accepted\n\
         code scheme 'other': the segment 'a' has ' ' in its alphabet; printable characters are accepted\n\
         code scheme 'other': the segment 'a' has 'a' twice in its alphabet; different characters are accepted\n\
         code scheme 'other': the segment 'b' has an empty alphabet; at least one character is accepted\n\
         code scheme 'other': the segment 'b' has no characters; 1 to 255 are accepted\n\
         code scheme 'other': there is no code scheme 'lokal'; did you mean 'local'?",
    );
    let nest = |of: &str| CodeScheme::new().segment("inner", Segment::scheme(of));
    check(
        SchemaBuilder::new()
            .code_scheme("b", nest("c"))
            .code_scheme("c", nest("a"))
            .code_scheme("a", nest("b"))
            .code_scheme("d", nest("a")),
        "code scheme 'a': the scheme is a segment of itself: a → b → c → a",
    );
    let deep = (1..=17).fold(with(CodeScheme::new().segment("x", Segment::digits(1))), |spec, i| {
        spec.code_scheme(format!("n{i}"), nest(&if i == 1 { "local".to_owned() } else { format!("n{}", i - 1) }))
    });
    check(
        deep,
        "code scheme 'n16': it nests 17 schemes in each other; at most 16 are accepted\n\
         code scheme 'n17': it nests 18 schemes in each other; at most 16 are accepted",
    );
    check(
        with(
            CodeScheme::new()
                .segment("a", Segment::digits(255))
                .segment("b", Segment::digits(255))
                .segment("c", Segment::digits(3)),
        ),
        "code scheme 'local': its codes have 513 characters; at most 512 are accepted",
    );
}

#[test]
fn cycles_are_named_whole() {
    let list = |from: &str, value: Expr| {
        List::derived()
            .field("name", Type::Text)
            .field("note", Type::Text)
            .field("more", Type::Text)
            .rule(Rule::each_row("all", from).inherit(["name"]).set("note", value.clone()).set("more", own("note")))
    };
    check(
        sound().list("made", list("powers", join([own("more"), source("name")]))),
        "a cycle, in which each depends on the next: made.note → made.more → made.note",
    );
    check(
        sound()
            .list("a", list("c", source("name")))
            .list("b", list("a", source("name")))
            .list("c", list("b", source("name"))),
        "a cycle, in which each depends on the next: rows of a → rows of c → rows of b → rows of a\n\
         a cycle, in which each depends on the next: a.name → c.name → b.name → a.name",
    );
    let counting = List::derived()
        .field("body", Type::reference("bodies"))
        .rule(Rule::each_row("all", "bodies").when(rows_of("views", "body").count().gt(0)).set("body", source("key")));
    let views = List::derived()
        .field("body", Type::reference("bodies"))
        .rule(Rule::each_row("all", "counted").set("body", source("body")));
    check(
        sound().list("counted", counting).list("views", views),
        "a cycle, in which each depends on the next: rows of counted → rows of views → rows of counted",
    );
}

#[test]
fn one_fault_has_one_place() {
    let error = with_rules([Rule::each_row("all", "powers").set("text", source("nam"))])
        .build()
        .expect_err("the schema has a fault");
    let [fault] = error.faults() else { panic!("{error}") };
    assert_eq!(fault.list().map(ToString::to_string).as_deref(), Some("made"));
    assert_eq!(fault.rule().map(ToString::to_string).as_deref(), Some("all"));
    assert_eq!(fault.field().map(ToString::to_string).as_deref(), Some("text"));
    assert_eq!(fault.check(), None);
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn json_round_trip() -> Result<(), Box<dyn std::error::Error>> {
    let table = Table::by("kind", "scenario", Type::Text).line("licence", "new").with("scenario", "first");
    let schema = with_rules([Rule::each_line("all", "powers", table)
        .when(source("limit").le(working_days(10)).and(source("since").gt("2020-01-01".parse::<quanze::Date>()?)))
        .set("text", element("scenario"))])
    .list("groups", groups())
    .check(
        "long",
        Check::new(Severity::Review, "services", own("limit").gt(days(3))).message(Labels::zh_en("长", "long")),
    )
    .build()?;
    let json = schema.to_json();
    let read = Schema::from_json(&json)?;
    assert_eq!(read, schema);
    assert_eq!(read.to_json(), json);
    assert_eq!(read.fingerprint(), schema.fingerprint());
    assert_eq!(serde_json::from_str::<Schema>(&serde_json::to_string(&schema)?)?, schema);
    assert_ne!(sound().build()?.fingerprint(), schema.fingerprint());
    assert!(json.starts_with("{\n  \"format\": \"quanze-schema\",\n  \"version\": 1,\n"), "{json}");
    Ok(())
}

#[test]
fn json_that_is_no_schema() {
    let said = |json: &str| Schema::from_json(json).expect_err("the text is no schema").to_string();
    let prefix = "the text is no JSON of a schema: ";
    let cases = [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{\"list\": {}}", "unknown field `list`, expected one of"),
        ("{\"version\": 2, \"lists\": {}}", "the schema is of format version 2, and this library reads version 1"),
        (
            "{\"format\": \"quanze-state\", \"lists\": {}}",
            "invalid value: string \"quanze-state\", expected the format 'quanze-schema'",
        ),
        ("{\"lists\": {\"a\": {}, \"a\": {}}}", "the name 'a' is given twice"),
        (
            "{\"lists\": {\"a\": {\"fields\": {\"x\": {\"type\": \"text\"}, \"x\": {\"type\": \"text\"}}}}}",
            "the name 'x' is given twice",
        ),
        (
            "{\"lists\": {\"a\": {\"fields\": {\"x\": {\"type\": \"txt\"}}}}}",
            "unknown variant `txt`, expected one of `text`",
        ),
        (&"[".repeat(10_000), "invalid type"),
        (&format!("{{\"lists\": {}", "{\"a\":".repeat(10_000)), "unknown field `a`"),
    ];
    for (json, expect) in cases {
        let said = said(json);
        assert!(said.starts_with(&format!("{prefix}{expect}")), "{said}");
    }
    let deep = |depth: usize| {
        format!(
            "{{\"checks\": {{\"c\": {{\"severity\": \"note\", \"list\": \"l\", \"when\": {}{{\"source\": \"a\"}}{}}}}}}}",
            "{\"not\": ".repeat(depth),
            "}".repeat(depth)
        )
    };
    assert!(said(&deep(10_000)).contains("recursion limit exceeded"), "{}", said(&deep(10_000)));
    let values = format!("{{\"checks\": {{\"c\": {{\"when\": {{\"lit\": {}", "[".repeat(10_000));
    assert!(said(&values).contains("recursion limit exceeded"), "{}", said(&values));
}

/// The deepest schema there is can be read by a reader that stops at 128 nested arrays and objects.
#[test]
fn the_deepest_schema_is_read_back() -> Result<(), Box<dyn std::error::Error>> {
    let deepest = (2..48).fold(source("name").is_in(["a", "b"]), |expr, _| coalesce([expr, lit(false)]));
    let rule = Rule::each_match("all", "powers", "bodies")
        .on("kind", Probe::AnyOf(vec![if_else(deepest.clone(), lit("licence"), lit("penalty"))]))
        .set("text", source("name"));
    assert!(with_rules([rule]).build().is_err(), "one deeper than accepted");
    let rule = Rule::each_match("all", "powers", "bodies")
        .on(
            "name",
            Probe::AnyOf(vec![join([
                (3..48).fold(source("name").is_in(["a", "b"]), |expr, _| coalesce([expr, lit(false)]))
            ])]),
        )
        .set("text", source("name"));
    let schema = with_rules([rule]).build()?;
    assert_eq!(Schema::from_json(&schema.to_json())?, schema);
    Ok(())
}

#[test]
fn schemas_extend() -> Result<(), Box<dyn std::error::Error>> {
    let schema = sound().build()?;
    let parts = r#"{"lists": {"town": {"fields": {"name": {"type": "text"}},
        "rules": [{"id": "open", "from": "services", "each": "row", "set": {"name": {"source": "name"}}}]}}}"#;
    let extended = schema.extend(SchemaBuilder::from_json(parts)?)?;
    assert_eq!(extended.spec().lists.len(), 5);
    assert_eq!(
        extended,
        sound()
            .list(
                "town",
                List::derived().field("name", Type::Text).rule(Rule::each_row("open", "services").inherit(["name"]))
            )
            .build()?
    );
    let twice = extended.extend(SchemaBuilder::from_json(parts)?).expect_err("the list is there");
    assert_eq!(twice.to_string(), "the list 'town' is given twice; each is given once");
    Ok(())
}

#[test]
fn names_are_looked_up() -> Result<(), Box<dyn std::error::Error>> {
    let schema = sound().build()?;
    assert_eq!(schema.list("powers")?, schema.clone().list("powers")?);
    assert_eq!(schema.field("powers", "name")?.list(), schema.list("powers")?);
    assert_ne!(schema.field("powers", "name")?, schema.field("powers", "kind")?);
    assert_ne!(schema.list("powers")?, sound().list("more", List::base()).build()?.list("powers")?);
    let said = |error: Result<_, quanze::schema::UnknownName>| {
        error.map(|_: quanze::schema::FieldId| ()).expect_err("the name is unknown").to_string()
    };
    assert_eq!(said(schema.field("power", "name")), "there is no list 'power'; did you mean 'powers'?");
    assert_eq!(
        said(schema.field("powers", "nmae")),
        "there is no field 'nmae' in the list 'powers'; did you mean 'name'?"
    );
    assert_eq!(said(schema.field("articles", "x")), "there is no field 'x' in the list 'articles'; accepted: state");
    Ok(())
}

#[test]
fn the_graph_is_drawn() -> Result<(), Box<dyn std::error::Error>> {
    let schema = sound().list("groups", groups()).build()?;
    golden("schema.dot", &schema.picture(Detail::Fields).dot())?;
    golden("schema.mmd", &schema.picture(Detail::Fields.in_language("zh")).mermaid())?;
    golden("schema_four_tier.mmd", &four_tier::schema().picture(Detail::Lists.in_language("zh")).mermaid())?;
    golden("schema_four_tier.dot", &four_tier::schema().picture(Detail::Lists).dot())
}

/// Compares with a file under `tests/goldens`; with `BLESS` set, writes it.
fn golden(name: &str, text: &str) -> Result<(), Box<dyn std::error::Error>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        std::fs::write(&path, text)?;
    }
    assert_eq!(text, std::fs::read_to_string(&path)?, "{}; run with BLESS=1 to accept", path.display());
    Ok(())
}

#[test]
fn rules_keep_their_kind_in_json() -> Result<(), Box<dyn std::error::Error>> {
    let rule: Rule = serde_json::from_str(
        r#"{"id": "a", "from": "b", "each": {"match": {"list": "c", "on": [["key", {"is": {"source": "x"}}]]}}}"#,
    )?;
    assert!(matches!(&rule.each, Each::Match { on, when, .. } if on.len() == 1 && when.is_always()));
    assert_eq!(serde_json::from_str::<Rule>(&serde_json::to_string(&rule)?)?, rule);
    Ok(())
}
