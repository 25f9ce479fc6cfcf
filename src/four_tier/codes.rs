//! The schemes of codes, as data. Any other shape is kept and diagnosed: provinces use several.
//!
//! | scheme | length | source |
//! |---|---|---|
//! | `basic` | 12 | 2018 guidance on the uniform basic directory |
//! | `implementation` | 31 | the same: credit code, level, basic code |
//! | `handling` | 33 | the same: implementation code and serial |
//! | `regulation` | 14 | “Internet + regulation” directory; how it divides is not public |
//! | `inspection` | 32 | from practice, unverified: credit code and regulation code; the jurisdiction may set another |
//! | `credit` | 18 | GB 32100 |
//! | `region` | 6 | GB/T 2260 |

use indexmap::IndexMap;

use crate::{
    schema::{Checksum, CodeScheme, Expr, Labels, Segment, coalesce, code, source},
    value::Name,
};

/// The 31 characters of GB 32100 in the order of their values: no I, O, S, V, Z.
const CREDIT_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CREDIT_MODULUS: u32 = 31;
const CREDIT_COVERED: usize = 17;

pub(super) fn defaults() -> IndexMap<Name, CodeScheme> {
    [
        ("basic", basic()),
        ("implementation", implementation()),
        ("handling", handling()),
        ("regulation", regulation()),
        ("inspection", inspection()),
        ("credit", credit()),
        ("region", region()),
    ]
    .into_iter()
    .map(|(name, scheme)| (name.into(), scheme))
    .collect()
}

fn scheme(zh: &str, en: &str, segments: impl IntoIterator<Item = (&'static str, Segment)>) -> CodeScheme {
    segments
        .into_iter()
        .fold(CodeScheme::new().labels(Labels::zh_en(zh, en)), |scheme, (name, segment)| scheme.segment(name, segment))
}

fn labelled(segment: Segment, zh: &str, en: &str) -> Segment {
    segment.labels(Labels::zh_en(zh, en))
}

fn basic() -> CodeScheme {
    scheme(
        "基本编码",
        "basic code",
        [
            ("region", labelled(Segment::digits(2), "行政区划", "region")),
            ("type", labelled(Segment::digits(2), "事项类型", "type")),
            ("main", labelled(Segment::digits(5), "主项编号", "main item")),
            // `000` is no sub-item and `00Y` the main item that has sub-items.
            ("sub", labelled(Segment::characters("0123456789Y", 3), "子项编号", "sub-item")),
        ],
    )
}

fn implementation() -> CodeScheme {
    scheme(
        "实施编码",
        "implementation code",
        [
            ("credit", labelled(Segment::scheme("credit"), "实施主体统一社会信用代码", "credit code of the body")),
            ("level", labelled(Segment::characters("123456", 1), "行使层级", "level")),
            ("basic", labelled(Segment::scheme("basic"), "基本编码", "basic code")),
        ],
    )
}

fn handling() -> CodeScheme {
    scheme(
        "业务办理项编码",
        "handling code",
        [
            ("implementation", labelled(Segment::scheme("implementation"), "实施编码", "implementation code")),
            ("serial", labelled(Segment::digits(2), "办理项序号", "serial")),
        ],
    )
}

fn regulation() -> CodeScheme {
    let whole = Segment::characters("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 14);
    scheme(
        "监管事项目录编码",
        "regulation directory code",
        [("whole", labelled(whole, "监管事项目录编码（内部结构未公开）", "the code (how it divides is not public)"))],
    )
}

fn inspection() -> CodeScheme {
    scheme(
        "检查实施编码（结构未经核实，由本地设定）",
        "inspection implementation code (shape unverified, the jurisdiction\'s to set)",
        [
            ("credit", labelled(Segment::scheme("credit"), "检查主体统一社会信用代码", "credit code of the body")),
            ("regulation", labelled(Segment::scheme("regulation"), "监管事项目录编码", "regulation directory code")),
        ],
    )
}

fn credit() -> CodeScheme {
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % CREDIT_MODULUS)).take(CREDIT_COVERED);
    scheme(
        "统一社会信用代码",
        "credit code",
        [
            ("authority", labelled(Segment::characters(CREDIT_ALPHABET, 1), "登记管理部门", "registering authority")),
            ("category", labelled(Segment::characters(CREDIT_ALPHABET, 1), "机构类别", "kind of institution")),
            ("region", labelled(Segment::digits(6), "登记管理机关行政区划", "region of the authority")),
            ("subject", labelled(Segment::characters(CREDIT_ALPHABET, 9), "主体标识码", "subject")),
            ("check", labelled(Segment::characters(CREDIT_ALPHABET, 1), "校验码", "check character")),
        ],
    )
    .checksum(Checksum {
        segment: "check".into(),
        alphabet: CREDIT_ALPHABET.into(),
        weights: weights.collect(),
        modulus: CREDIT_MODULUS,
    })
}

fn region() -> CodeScheme {
    scheme(
        "行政区划代码",
        "region code",
        [
            ("province", labelled(Segment::digits(2), "省", "province")),
            ("city", labelled(Segment::digits(2), "市", "city")),
            ("county", labelled(Segment::digits(2), "县", "county")),
        ],
    )
}

/// The basic code of a power: composed where its numbers were given, else the code it was entered with.
pub(super) fn basic_code_of_power() -> Expr {
    let region = coalesce([source("body.region.code"), source("body.host.region.code")]).segment("province");
    let main = coalesce([source("main_number"), source("parent.main_number")]);
    let sub = source("sub_number").or_else("000");
    code("basic", [region, source("type"), main, sub]).or_else(source("code"))
}

/// The credit code under which a body acts: a plaque acts under its host's.
pub(super) fn credit_code_of(body: impl Fn(&str) -> Expr) -> Expr {
    coalesce([body("host.credit_code"), body("credit_code")])
}
