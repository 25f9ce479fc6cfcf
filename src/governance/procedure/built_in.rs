use super::{Procedure, ProcedureBuilder, Signer, Step};
use crate::schema::Labels;

/// Roles and documents of the built-in procedures, as people call them.
const WORDS: [(&str, &str, &str); 13] = [
    ("business_office", "业务科室", "business office"),
    ("department", "申请部门", "department"),
    ("legal_office", "部门法制科", "legal office"),
    ("justice_bureau", "司法局", "justice bureau"),
    ("establishment_office", "编办", "establishment office"),
    ("commission", "编委", "establishment commission"),
    ("supervisor", "监督人员", "supervisor"),
    ("draft", "清单草案", "draft"),
    ("grounds", "申请理由", "grounds"),
    ("legal_opinion", "法制审查意见", "legal opinion"),
    ("review_opinion", "审核意见", "review opinion"),
    ("minutes", "会议纪要", "minutes"),
    ("document", "公布文件", "document"),
];

fn worded(builder: ProcedureBuilder) -> ProcedureBuilder {
    WORDS.iter().fold(builder, |builder, (name, zh, en)| builder.word(*name, Labels::zh_en(*zh, *en)))
}

fn step(role: &str, zh: &str, en: &str) -> Step {
    // What a department does, the one that applies does.
    let own = ["business_office", "department", "legal_office"].contains(&role);
    let signer = if own { Signer::of_applicant(role) } else { role.into() };
    Step::by([signer]).labels(Labels::zh_en(zh, en))
}

/// First issue of a list, in six steps (the text of 2023: 部门各业务口按统一格式编制→部门法制科合法性审查→司法局合法性复审→编办合理性审核→编委会议审定确权→部门印发公布):
/// drafted by the business office, reviewed by the department's legal office and again by the justice bureau for legality, by the
/// establishment office for reasonableness, confirmed by the commission, issued and published by the department.
///
/// ```
/// let procedure = quanze::governance::procedure::first_issue();
/// let steps: Vec<&str> = procedure.steps().map(|(name, _)| name.as_str()).collect();
/// assert_eq!(steps, ["draft", "legality_review", "legality_re_review", "reasonableness_review", "confirmation"]);
/// ```
#[doc(alias = "清单编制程序")]
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "it takes no input, and a test builds it")]
pub fn first_issue() -> Procedure {
    worded(Procedure::new("first_issue"))
        .labels(Labels::zh_en("编制公布程序", "first issue"))
        .step(
            "draft",
            step("business_office", "按统一格式编制", "drafted in one format").evidence("draft").marks("applied"),
        )
        .step(
            "legality_review",
            step("legal_office", "部门合法性审查", "reviewed for legality")
                .evidence("legal_opinion")
                .returns_to("draft"),
        )
        .step(
            "legality_re_review",
            step("justice_bureau", "司法局合法性复审", "reviewed again for legality")
                .evidence("legal_opinion")
                .returns_to("draft")
                .returns_to("legality_review"),
        )
        .step(
            "reasonableness_review",
            step("establishment_office", "编办合理性审核", "reviewed for reasonableness")
                .evidence("review_opinion")
                .returns_to("draft"),
        )
        .step(
            "confirmation",
            step("commission", "编委会议审定确权", "confirmed by the commission")
                .evidence("minutes")
                .returns_to("draft")
                .may_refuse()
                .marks("approved"),
        )
        .published_by(step("business_office", "部门印发公布", "issued and published").evidence("document"))
        .build()
        .expect("the steps fit together")
}

/// Real-time adjustment, in three steps (the text of 2023: 部门申请、法制审查、批复公布): the department applies, it is reviewed for legality,
/// approved and published.
///
/// ```
/// use quanze::governance::procedure::{Stage, adjustment, Course};
///
/// let procedure = adjustment();
/// assert_eq!(Course::begin(&procedure, &[]).stage(), &Stage::Step("application".into()));
/// ```
#[doc(alias = "三步走")]
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "it takes no input, and a test builds it")]
pub fn adjustment() -> Procedure {
    worded(Procedure::new("adjustment"))
        .labels(Labels::zh_en("实时调整程序", "adjustment"))
        .step("application", step("department", "部门申请", "applied for").evidence("grounds").marks("applied"))
        .step(
            "legal_review",
            step("justice_bureau", "法制审查", "reviewed for legality")
                .evidence("legal_opinion")
                .returns_to("application"),
        )
        .step(
            "approval",
            step("establishment_office", "批复", "approved").returns_to("application").may_refuse().marks("approved"),
        )
        .published_by(
            Step::by([Signer::of_applicant("department"), "establishment_office".into()])
                .labels(Labels::zh_en("公布", "published"))
                .evidence("document"),
        )
        .build()
        .expect("the steps fit together")
}
