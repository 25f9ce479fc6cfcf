//! The conditions that people want to be told of, with what they then read.

use super::{
    CheckId, FourTier,
    powers::{is_leaf, type_in},
    views::in_second_tier,
    vocabularies::{CANCELLED, IN_FORCE, IN_USE, SUSPENDED},
};
use crate::schema::{Check, Expr, Labels, SchemaBuilder, all_of, any_of, coalesce, join, lit, own, row, rows_of};

/// A check before its severity is known: list, condition, and label and message in Chinese and English.
struct Draft {
    id: CheckId,
    list: &'static str,
    when: Expr,
    label: [&'static str; 2],
    message: [&'static str; 2],
}

fn draft(id: CheckId, list: &'static str, when: Expr, label: [&'static str; 2], message: [&'static str; 2]) -> Draft {
    Draft { id, list, when, label, message }
}

/// Adds all checks but those left out.
pub(super) fn add(builder: SchemaBuilder, options: &FourTier) -> SchemaBuilder {
    [
        of_codes(),
        of_basis(options),
        of_other_basis(),
        of_duties(),
        of_operation(options),
        of_bodies(),
        of_powers_referred_to(),
        of_matters(),
        of_materials(options),
        of_notes(options),
        of_code_shapes(),
    ]
    .into_iter()
    .flatten()
    .fold(builder, |builder, draft| match options.severity_of(draft.id) {
        Some(severity) => builder.check(
            draft.id.name(),
            Check::new(severity, draft.list, draft.when)
                .labels(Labels::zh_en(draft.label[0], draft.label[1]))
                .message(Labels::zh_en(draft.message[0], draft.message[1])),
        ),
        None => builder,
    })
}

fn is_live() -> Expr {
    own("state").is(CANCELLED).not()
}

fn is_in_use() -> Expr {
    own("state").is(IN_USE)
}

/// Whether one of the articles, or the instrument of one, is in force no more.
fn superseded(basis: &str) -> Expr {
    let over = || lit(["superseded", "repealed"]);
    own(format!("{basis}.state")).intersects(over()).or(own(format!("{basis}.instrument.state")).intersects(over()))
}

fn of_codes() -> Vec<Draft> {
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

fn of_basis(options: &FourTier) -> Vec<Draft> {
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

fn of_other_basis() -> Vec<Draft> {
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

fn of_live_implementer() -> Expr {
    own("implementer.state").is(CANCELLED).or(own("implementer.power.state").is(CANCELLED)).not()
}

fn of_duties() -> Vec<Draft> {
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

fn of_operation(options: &FourTier) -> Vec<Draft> {
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

fn of_bodies() -> Vec<Draft> {
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
fn of_powers_referred_to() -> Vec<Draft> {
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

fn of_matters() -> Vec<Draft> {
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

fn of_materials(options: &FourTier) -> Vec<Draft> {
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

fn of_notes(options: &FourTier) -> Vec<Draft> {
    vec![
        draft(
            CheckId::DutyFoundsNothing,
            "duties",
            rows_of("powers", "duty").count_where(row("state").is(CANCELLED).not()).is(0),
            ["职责条款未对应权责事项", "clause founding nothing"],
            ["{body.name}的职责“{text}”没有对应的权责事项", "this duty of {body.name} founds no power: {text}"],
        ),
        draft(
            CheckId::NameTooLong,
            "powers",
            is_live().and(own("name").length().gt(i64::from(options.name_length))),
            ["事项名称过长", "name too long"],
            ["“{name}”的名称过长", "the name {name} is longer than the bound"],
        ),
        draft(
            CheckId::SerialShape,
            "variants",
            own("serial").length().ne(2),
            ["办理项序号格式不明", "unknown shape of a serial"],
            [
                "“{power.name}”的办理项序号{serial}不是两位数",
                "the serial {serial} of {power.name} is not of two digits",
            ],
        ),
    ]
}

fn of_code_shapes() -> Vec<Draft> {
    let label = ["编码格式不明", "unknown code shape"];
    let shape = |id, list, field: &str, message| {
        draft(id, list, own(field).is_present().and(own(field).is_well_formed().not()), label, message)
    };
    vec![
        shape(
            CheckId::PowerCodeShape,
            "powers",
            "code",
            ["“{name}”的编码{code}不符合编码规则，按原样保留", "the code {code} of {name} fits no scheme; it is kept"],
        ),
        shape(
            CheckId::CreditCodeShape,
            "bodies",
            "credit_code",
            [
                "{name}的统一社会信用代码{credit_code}不符合编码规则，按原样保留",
                "the credit code {credit_code} of {name} fits no scheme; it is kept",
            ],
        ),
        shape(
            CheckId::RegulationCodeShape,
            "regulation_matters",
            "code",
            [
                "监管事项“{name}”的编码{code}不符合编码规则，按原样保留",
                "the code {code} of the regulation matter {name} fits no scheme; it is kept",
            ],
        ),
        shape(
            CheckId::UpstreamCodeShape,
            "upstream",
            "code",
            [
                "上级事项“{name}”的编码{code}不符合编码规则，按原样保留",
                "the code {code} of the upstream item {name} fits no scheme; it is kept",
            ],
        ),
        shape(
            CheckId::RegionCodeShape,
            "regions",
            "code",
            [
                "{name}的行政区划代码{code}不符合编码规则，按原样保留",
                "the code {code} of {name} fits no scheme; it is kept",
            ],
        ),
        draft(
            CheckId::WrongCheckDigit,
            "bodies",
            own("credit_code").is_well_formed().and(own("credit_code").check_digit_ok().not()),
            ["校验码错误", "wrong check digit"],
            [
                "{name}的统一社会信用代码{credit_code}校验码错误",
                "the check character of {credit_code} of {name} is wrong",
            ],
        ),
    ]
}
