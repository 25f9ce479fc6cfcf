//! Checks of powers: their codes, duties, responsibility, operation.

use super::{CheckId, Draft, draft, is_in_use, is_live};
use crate::{
    four_tier::{
        FourTier,
        powers::{is_leaf, type_in},
        views::in_second_tier,
        vocabularies::CANCELLED,
    },
    schema::{all_of, coalesce, join, lit, own, row, rows_of},
};

pub(super) fn of_codes() -> Vec<Draft> {
    vec![
        draft(
            CheckId::CodeTwice,
            "power_codes",
            own("number").gt(1),
            ["编码重复", "code borne twice"],
            [
                "{body.name}有{number}个事项使用同一编码{code}：{powers.name}",
                "{number} powers of {body.name} bear the code {code}: {powers.name}",
            ],
        ),
        draft(
            CheckId::HeadingImplemented,
            "powers",
            is_leaf().not().and(rows_of("implementers", "power").count_where(row("state").is(CANCELLED).not()).gt(0)),
            ["主项不得直接实施", "heading with its own implementation"],
            [
                "“{name}”已分设子项，不得再有自己的实施主体",
                "{name} is divided into sub-items and has an implementer of its own",
            ],
        ),
        draft(
            CheckId::CodeOfAnotherType,
            "powers",
            is_live().and(join([own("type")]).ne(own("code").segment("type"))),
            ["编码与类型不符", "code of another type"],
            [
                "“{name}”的编码{code}与类型{type}不符；类型变更应取消原事项、新增事项并注明承接关系",
                "the code {code} of {name} says another type than {type}; a change of type is cancel, add, and successor",
            ],
        ),
    ]
}

pub(super) fn of_duties() -> Vec<Draft> {
    let another = all_of([
        own("duty.body").ne(own("body")),
        own("duty.body").is(own("body.host")).not(),
        own("duty.body").is(own("entrusting_body")).not(),
    ]);
    let answerable = coalesce([own("entrusting_body"), own("body")]);
    let differs = own("responsible_body").ne(answerable).and(own("responsible_body").is(own("body.host")).not());
    vec![
        draft(
            CheckId::DutyMissing,
            "powers",
            all_of([is_live(), is_leaf(), own("duty").is_missing()]),
            ["缺少“三定”职责条款", "duty clause missing"],
            ["“{name}”没有对应的“三定”规定条款", "{name} names no duty clause"],
        ),
        draft(
            CheckId::DutyOfAnotherBody,
            "powers",
            is_live().and(another),
            ["职责条款属于其他机构", "duty clause of another body"],
            [
                "“{name}”由{body.name}行使，所列职责条款属于{duty.body.name}",
                "{name} is exercised by {body.name}, its duty clause is that of {duty.body.name}",
            ],
        ),
        draft(
            CheckId::ResponsibleBodyDiffers,
            "powers",
            is_live().and(differs),
            ["责任主体与行使主体不一致", "responsible body differs from exercising body"],
            [
                "“{name}”由{body.name}行使，责任主体却是{responsible_body.name}",
                "{name} is exercised by {body.name}, but {responsible_body.name} is responsible",
            ],
        ),
        draft(
            CheckId::ProfileOfAnother,
            "powers",
            is_live().and(own("profile.body").ne(own("body")).or(own("profile.type").ne(own("type")))),
            ["责任范本不适用", "profile of another body or type"],
            [
                "“{name}”引用的责任范本属于{profile.body.name}、类型{profile.type}",
                "{name} names the profile of {profile.body.name} for type {profile.type}",
            ],
        ),
    ]
}

pub(super) fn of_operation(options: &FourTier) -> Vec<Draft> {
    let zero = lit(["0 working_days", "0 days", "0 hours"]);
    vec![
        draft(
            CheckId::LicenceNotListed,
            "powers",
            all_of([
                is_in_use(),
                is_leaf(),
                type_in(own("type"), &options.licence_types),
                own("upstream.catalogue").is("licence_list").not(),
            ]),
            ["未列入行政许可事项清单", "licence not in the licence list"],
            ["行政许可“{name}”未对应行政许可事项清单", "the licence {name} is not in the licence list"],
        ),
        draft(
            CheckId::NotInSecondTier,
            "powers",
            all_of([is_in_use(), is_leaf(), in_second_tier().not()]),
            ["未纳入二级清单", "power in use in no second-tier list"],
            ["“{name}”在用，但未纳入任何二级清单", "{name} is in use and in no second-tier list"],
        ),
        draft(
            CheckId::ImmediateWithLimit,
            "service_implementation",
            all_of([
                is_live(),
                own("case_type").is("immediate"),
                own("promised_limit").is_present(),
                own("promised_limit").is_in(zero).not(),
            ]),
            ["即办件设有时限", "immediate case with a limit"],
            [
                "{body.name}的“{name}”为即办件，承诺时限却是{promised_limit}",
                "{name} at {body.name} is an immediate case, yet promises {promised_limit}",
            ],
        ),
    ]
}
