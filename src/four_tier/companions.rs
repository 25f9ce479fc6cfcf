//! The companions of tier 1: rows owned by a power, and matters of their own that refer to sets of powers.
//!
//! A matter without a state of its own is in use as long as its powers are.

use super::fields::{boolean, choice, citations, code, date, duration, integer, owner, reference, references, text};
use crate::schema::{Field, Labels, List};

pub(super) fn lists() -> Vec<(&'static str, List)> {
    vec![
        ("implementers", implementers()),
        ("variants", variants()),
        ("regulation_matters", regulation_matters()),
        ("inspection_contents", inspection_contents()),
        ("fee_matters", fee_matters()),
        ("intermediary_matters", intermediary_matters()),
        ("boundary_matters", boundary_matters()),
        ("territorial_matters", territorial_matters()),
        ("participants", participants()),
        ("materials", materials()),
        ("profiles", profiles()),
    ]
}

fn companion(zh: &str, en: &str) -> List {
    List::base().tier(1).labels(Labels::zh_en(zh, en))
}

fn state() -> Field {
    choice("states", "状态", "state")
}

/// A matter of its own can be ended although its powers go on.
fn ended(list: List) -> List {
    list.field("state", state())
        .field("cancelled_on", date("取消日期", "cancelled from"))
        .field("decision", reference("instruments", "调整依据文件", "decision on the state"))
}

/// Who takes a power up at which level; a suspension for a region is recorded here, on the implementers there.
fn implementers() -> List {
    companion("实施主体", "implementers")
        .field("power", owner("powers", "权责事项", "power").required())
        .field("body", reference("bodies", "实施主体", "implementing body").required())
        .field("level", choice("levels", "行使层级", "level").required())
        .field("region", reference("regions", "实施区域", "region"))
        .field("accepted_on", date("承接日期", "accepted on"))
        .field("manner", choice("manners", "承接方式", "manner"))
        .field("source_of_power", choice("power_sources", "权力来源", "source of power"))
        .field("decision", reference("instruments", "承接依据文件", "decision it rests on"))
        .field("state", state())
        .field("suspended_on", date("暂停日期", "suspended from"))
        .field("suspended_until", date("暂停截止日期", "last day of the suspension"))
        .field("suspension_decision", reference("instruments", "暂停依据文件", "decision on the suspension"))
        .field("cancelled_on", date("取消日期", "cancelled from"))
        .unique(["power", "body", "level"])
}

/// A serial is given once, for ever: a variant that is gone keeps its own.
fn variants() -> List {
    companion("办理情形", "variants")
        .field("power", owner("powers", "权责事项", "power").required())
        .field("kind", choice("variant_kinds", "办理情形", "kind of handling").required())
        .field("name", text("情形名称", "name"))
        .field("serial", text("办理项序号", "serial").required())
        .field("origin", choice("variant_origins", "情形来源", "origin"))
        .field("state", state())
        .field("cancelled_on", date("取消日期", "cancelled from"))
        .unique(["power", "kind"])
        .unique(["power", "serial"])
}

fn regulation_matters() -> List {
    ended(
        companion("监管事项", "regulation matters")
            .field("name", text("监管事项名称", "name").required())
            .field("code", code("regulation", "监管事项目录编码", "directory code"))
            .field("watched", references("powers", "监管的权责事项", "powers watched"))
            .field("exercised", references("powers", "行使的检查事项", "inspections exercised"))
            .field(
                "may_lead_to",
                references("powers", "可能引发的处罚和强制", "penalties and compulsion it may lead to"),
            )
            .field("object", text("监管对象", "regulated object"))
            .field("manner", text("监管方式", "manner of regulation"))
            .field("inspecting_bodies", references("bodies", "检查主体", "inspecting bodies")),
    )
}

fn inspection_contents() -> List {
    companion("检查内容", "inspection contents")
        .field("matter", owner("regulation_matters", "监管事项", "regulation matter").required())
        .field("content", text("检查内容", "content").required())
        .field("method", text("检查方法", "method"))
        .field("penalty", reference("powers", "可能引发的处罚", "penalty it can lead to"))
}

fn fee_matters() -> List {
    ended(
        companion("收费项目", "fee matters")
            .field("charge", text("收费项目名称", "charge").required())
            .field("body", reference("bodies", "执收单位", "collecting body").required())
            .field("powers", references("powers", "对应权责事项", "powers"))
            .field("standard", text("收费标准", "standard"))
            .field("basis", citations("收费依据", "basis"))
            .field("management", choice("fee_management", "资金管理方式", "how managed"))
            .field("reducible", boolean("可否减免", "reducible"))
            .unique(["charge", "body"]),
    )
}

fn intermediary_matters() -> List {
    ended(
        companion("中介服务", "intermediary matters")
            .field("name", text("中介服务名称", "name").required())
            .field("approvals", references("powers", "对应审批事项", "approvals it serves"))
            .field("agency_kind", text("中介机构类别", "kind of agency"))
            .field("basis", citations("设定依据", "basis"))
            .field("limit", duration("服务时限", "limit"))
            .field("fee_basis", references("articles", "收费依据", "fee basis")),
    )
}

fn boundary_matters() -> List {
    shared(companion("部门边界事项", "boundary matters"))
}

fn territorial_matters() -> List {
    shared(companion("属地管理事项", "territorial matters"))
}

fn shared(list: List) -> List {
    ended(
        list.field("name", text("事项名称", "name").required())
            .field("powers", references("powers", "对应权责事项", "powers"))
            .field("duties", references("duties", "对应职责条款", "duty clauses"))
            .field("basis", citations("依据", "basis"))
            .field("flow", text("工作流程", "flow")),
    )
}

/// Owned by one matter, of the one kind or the other; shown in the order of `position`.
fn participants() -> List {
    companion("参与主体", "participants")
        .field("boundary_matter", owner("boundary_matters", "部门边界事项", "boundary matter"))
        .field("territorial_matter", owner("territorial_matters", "属地管理事项", "territorial matter"))
        .field("position", integer("序号", "position"))
        .field("body", reference("bodies", "主体", "body").required())
        .field("role", choice("roles", "角色", "role").required())
        .field("duty", text("承担职责", "its duty"))
        .unique(["boundary_matter", "body"])
        .unique(["territorial_matter", "body"])
        .order_by("boundary_matter")
        .order_by("territorial_matter")
        .order_by("position")
}

/// Owned by an implementer, for all variants of the power or for one.
fn materials() -> List {
    companion("申请材料", "materials")
        .field("implementer", owner("implementers", "实施主体", "implementer").required())
        .field("variant", owner("variants", "办理情形", "variant"))
        .field("name", text("材料名称", "name").required())
        .field("form", choice("material_forms", "材料形式", "form"))
        .field("needed", choice("material_needs", "材料必要性", "whether needed"))
        .field("source", choice("material_sources", "材料来源", "source"))
        .field("basis", citations("要求提供材料的依据", "basis"))
}

/// Text shared by all powers of one body and type. A power names its profile and overrides it by a text of its own.
fn profiles() -> List {
    companion("责任范本", "profiles")
        .field("body", reference("bodies", "主体", "body").required())
        .field("type", choice("power_types", "权力类型", "type").required())
        .field("responsibilities", text("责任事项", "responsibilities"))
        .field("responsibilities_basis", citations("责任事项依据", "basis of the responsibilities"))
        .field("accountable", text("追责对象", "who is accountable"))
        .field("accountability", text("追责情形", "circumstances of accountability"))
        .field("accountability_basis", citations("追责依据", "basis of accountability"))
        .unique(["body", "type"])
}
