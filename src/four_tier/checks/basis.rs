//! Checks of what rows rest on: articles in force, and editions that are in force no more.

use super::{CheckId, Draft, draft, is_live, of_live_implementer};
use crate::{
    four_tier::{
        FourTier,
        powers::{is_leaf, type_in},
        vocabularies::IN_FORCE,
    },
    schema::{Expr, all_of, lit, own, row, rows_of},
};

pub(super) fn of_powers(options: &FourTier) -> Vec<Draft> {
    let founding = row("part").is_in(["core", "additional"]).and(row("state").is(IN_FORCE));
    let by_duty = type_in(own("type"), &options.public_service_types).and(own("duty").is_present());
    vec![
        draft(
            CheckId::NoArticleInForce,
            "powers",
            all_of([is_live(), is_leaf(), by_duty.not(), rows_of("citations", "power").count_where(founding).is(0)]),
            ["无现行有效依据", "no article in force"],
            ["“{name}”没有现行有效的实施依据", "{name} rests on no article that is in force"],
        ),
        draft(
            CheckId::BasisSuperseded,
            "powers",
            is_live().and(rows_of("citations", "power").any(row("state").ne(IN_FORCE))),
            ["依据已修订或废止", "cites a superseded or repealed edition"],
            [
                "“{name}”引用了已被替代或废止的版本；替代文件：{basis.instrument.successor.title}；替代条款：{basis.successors.locator}",
                "{name} cites a superseded or repealed edition; successor: {basis.instrument.successor.title} {basis.successors.locator}",
            ],
        ),
    ]
}

pub(super) fn of_other_rows() -> Vec<Draft> {
    let basis = |id, list, basis: &str, condition: Expr, message| {
        let label = ["依据已修订或废止", "cites a superseded or repealed edition"];
        draft(id, list, condition.and(superseded(basis)), label, message)
    };
    let of_profile = superseded("responsibilities_basis").or(superseded("accountability_basis"));
    vec![
        draft(
            CheckId::ProfileBasisSuperseded,
            "profiles",
            of_profile,
            ["责任范本依据已修订或废止", "profile cites a superseded or repealed edition"],
            [
                "{body.name}的责任范本（类型{type}）引用了已被替代或废止的版本",
                "the profile of {body.name} for type {type} cites a superseded or repealed edition",
            ],
        ),
        basis(
            CheckId::FeeBasisSuperseded,
            "fees",
            "basis",
            is_live(),
            [
                "收费“{charge}”的依据已被替代或废止；替代文件：{basis.instrument.successor.title}",
                "the fee {charge} cites a superseded or repealed edition; successor: {basis.instrument.successor.title}",
            ],
        ),
        basis(
            CheckId::IntermediaryBasisSuperseded,
            "intermediary",
            "basis",
            is_live(),
            [
                "中介服务“{name}”的依据已被替代或废止；替代文件：{basis.instrument.successor.title}",
                "the intermediary service {name} cites a superseded or repealed edition; successor: {basis.instrument.successor.title}",
            ],
        ),
        basis(
            CheckId::BoundaryBasisSuperseded,
            "boundary",
            "basis",
            is_live(),
            [
                "边界事项“{name}”的依据已被替代或废止；替代文件：{basis.instrument.successor.title}",
                "the boundary matter {name} cites a superseded or repealed edition; successor: {basis.instrument.successor.title}",
            ],
        ),
        basis(
            CheckId::TerritorialBasisSuperseded,
            "territorial",
            "basis",
            is_live(),
            [
                "属地管理事项“{name}”的依据已被替代或废止；替代文件：{basis.instrument.successor.title}",
                "the territorial matter {name} cites a superseded or repealed edition; successor: {basis.instrument.successor.title}",
            ],
        ),
        basis(
            CheckId::MaterialBasisSuperseded,
            "materials",
            "basis",
            of_live_implementer(),
            [
                "材料“{name}”的依据已被替代或废止；替代文件：{basis.instrument.successor.title}",
                "the material {name} cites a superseded or repealed edition; successor: {basis.instrument.successor.title}",
            ],
        ),
        basis(
            CheckId::AdditionalBasisSuperseded,
            "service_implementation",
            "additional_basis",
            is_live(),
            [
                "“{name}”的补充依据已被替代或废止；替代文件：{additional_basis.instrument.successor.title}",
                "the additional basis of {name} is superseded or repealed; successor: {additional_basis.instrument.successor.title}",
            ],
        ),
    ]
}

/// Whether one of the articles, or the instrument of one, is in force no more.
fn superseded(basis: &str) -> Expr {
    let over = || lit(["superseded", "repealed"]);
    own(format!("{basis}.state")).intersects(over()).or(own(format!("{basis}.instrument.state")).intersects(over()))
}
