//! Tier 4: what an office handles: each service implementation, once for each variant of its power.

use super::{
    fields::{carried, choice, code, duration, reference, text},
    powers::graver,
};
use crate::schema::{
    Expr, Labels, List, Narrow, Probe, Rule, Vocabulary, Write, coalesce, code as compose, element, if_else, join, lit,
    source,
};

const OF_IMPLEMENTATION: [&str; 15] = [
    "power",
    "implementer",
    "type",
    "basis",
    "limit",
    "body",
    "subject",
    "level",
    "region",
    "effective_on",
    "suspended_on",
    "suspended_until",
    "implementation_code",
    "case_type",
    "guide_link",
];

pub(super) fn handling_items(kinds: Option<&Vocabulary>, implementation: &List) -> List {
    let list = List::derived()
        .tier(4)
        .labels(Labels::zh_en("业务办理事项清单", "handling items"))
        .field("name", text("业务办理项名称", "name").write(Write::Suggest))
        .field("handling_code", code("handling", "业务办理项编码", "handling code"))
        .field("variant", reference("variants", "办理情形", "variant"))
        .field("kind", choice("variant_kinds", "办理情形类别", "kind of handling"));
    carried(list, implementation, &OF_IMPLEMENTATION)
        .field("promised_limit", duration("承诺时限", "promised limit").write(Write::Narrow(Narrow::AtMost)))
        .field("state", choice("states", "状态", "state"))
        .field(
            "cancelled_on",
            crate::schema::Field::new(crate::schema::Type::Date).labels(Labels::zh_en("取消日期", "cancelled from")),
        )
        .field("result", text("办理结果", "result").write(Write::Suggest))
        .rule(
            Rule::each_match("variant", "service_implementation", "variants")
                .on("power", Probe::Is(source("power")))
                .inherit(OF_IMPLEMENTATION)
                .set("name", join([source("name"), lit("（"), name_of_variant(kinds), lit("）")]))
                .set("handling_code", compose("handling", [source("implementation_code"), element("serial")]))
                .set("variant", element("key"))
                .set("kind", element("kind"))
                .set("promised_limit", source("promised_limit"))
                .set("state", graver(element("state"), source("state")))
                .set("cancelled_on", element("cancelled_on").min(source("cancelled_on")))
                .set("result", source("result")),
        )
}

/// The variant's own name, else what the vocabulary calls its kind in Chinese, else the kind's code.
fn name_of_variant(kinds: Option<&Vocabulary>) -> Expr {
    let labels = kinds.into_iter().flat_map(|kinds| &kinds.choices).rev();
    let of_kind = labels.fold(join([element("kind")]), |rest, (code, labels)| {
        let label = labels.get_or_first("zh").unwrap_or(code.as_str());
        if_else(element("kind").is(code.as_str()), lit(label), rest)
    });
    coalesce([element("name"), of_kind])
}
