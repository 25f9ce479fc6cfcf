//! Checks of bodies, matters and materials.

use super::{CheckId, Draft, draft, is_in_use, is_live, of_live_implementer};
use crate::{
    four_tier::{
        FourTier,
        powers::type_in,
        vocabularies::{CANCELLED, SUSPENDED},
    },
    schema::{all_of, any_of, lit, own},
};

pub(super) fn of_bodies() -> Vec<Draft> {
    vec![
        draft(
            CheckId::BodyNotValid,
            "validity",
            is_in_use().and(own("body_ended")),
            ["主体已失效", "body no longer valid"],
            [
                "“{name}”在用，但{body.name}已于{body.valid_to}撤销；承继机构：{body.successors.name}",
                "{name} is in use, but {body.name} ended on {body.valid_to}; successors: {body.successors.name}",
            ],
        ),
        draft(
            CheckId::SuspensionOver,
            "validity",
            own("suspension_over"),
            ["暂停期已满", "suspension over"],
            ["“{name}”的暂停期已满，应恢复或取消", "the suspension of {name} is over; resume or cancel it"],
        ),
        draft(
            CheckId::LevelOutsidePower,
            "implementers",
            all_of([is_live(), own("power.levels").is_present(), own("level").is_in(own("power.levels")).not()]),
            ["实施层级超出行使层级", "level outside the power's levels"],
            [
                "{body.name}在层级{level}实施“{power.name}”，该事项的行使层级为{power.levels}",
                "{body.name} takes up {power.name} at level {level}; its exercising levels are {power.levels}",
            ],
        ),
    ]
}

/// The rows that refer to powers no longer in use, until the matter is mended or itself cancelled.
pub(super) fn of_powers_referred_to() -> Vec<Draft> {
    let refers = |id, list, sets: &[&str], states: &[&str], label, message| {
        let touched = sets.iter().map(|set| own(format!("{set}.state")).intersects(lit(states.to_vec())));
        draft(id, list, own("matter.state").is(CANCELLED).not().and(any_of(touched)), label, message)
    };
    let label = ["引用的事项不在用", "refers to a power not in use"];
    let ended = &[SUSPENDED, CANCELLED];
    vec![
        refers(
            CheckId::RegulationPowerNotInUse,
            "regulation",
            &["watched", "exercised", "may_lead_to"],
            ended,
            label,
            [
                "监管事项“{name}”引用了不在用的事项，请核对：{power_names}",
                "the regulation matter {name} refers to a power that is not in use; review {power_names}",
            ],
        ),
        refers(
            CheckId::FeePowerNotInUse,
            "fees",
            &["powers"],
            ended,
            label,
            [
                "收费“{charge}”引用了不在用的事项，请核对：{power_names}",
                "the fee {charge} refers to a power that is not in use; review {power_names}",
            ],
        ),
        refers(
            CheckId::ApprovalSuspended,
            "intermediary",
            &["approvals"],
            &[SUSPENDED],
            ["中介服务对应的审批已暂停", "intermediary whose approval is suspended"],
            [
                "中介服务“{name}”对应的审批事项已暂停，请核对：{approval_names}",
                "the intermediary service {name} serves a suspended approval; review {approval_names}",
            ],
        ),
        refers(
            CheckId::ApprovalCancelled,
            "intermediary",
            &["approvals"],
            &[CANCELLED],
            ["中介服务对应的审批已取消", "intermediary whose approval is cancelled"],
            [
                "中介服务“{name}”对应的审批事项已取消，请核对：{approval_names}",
                "the intermediary service {name} serves a cancelled approval; review {approval_names}",
            ],
        ),
        refers(
            CheckId::BoundaryPowerNotInUse,
            "boundary",
            &["powers"],
            ended,
            label,
            [
                "边界事项“{name}”引用了不在用的事项，请核对：{power_names}",
                "the boundary matter {name} refers to a power that is not in use; review {power_names}",
            ],
        ),
        refers(
            CheckId::TerritorialPowerNotInUse,
            "territorial",
            &["powers"],
            ended,
            label,
            [
                "属地管理事项“{name}”引用了不在用的事项，请核对：{power_names}",
                "the territorial matter {name} refers to a power that is not in use; review {power_names}",
            ],
        ),
    ]
}

pub(super) fn of_matters() -> Vec<Draft> {
    let owners = || ["boundary_matter", "territorial_matter"];
    vec![
        draft(
            CheckId::RegulationWithoutPower,
            "regulation",
            all_of([is_live(), own("watched").is_missing(), own("exercised").is_missing()]),
            ["监管事项无对应权责", "regulation row without a power"],
            ["监管事项“{name}”没有对应的权责事项", "the regulation matter {name} names no power"],
        ),
        draft(
            CheckId::FeeWithoutStandardOrBasis,
            "fees",
            is_live().and(own("standard").is_missing().or(own("basis").is_missing())),
            ["收费缺少标准或依据", "fee without standard or basis"],
            ["收费“{charge}”缺少收费标准或收费依据", "the fee {charge} has no standard or no basis"],
        ),
        draft(
            CheckId::LeadNotOne,
            "boundary",
            is_live().and(own("leads").ne(1)),
            ["牵头部门不唯一", "boundary matter with no lead or two"],
            ["边界事项“{name}”有{leads}个牵头主体", "the boundary matter {name} has {leads} leads"],
        ),
        draft(
            CheckId::ParticipantOwnerNotOne,
            "participants",
            any_of([
                all_of(owners().map(|owner| own(owner).is_missing())),
                all_of(owners().map(|owner| own(owner).is_present())),
            ]),
            ["参与主体归属不明", "participant of no matter or of two"],
            [
                "{body.name}应当只归属一个边界事项或属地管理事项",
                "{body.name} takes part in no matter, or in one of each kind",
            ],
        ),
    ]
}

pub(super) fn of_materials(options: &FourTier) -> Vec<Draft> {
    let norm = || own("implementer.power.upstream.materials");
    vec![
        draft(
            CheckId::MaterialWithoutBasis,
            "materials",
            of_live_implementer().and(own("basis").is_missing()),
            ["材料无依据", "material without basis"],
            [
                "“{implementer.power.name}”的材料“{name}”没有依据",
                "the material {name} of {implementer.power.name} has no basis",
            ],
        ),
        draft(
            CheckId::MaterialBeyondNorm,
            "materials",
            all_of([
                of_live_implementer(),
                type_in(own("implementer.power.type"), &options.licence_types),
                norm().is_present(),
                own("name").is_in(norm()).not(),
            ]),
            ["材料超出上级规范", "material beyond the upstream norm"],
            [
                "行政许可“{implementer.power.name}”的材料“{name}”不在上级规范之内",
                "the material {name} of the licence {implementer.power.name} is not in the upstream norm",
            ],
        ),
        draft(
            CheckId::MaterialOfAnotherPower,
            "materials",
            own("variant.power").ne(own("implementer.power")),
            ["材料的办理情形属于其他事项", "material for a variant of another power"],
            [
                "材料“{name}”的办理情形属于“{variant.power.name}”，实施主体属于“{implementer.power.name}”",
                "the material {name} is for a variant of {variant.power.name}, its implementer takes up {implementer.power.name}",
            ],
        ),
    ]
}
