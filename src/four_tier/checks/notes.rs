//! What is worth knowing: names, clauses and codes of an unknown shape.

use super::{CheckId, Draft, draft, is_live};
use crate::{
    four_tier::{FourTier, vocabularies::CANCELLED},
    schema::{own, row, rows_of},
};

pub(super) fn of_names_and_duties(options: &FourTier) -> Vec<Draft> {
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

pub(super) fn of_codes() -> Vec<Draft> {
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
