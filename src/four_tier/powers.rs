//! Tier 1: the powers and duties, the base of everything.

use super::{
    FourTier,
    fields::{carried, choice, choices, citations, code, codes, date, duration, reference, references, text},
    vocabularies::{CANCELLED, EX_OFFICIO, IN_USE, ON_APPLICATION, SUSPENDED},
};
use crate::{
    schema::{Expr, Labels, List, Rule, coalesce, if_else, lit, path, rows_of, source},
    value::Name,
};

/// The fields in which a profile stands in for a power that leaves them out.
const PROFILED: [&str; 5] =
    ["responsibilities", "responsibilities_basis", "accountable", "accountability", "accountability_basis"];

/// The fields of a power's state and its dates.
pub(super) const STATE: [&str; 9] = [
    "state",
    "effective_on",
    "suspended_on",
    "suspended_until",
    "suspension_decision",
    "suspension_region",
    "cancelled_on",
    "cancellation_decision",
    "successors",
];

pub(super) fn powers() -> List {
    with_state(with_accountability(with_basis(with_identity(List::base()))))
        .labels(Labels::zh_en("权责清单", "powers and duties"))
        .tier(1)
        .field("remark", text("备注", "remark"))
}

fn with_identity(list: List) -> List {
    list.field("name", text("事项名称", "name").required())
        .field("parent", reference("powers", "所属主项", "main item"))
        .field("code", code("basic", "编码", "code"))
        .field("aliases", codes("basic", "曾用编码", "code aliases"))
        .field("main_number", text("主项编号", "number of the main item"))
        .field("sub_number", text("子项编号", "number of the sub-item"))
        .field("type", choice("power_types", "权力类型", "type").required())
        .field("initiation", choice("initiations", "启动方式", "initiation"))
        .field("body", reference("bodies", "行使主体", "exercising body").required())
        .field("responsible_body", reference("bodies", "责任主体", "responsible body"))
        .field("entrusting_body", reference("bodies", "委托主体", "entrusting body"))
        .field("supervising_body", reference("bodies", "监管主体", "supervising body"))
        .field("office", text("承办机构", "undertaking office"))
        .field("levels", choices("levels", "行使层级", "exercising levels"))
        .field("scope", text("层级权限", "scope of each level"))
}

fn with_basis(list: List) -> List {
    list.field("basis", citations("实施依据", "basis"))
        .field("local_basis", references("articles", "补充依据", "local additional basis"))
        .field("duty", reference("duties", "部门职责", "duty clause"))
        .field("statutory_limit", duration("法定时限", "statutory limit"))
        .field("upstream", reference("upstream", "对应上级事项", "upstream item"))
}

fn with_accountability(list: List) -> List {
    list.field("profile", reference("profiles", "责任范本", "profile"))
        .field("responsibilities", text("责任事项", "responsibilities"))
        .field("responsibilities_basis", citations("责任事项依据", "basis of the responsibilities"))
        .field("accountable", text("追责对象", "who is accountable"))
        .field("accountability", text("追责情形", "circumstances of accountability"))
        .field("accountability_basis", citations("追责依据", "basis of accountability"))
        .field("remedy", text("救济途径", "remedy"))
}

fn with_state(list: List) -> List {
    list.field("state", choice("states", "状态", "state").required())
        .field("effective_on", date("生效日期", "in use from"))
        .field("suspended_on", date("暂停日期", "suspended from"))
        .field("suspended_until", date("暂停截止日期", "last day of the suspension"))
        .field("suspension_decision", reference("instruments", "暂停依据文件", "decision on the suspension"))
        .field("suspension_region", reference("regions", "暂停区域", "region of the suspension"))
        .field("cancelled_on", date("取消日期", "cancelled from"))
        .field("cancellation_decision", reference("instruments", "取消依据文件", "decision on the cancellation"))
        .field("successors", references("powers", "承接事项", "successors"))
}

/// Whether nothing divides the power into sub-items. Main items that are divided are headings: only leaves expand.
pub(super) fn is_leaf() -> Expr {
    rows_of("powers", "parent").count().is(0)
}

/// How a power starts: as authored, else as its type usually does.
pub(super) fn initiation(options: &FourTier) -> Expr {
    let usual = if_else(type_in(source("type"), &options.applied_for_types), lit(ON_APPLICATION), lit(EX_OFFICIO));
    coalesce([source("initiation"), usual])
}

/// Whether a type is one of these.
pub(super) fn type_in(ty: Expr, types: &[Name]) -> Expr {
    if types.is_empty() {
        return lit(false);
    }
    ty.is_in(lit(types.iter().map(Name::as_str).collect::<Vec<_>>()))
}

/// Declares the fields in which a profile stands in.
pub(super) fn with_profiled(list: List) -> List {
    carried(list, &powers(), &PROFILED)
}

/// Sets the fields in which a profile stands in: the power's own, else the profile's.
pub(super) fn set_profiled(rule: Rule) -> Rule {
    PROFILED
        .iter()
        .fold(rule, |rule, field| rule.set(*field, coalesce([source(field), path(format!("profile.{field}"))])))
}

/// The graver of a row's own state, which may be left out, and another.
pub(super) fn graver(own: Expr, other: Expr) -> Expr {
    own.or_else(IN_USE).max(other)
}

/// The state of a row that refers to a set of powers with these states.
///
/// One power in use keeps it in use, and so does having none. Where none is in use it is cancelled; but a power that is
/// only suspended may resume, and suspends it.
pub(super) fn state_by_powers(own: Expr, states: &Expr) -> Expr {
    let own = own.or_else(IN_USE);
    let alive = states.clone().is_missing().or(states.clone().has(IN_USE));
    if_else(alive, own.clone(), if_else(states.clone().has(SUSPENDED), own.max(SUSPENDED), lit(CANCELLED)))
}
