//! The vocabularies of the preset: what a choice may be, with the codes that the published schemas use.

use indexmap::IndexMap;

use crate::{
    schema::{Labels, Vocabulary},
    value::Name,
};

/// In use.
pub(super) const IN_USE: &str = "1";
/// Suspended.
pub(super) const SUSPENDED: &str = "2";
/// Cancelled.
pub(super) const CANCELLED: &str = "3";

pub(super) const ON_APPLICATION: &str = "on_application";
pub(super) const EX_OFFICIO: &str = "ex_officio";
pub(super) const IN_FORCE: &str = "in_force";
pub(super) const LEAD: &str = "lead";

type Choices<'a> = &'a [(&'a str, &'a str, &'a str)];

pub(super) fn vocabulary(zh: &str, en: &str, choices: Choices<'_>) -> Vocabulary {
    choices.iter().fold(Vocabulary::new().labels(Labels::zh_en(zh, en)), |vocabulary, (code, zh, en)| {
        vocabulary.choice(*code, Labels::zh_en(*zh, *en))
    })
}

pub(super) fn defaults() -> IndexMap<Name, Vocabulary> {
    [of_powers(), of_bodies_and_law(), of_companions(), of_operation()]
        .into_iter()
        .flatten()
        .map(|(name, vocabulary)| (name.into(), vocabulary))
        .collect()
}

type Named = Vec<(&'static str, Vocabulary)>;

fn of_powers() -> Named {
    let types = vocabulary(
        "权力类型",
        "type of power",
        &[
            ("01", "行政许可", "licence"),
            ("02", "行政处罚", "penalty"),
            ("03", "行政强制", "compulsion"),
            ("04", "行政征收", "levy"),
            ("05", "行政给付", "benefit payment"),
            ("06", "行政检查", "inspection"),
            ("07", "行政确认", "confirmation"),
            ("08", "行政奖励", "reward"),
            ("09", "行政裁决", "adjudication"),
            ("10", "其他行政权力", "other power"),
            ("20", "公共服务", "public service"),
        ],
    );
    let initiations = vocabulary(
        "启动方式",
        "initiation",
        &[(ON_APPLICATION, "依申请", "on application"), (EX_OFFICIO, "依职权", "ex officio")],
    );
    let states = vocabulary(
        "状态",
        "state",
        &[(IN_USE, "在用", "in use"), (SUSPENDED, "暂停", "suspended"), (CANCELLED, "取消", "cancelled")],
    );
    let levels = vocabulary(
        "行使层级",
        "exercising level",
        &[
            ("1", "国家级", "state"),
            ("2", "省级", "province"),
            ("3", "市级", "city"),
            ("4", "县级", "county"),
            ("5", "乡镇级", "town or sub-district"),
            ("6", "村级", "village or community"),
        ],
    );
    let parts = vocabulary(
        "依据性质",
        "part of the basis",
        &[
            ("core", "实施依据", "core basis"),
            ("additional", "补充依据", "local additional basis"),
            ("responsibilities", "责任事项依据", "basis of the responsibilities"),
            ("accountability", "追责依据", "basis of accountability"),
        ],
    );
    vec![
        ("power_types", types),
        ("initiations", initiations),
        ("states", states),
        ("levels", levels),
        ("citation_parts", parts),
    ]
}

fn of_bodies_and_law() -> Named {
    let kinds = vocabulary(
        "主体类别",
        "kind of body",
        &[
            ("government", "本级政府", "government itself"),
            ("department", "政府部门", "government department"),
            ("party_organ", "党委机关", "party organ"),
            ("mass_organisation", "群团机关", "mass organisation"),
            ("town", "镇（街道）", "town or sub-district"),
            ("authorised_organisation", "法律法规授权组织", "authorised organisation"),
        ],
    );
    let natures = vocabulary(
        "主体性质",
        "nature of body",
        &[
            ("1", "法定机关", "statutory organ"),
            ("2", "授权组织", "authorised organisation"),
            ("3", "受委托组织", "entrusted organisation"),
            ("9", "其他", "other"),
        ],
    );
    let sources = vocabulary(
        "权力来源",
        "source of power",
        &[
            ("1", "法定本级行使", "own level"),
            ("2", "上级下放", "delegated down"),
            ("3", "上级授权", "authorised by superior"),
            ("4", "同级授权", "authorised by same level"),
            ("5", "上级委托", "entrusted by superior"),
            ("6", "同级委托", "entrusted by same level"),
        ],
    );
    let instruments = vocabulary(
        "文件种类",
        "kind of instrument",
        &[
            ("law", "法律", "law"),
            ("regulation", "行政法规", "administrative regulation"),
            ("local_regulation", "地方性法规", "local regulation"),
            ("rule", "规章", "rule"),
            ("decision", "决定", "decision"),
            ("normative", "规范性文件", "normative document"),
        ],
    );
    let instrument_states = vocabulary(
        "效力状态",
        "state of an instrument",
        &[
            (IN_FORCE, "现行有效", "in force"),
            ("superseded", "已被修订替代", "superseded"),
            ("repealed", "已废止", "repealed"),
        ],
    );
    let catalogues = vocabulary(
        "上级目录",
        "superior catalogue",
        &[
            ("licence_list", "行政许可事项清单", "licence list"),
            ("state", "国家基本目录", "state catalogue"),
            ("province", "省级基本目录", "province catalogue"),
        ],
    );
    vec![
        ("body_kinds", kinds),
        ("body_natures", natures),
        ("power_sources", sources),
        ("instrument_kinds", instruments),
        ("instrument_states", instrument_states),
        ("catalogues", catalogues),
    ]
}

fn of_companions() -> Named {
    let manners = vocabulary(
        "承接方式",
        "manner of taking up",
        &[
            ("own", "本级行使", "at its own level"),
            ("delegated", "下放", "delegated: the subject moves"),
            ("entrusted", "委托", "entrusted: the subject stays"),
            ("window", "服务前移", "window only"),
        ],
    );
    let variants = vocabulary(
        "办理情形",
        "kind of handling",
        &[
            ("new", "新办", "new"),
            ("change", "变更", "change"),
            ("renew", "延续", "renew"),
            ("cancel", "注销", "cancel"),
            ("reissue", "补办", "reissue"),
            ("other", "其他", "other"),
        ],
    );
    let origins = vocabulary(
        "情形来源",
        "origin of a variant",
        &[("standard", "标准规范", "from a standard"), ("authored", "本级设定", "authored here")],
    );
    let roles = vocabulary(
        "职责角色",
        "role of a participant",
        &[
            (LEAD, "牵头", "lead"),
            ("main", "主办", "main"),
            ("cooperate", "配合", "co-operating"),
            ("joint", "协同", "joint"),
            ("town", "乡镇", "town"),
        ],
    );
    let fees = vocabulary(
        "资金管理方式",
        "how a fee is managed",
        &[
            ("treasury", "缴入国库", "paid into the treasury"),
            ("account", "缴入财政专户", "paid into a fiscal account"),
        ],
    );
    vec![
        ("manners", manners),
        ("variant_kinds", variants),
        ("variant_origins", origins),
        ("roles", roles),
        ("fee_management", fees),
    ]
}

fn of_operation() -> Named {
    let cases = vocabulary(
        "办件类型",
        "case type",
        &[("immediate", "即办件", "immediate"), ("promised", "承诺件", "promised")],
    );
    let channels = vocabulary(
        "办理渠道",
        "channel",
        &[
            ("window", "窗口办理", "window"),
            ("online", "网上办理", "online"),
            ("mobile", "移动端办理", "mobile"),
            ("terminal", "自助终端办理", "self-service terminal"),
            ("post", "邮寄办理", "post"),
        ],
    );
    let forms = vocabulary(
        "材料形式",
        "form of a material",
        &[
            ("original", "原件", "original"),
            ("copy", "复印件", "copy"),
            ("electronic", "电子件", "electronic"),
            ("original_and_copy", "原件和复印件", "original and copy"),
        ],
    );
    let needs = vocabulary(
        "材料必要性",
        "whether a material is needed",
        &[
            ("always", "必要", "always"),
            ("on_condition", "特定情形必要", "on a condition"),
            ("by_promise", "容缺后补", "may follow by promise"),
        ],
    );
    let sources = vocabulary(
        "材料来源",
        "source of a material",
        &[
            ("applicant", "申请人自备", "the applicant"),
            ("government", "政府部门核发", "issued by a government body"),
            ("other", "其他", "another source"),
        ],
    );
    vec![
        ("case_types", cases),
        ("channels", channels),
        ("material_forms", forms),
        ("material_needs", needs),
        ("material_sources", sources),
    ]
}
