//! The registers: what powers speak of, and no tier holds. Regions, bodies, law, duties, the superior's catalogue, today.

use super::fields::{choice, choices, code, codes, date, duration, owner, reference, references, text, texts};
use crate::schema::{Labels, List};

pub(super) fn lists() -> Vec<(&'static str, List)> {
    vec![
        ("regions", regions()),
        ("bodies", bodies()),
        ("instruments", instruments()),
        ("articles", articles()),
        ("duties", duties()),
        ("upstream", upstream()),
        ("today", today()),
    ]
}

fn regions() -> List {
    List::base()
        .labels(Labels::zh_en("行政区划", "regions"))
        .field("name", text("名称", "name").required())
        .field("code", code("region", "行政区划代码", "region code"))
        .field("level", choice("levels", "层级", "level"))
        .field("parent", reference("regions", "上级区划", "region above"))
        .field("valid_from", date("启用日期", "valid from"))
        .field("valid_to", date("停用日期", "last day of validity"))
}

/// A body's key is its own name for ever: credit codes change at every institutional reform.
fn bodies() -> List {
    List::base()
        .labels(Labels::zh_en("机构", "bodies"))
        .field("name", text("名称", "name").required())
        .field("credit_code", code("credit", "统一社会信用代码", "credit code"))
        .field("former_codes", codes("credit", "曾用信用代码", "former credit codes"))
        .field("kind", choice("body_kinds", "主体类别", "kind"))
        .field("nature", choice("body_natures", "主体性质", "nature"))
        .field("level", choice("levels", "层级", "level"))
        .field("region", reference("regions", "所属区划", "region"))
        .field("host", reference("bodies", "挂牌所在机关", "host of a plaque"))
        .field("valid_from", date("成立日期", "valid from"))
        .field("valid_to", date("撤销日期", "last day of validity"))
        .field("successors", references("bodies", "承继机构", "successors"))
}

fn instruments() -> List {
    List::base()
        .labels(Labels::zh_en("法律法规文件", "instruments"))
        .field("title", text("名称", "title").required())
        .field("kind", choice("instrument_kinds", "种类", "kind").required())
        .field("number", text("文号", "number"))
        .field("edition", text("版本", "edition"))
        .field("effective", date("施行日期", "effective day"))
        .field("state", choice("instrument_states", "效力状态", "state").required())
        .field("ended_on", date("失效日期", "day of supersession or repeal"))
        .field("successor", reference("instruments", "替代文件", "successor"))
}

/// An article without a locator is the instrument as a whole; without a state of its own it shares its instrument's.
fn articles() -> List {
    List::base()
        .labels(Labels::zh_en("条款", "articles"))
        .field("instrument", owner("instruments", "所属文件", "instrument").required())
        .field("locator", text("条款项", "locator"))
        .field("state", choice("instrument_states", "效力状态", "state"))
        .field("successors", references("articles", "替代条款", "successors"))
        .unique(["instrument", "locator"])
}

fn duties() -> List {
    List::base()
        .labels(Labels::zh_en("“三定”规定职责", "duty clauses"))
        .field("body", reference("bodies", "所属机构", "body").required())
        .field("clause", text("条款", "clause"))
        .field("text", text("职责内容", "text").required())
        .field("regulation", reference("instruments", "“三定”规定", "regulation of functions, offices and posts"))
        .unique(["body", "clause"])
}

/// What a superior lists: the licence list, and the catalogues of state and province, with their norms.
fn upstream() -> List {
    List::base()
        .labels(Labels::zh_en("上级事项目录", "upstream catalogue items"))
        .field("name", text("事项名称", "name").required())
        .field("catalogue", choice("catalogues", "目录", "catalogue").required())
        .field("code", code("basic", "基本编码", "basic code"))
        .field("type", choice("power_types", "权力类型", "type"))
        .field("levels", choices("levels", "行使层级", "levels"))
        .field("limit", duration("法定时限", "statutory limit"))
        .field("conditions", text("受理条件", "conditions"))
        .field("channels", choices("channels", "办理渠道", "channels"))
        .field("materials", texts("申请材料规范", "materials of the norm"))
        .field("state", choice("states", "状态", "state"))
}

/// One row, keyed `today`, set by the caller: the library reads no clock.
fn today() -> List {
    List::base().labels(Labels::zh_en("当前日期", "today")).field("date", date("日期", "date").required())
}
