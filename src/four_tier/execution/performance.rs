//! The performance list: every power, by office and post, with the steps in which it is carried out.

use super::count_if;
use crate::{
    four_tier::{
        fields::{carried, choice, date, duration, integer, owner, reference, references, text, view},
        powers::{is_leaf, powers},
        vocabularies::CANCELLED,
    },
    schema::{Labels, List, Probe, Rule, collect, count, element, source, sum},
};

pub(super) fn lists() -> Vec<(&'static str, List)> {
    vec![
        ("posts", posts()),
        ("operating_steps", operating_steps()),
        ("performance", performance()),
        ("post_duties", post_duties()),
        ("workflows", workflows()),
        ("promised_flows", promised_flows()),
    ]
}

/// The posts of a body's offices.
fn posts() -> List {
    List::base()
        .labels(Labels::zh_en("岗位", "posts"))
        .field("body", reference("bodies", "所属机构", "body").required())
        .field("office", text("内设机构", "office"))
        .field("name", text("岗位名称", "name").required())
        .unique(["body", "office", "name"])
}

/// The steps in which a power is carried out, each at one post.
fn operating_steps() -> List {
    List::base()
        .tier(1)
        .labels(Labels::zh_en("运行环节", "operating steps"))
        .field("power", owner("powers", "权责事项", "power").required())
        .field("post", reference("posts", "责任岗位", "post").required())
        .field("position", integer("序号", "position").required())
        .field("name", text("环节名称", "name").required())
        .field("limit", duration("环节时限", "time for the step"))
        .field("norm", text("操作规范", "norm"))
        .order_by("power")
        .order_by("position")
}

/// Powers × their steps: only what is exercised has steps of its own, so headings make no rows.
fn performance() -> List {
    const OF_POWER: [&str; 6] = ["name", "type", "body", "duty", "state", "cancelled_on"];
    let list = view("履职清单", "performance list").field("power", reference("powers", "权责事项", "power"));
    carried(list, &powers(), &OF_POWER)
        .field("post", reference("posts", "责任岗位", "post"))
        .field("post_body", reference("bodies", "岗位所属机构", "body of the post"))
        .field("office", text("内设机构", "office"))
        .field("post_name", text("岗位名称", "name of the post"))
        .field("position", integer("序号", "position"))
        .field("step", text("环节名称", "step"))
        .field("limit", duration("环节时限", "time for the step"))
        .field("norm", text("操作规范", "norm"))
        .rule(
            Rule::each_match("step", "powers", "operating_steps")
                .when(is_leaf())
                .on("power", Probe::Is(source("key")))
                .set("power", source("key"))
                .inherit(OF_POWER)
                .set("post", element("post"))
                .set("post_body", element("post.body"))
                .set("office", element("post.office"))
                .set("post_name", element("post.name"))
                .set("position", element("position"))
                .set("step", element("name"))
                .set("limit", element("limit"))
                .set("norm", element("norm")),
        )
        .order_by("power")
        .order_by("position")
}

/// What each post has to do; a post without any step is there too.
fn post_duties() -> List {
    view("岗位职责情况", "duties of posts")
        .field("post", reference("posts", "岗位", "post"))
        .field("powers", references("powers", "权责事项", "powers"))
        .field("steps", integer("环节数", "number of steps"))
        .field("time", duration("环节时限合计", "time of the steps"))
        .rule(
            Rule::each_group("post", "performance", [source("post")])
                .over("posts")
                .when(source("state").is(CANCELLED).not())
                .set("post", source("post"))
                .set("powers", collect(source("power")))
                .set("steps", count())
                .set("time", sum(source("limit"))),
        )
}

/// How long a power takes at the posts of a body. Times in unlike units do not add up, and are missing then.
fn workflows() -> List {
    view("运行流程", "workflows")
        .field("power", reference("powers", "权责事项", "power"))
        .field("body", reference("bodies", "岗位所属机构", "body of the posts"))
        .field("steps", integer("环节数", "number of steps"))
        .field("timed", integer("有时限的环节数", "steps that have a time"))
        .field("time", duration("环节时限合计", "time of the steps"))
        .rule(
            Rule::each_group("flow", "performance", [source("power"), source("post_body")])
                .when(source("state").is(CANCELLED).not())
                .set("power", source("power"))
                .set("body", source("post_body"))
                .set("steps", count())
                .set("timed", count_if(source("limit").is_present()))
                .set("time", sum(source("limit"))),
        )
}

/// The time of the steps beside what a body promises for the same power.
fn promised_flows() -> List {
    let list = view("流程与承诺时限对照", "workflows beside promises")
        .field("power", reference("powers", "权责事项", "power"))
        .field("implementer", reference("implementers", "实施记录", "implementer"));
    carried(list, &powers(), &["name", "body"])
        .field("state", choice("states", "状态", "state"))
        .field("cancelled_on", date("取消日期", "cancelled from"))
        .field("promised_limit", duration("承诺时限", "promised limit"))
        .field("timed", integer("有时限的环节数", "steps that have a time"))
        .field("time", duration("环节时限合计", "time of the steps"))
        .rule(
            Rule::each_match("flow", "service_implementation", "workflows")
                .on("power", Probe::Is(source("power")))
                .on("body", Probe::Is(source("body")))
                .inherit(["power", "implementer", "name", "body", "state", "cancelled_on", "promised_limit"])
                .set("timed", element("timed"))
                .set("time", element("time")),
        )
}
