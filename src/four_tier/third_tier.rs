//! Tier 3: how each service is carried out by each body, and how each regulation matter is inspected by each body.

use super::{
    codes::credit_code_of,
    fields::{carried, choice, choices, code, date, duration, integer, reference, references, text, texts},
    powers::{graver, powers},
};
use crate::schema::{Labels, List, Narrow, Probe, Rule, Write, coalesce, code as compose, element, if_else, source};

/// What an implementation takes over from its service as it is: the uniform core among it.
const OF_SERVICE: [&str; 15] = [
    "power",
    "name",
    "type",
    "initiation",
    "basic_code",
    "basis",
    "limit",
    "responsible_body",
    "supervising_body",
    "duty",
    "remedy",
    "upstream",
    "effective_on",
    "suspension_region",
    "successors",
];

fn third(zh: &str, en: &str) -> List {
    List::derived().tier(3).labels(Labels::zh_en(zh, en))
}

/// Services × the implementers of their power.
pub(super) fn service_implementation() -> List {
    let list = third("政务服务事项实施清单", "service implementation");
    authored_here(implemented(list)).rule(
        Rule::each_match("implementer", "services", "implementers")
            .on("power", Probe::Is(source("power")))
            .inherit(OF_SERVICE)
            .set("implementer", element("key"))
            .set("body", element("body"))
            .set("level", element("level"))
            .set("region", element("region"))
            .set("manner", element("manner"))
            .set("source_of_power", element("source_of_power"))
            .set("decision", element("decision"))
            .set("accepted_on", element("accepted_on"))
            .set("body_nature", element("body.nature"))
            .set("credit_code", credit_code_of(|path| element(format!("body.{path}"))))
            .set("subject", subject())
            .set("implementation_code", implementation_code())
            .set("state", graver(element("state"), source("state")))
            .set("suspended_on", coalesce([element("suspended_on"), source("suspended_on")]))
            .set("suspended_until", coalesce([element("suspended_until"), source("suspended_until")]))
            .set("suspension_decision", coalesce([element("suspension_decision"), source("suspension_decision")]))
            .set("cancelled_on", element("cancelled_on").min(source("cancelled_on")))
            .set("promised_limit", source("limit"))
            .set("additional_basis", source("local_basis"))
            .set("conditions", source("upstream.conditions"))
            .set("channels", source("upstream.channels")),
    )
}

/// Who acts in law: a delegated power moves with its subject; an entrusted one, or a mere window, stays.
fn subject() -> crate::schema::Expr {
    if_else(element("manner").is_in(["entrusted", "window"]), source("body"), element("body"))
}

fn implementation_code() -> crate::schema::Expr {
    let credit = credit_code_of(|path| element(format!("body.{path}")));
    compose("implementation", [credit, element("level"), source("basic_code")])
}

fn implemented(list: List) -> List {
    let of_power: Vec<&str> =
        OF_SERVICE.into_iter().filter(|name| !["power", "basic_code", "limit"].contains(name)).collect();
    let list = list
        .field("power", reference("powers", "权责事项", "power"))
        .field("implementer", reference("implementers", "实施记录", "implementer"))
        .field("implementation_code", code("implementation", "实施编码", "implementation code"))
        .field("basic_code", code("basic", "基本编码", "basic code"));
    let list = carried(list, &powers(), &of_power)
        .field("limit", duration("法定时限", "statutory limit"))
        .field("body", reference("bodies", "实施主体", "implementing body"))
        .field("body_nature", choice("body_natures", "实施主体性质", "nature of the body"))
        .field("credit_code", code("credit", "统一社会信用代码", "credit code"))
        .field("subject", reference("bodies", "权力主体", "subject in law"))
        .field("level", choice("levels", "行使层级", "level"))
        .field("region", reference("regions", "实施区域", "region"))
        .field("manner", choice("manners", "承接方式", "manner of taking up"))
        .field("source_of_power", choice("power_sources", "权力来源", "source of power"))
        .field("decision", reference("instruments", "承接依据文件", "decision it rests on"))
        .field("accepted_on", date("承接日期", "accepted on"));
    carried(list, &powers(), &["state", "suspended_on", "suspended_until", "suspension_decision", "cancelled_on"])
}

fn authored_here(list: List) -> List {
    list.field("promised_limit", duration("承诺时限", "promised limit").write(Write::Narrow(Narrow::AtMost)))
        .field("additional_basis", references("articles", "补充依据", "additional basis").write(Write::Union))
        .field("conditions", text("受理条件", "conditions").write(Write::Suggest))
        .field("channels", choices("channels", "办理渠道", "channels").write(Write::Suggest))
        .field("case_type", choice("case_types", "办件类型", "case type").write(Write::Local))
        .field("visits", integer("到办事现场次数", "number of visits").write(Write::Local))
        .field("place", text("办理地点", "place").write(Write::Local))
        .field("hours", text("办理时间", "hours").write(Write::Local))
        .field("phones", texts("咨询电话", "phones").write(Write::Local))
        .field("supervision_phones", texts("监督电话", "supervision phones").write(Write::Local))
        .field("guide_link", text("办事指南链接", "guide link").write(Write::Local))
        .field("result", text("办理结果", "result").write(Write::Local))
}

/// Regulation × inspecting bodies: those the matter names, else those that exercise its inspections.
pub(super) fn inspection_implementation() -> List {
    third("监管事项检查实施清单", "regulatory inspection implementation")
        .field("matter", reference("regulation_matters", "监管事项", "matter"))
        .field("name", text("监管事项名称", "name"))
        .field("regulation_code", code("regulation", "监管事项目录编码", "directory code"))
        .field("inspection_code", code("inspection", "检查实施编码", "inspection code"))
        .field("body", reference("bodies", "检查主体", "inspecting body"))
        .field("watched", references("powers", "监管的权责事项", "powers watched"))
        .field("exercised", references("powers", "行使的检查事项", "inspections exercised"))
        .field("may_lead_to", references("powers", "可能引发的处罚和强制", "penalties and compulsion it may lead to"))
        .field("object", text("监管对象", "regulated object"))
        .field("contents", texts("检查内容", "inspection contents"))
        .field("basis", references("articles", "依据", "basis"))
        .field("state", choice("states", "状态", "state"))
        .field("cancelled_on", date("取消日期", "cancelled from"))
        .field("frequency", text("检查频次", "frequency").write(Write::Local))
        .field("manner", text("检查方式", "manner of inspection").write(Write::Local))
        .rule(
            Rule::each_element("body", "regulation", "inspecting_bodies")
                .inherit([
                    "matter",
                    "name",
                    "watched",
                    "exercised",
                    "may_lead_to",
                    "object",
                    "contents",
                    "basis",
                    "state",
                    "cancelled_on",
                ])
                .set("regulation_code", source("code"))
                .set("body", element("value"))
                .set("inspection_code", compose("inspection", [credit_code_of(|path| element(path)), source("code")])),
        )
}
