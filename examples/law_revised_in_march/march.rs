//! What happens, day by day, from the second of February to the end of March 2026. Whatever no published workbook says is made up, and marked.

use std::collections::BTreeMap;

use quanze::{
    Edits, Record,
    explain::Owners,
    governance::{
        Answer, Kind,
        case::{
            Adjustment, BodyChange, Correspondence, Dependants, LawRevision, Move, Package, Recipient, Response,
            Trigger,
        },
        history::History,
        procedure::{Act, Verb},
    },
    working_days,
};

use super::{
    arguments::Language,
    city::{self, Done, Step, day, enact, person},
    reading::keys,
    story::Story,
};

/// The body that is late.
const LATE: &str = "agriculture";
const LAW: &str = "land-law-2019";

/// Tells the story.
pub(crate) fn tell(language: Language) -> Done<Story> {
    let begin = day("2026-02-02");
    let mut story = Story::begin(city::office(begin)?, language, begin);
    story.say(
        "三月修法：一个城市的清单怎样依规调整、复核、公布，并且全程可追溯（〔示例〕：事项取自公布的清单，人员、文号、修法内容均为虚构）",
        "A law is revised in March: how a city's lists are adjusted, reviewed and published by the rules, and how all of it can be traced \
         [illustrative: items are published ones; people, numbers and the revision are made up]",
    );
    first_issue(&mut story)?;
    law_revised(&mut story)?;
    handed_down(&mut story)?;
    merged(&mut story)?;
    reformed(&mut story)?;
    planned(&mut story)?;
    objected(&mut story)?;
    altered(&mut story)?;
    story.today = day("2026-03-31");
    story.count()?;
    ended(&mut story)?;
    Ok(story)
}

/// A body's new items pass six steps.
fn first_issue(story: &mut Story) -> Done {
    story.step("首次编制：一包事项走完六步", "First issue: a package passes six steps");
    let body = "statistics";
    let mut package = Package::new(
        "bz-2026-01",
        "统计局新编事项〔示例〕",
        "first_issue",
        (Trigger::FirstIssue, day("2026-02-02")),
        person("business_office", body),
    );
    for (number, name) in [("1", "统计调查项目备案〔示例〕"), ("2", "统计上岗登记〔示例〕")] {
        let item = city::item(&format!("statistics-new-{number}"), name, body, &[]);
        package = package.case(Adjustment::Add { item }, "首次编制");
    }
    let preview = story.office.preview_package(&package, day("2026-02-09"));
    told(story, preview.follows.as_ref());
    story.office.open(package, day("2026-02-02"), person("business_office", body))?;
    for (role, evidence, on) in [
        ("business_office", "draft", "2026-02-02"),
        ("legal_office", "legal_opinion", "2026-02-03"),
        ("justice_bureau", "legal_opinion", "2026-02-04"),
        ("establishment_office", "review_opinion", "2026-02-05"),
        ("commission", "minutes", "2026-02-06"),
    ] {
        let early = Act::pass(person("commission", "municipal-government"), day(on)).evidence("minutes", "纪要");
        if role == "legal_office" {
            let refused = story.office.act("bz-2026-01", early).expect_err("the commission comes last");
            story.say(
                format!("   越级被拒：{}", refused.text("zh")),
                format!("   out of order, refused: {}", refused.text("en")),
            );
        }
        story.office.act("bz-2026-01", Act::pass(person(role, body), day(on)).evidence(evidence, "〔示例〕"))?;
        let dossier = story.office.dossier("bz-2026-01").ok_or("it is open")?;
        let procedure = story.office.rules().procedures.get("first_issue").ok_or("it is built in")?;
        let [zh, en] = ["zh", "en"].map(|language| dossier.course.stage().text(procedure, language));
        let [of_zh, of_en] = ["zh", "en"].map(|language| procedure.word(role, language).to_owned());
        story.say(format!("   {on} {of_zh}通过，{zh}"), format!("   {on} the {of_en} passes it: {en}"));
    }
    let act = Act::new(Verb::Publish, person("business_office", body), day("2026-02-09")).evidence("document", "文");
    let publication = quanze::governance::Publication::new("克编〔2026〕1号〔示例〕", day("2026-02-09"));
    story.office.publish("bz-2026-01", act, publication)?;
    story.say("   2026-02-09 印发公布，各级清单同时生效", "   2026-02-09 issued and published; all lists at once");
    story.verify();
    Ok(())
}

fn told(story: &mut Story, impact: Option<&quanze::Impact>) {
    let Some(impact) = impact else { return };
    let tiers: Vec<String> =
        impact.tiers().iter().filter_map(|of| of.tier.map(|tier| format!("{tier}:{}", of.counts.rows()))).collect();
    let tiers = tiers.join("  ");
    story.say(format!("   预览（层级:行数）：{tiers}"), format!("   preview (tier:rows): {tiers}"));
}

/// The land law in a new edition, made up: most articles go on, some in two, some nowhere.
fn revision(story: &Story) -> Done<LawRevision> {
    let system = story.office.system();
    let title = system.list("instruments")?.row(LAW).ok_or("the law is in the tables")?.get("title")?;
    let record = Record::new().with("title", title).with("kind", "law").with("edition", "2026年修订〔示例〕");
    let mut revision = LawRevision::new("land-law-2026", record, day("2026-03-15")).replaces(LAW);
    let articles = system.list("articles")?;
    let of_law = articles.rows().filter(|row| keys(row, "instrument") == [LAW]);
    for (at, row) in of_law.enumerate() {
        let (key, locator) = (row.key().to_string(), row.get("locator")?.to_string());
        let new: Vec<String> = match at % 5 {
            2 => vec![format!("land-law-2026-n{at}-1"), format!("land-law-2026-n{at}-2")],
            4 => Vec::new(),
            _ => vec![format!("land-law-2026-n{at}")],
        };
        for (part, new) in new.iter().enumerate() {
            let suffix = if part == 0 { "" } else { "之二" };
            revision = revision.article(new, format!("{locator}{suffix}〔示例〕"));
        }
        revision = revision.corresponds(Correspondence::new(key, new));
    }
    Ok(revision)
}

fn law_revised(story: &mut Story) -> Done {
    story.step(
        "修法：新旧条文对照，每个部门各立一案，15个工作日跨春节",
        "A law is revised: articles mapped, a case for each body, 15 working days over the Spring Festival",
    );
    let (trigger, effective) = (day("2026-02-10"), day("2026-03-15"));
    let clerk = person("establishment_office", "municipal-government");
    let revision = revision(story)?;
    let proposals = revision.proposals(story.office.system());
    let cancelled = proposals.iter().filter(|one| one.kind == Kind::Cancel).count();
    story.say(
        format!("   {} 项引用旧法，其中 {cancelled} 项依据全部消失，建议取消", proposals.len()),
        format!(
            "   {} items cite the old edition; {cancelled} of them lose all of their basis: cancelling is suggested",
            proposals.len()
        ),
    );
    let of_law = (Trigger::LawAmended, trigger);
    let rules = ("td-2026", "adjustment");
    let of_body = |body: &str| person("department", body);
    let opened = story.office.law_revised(&revision, rules, of_law, (trigger, &clerk), of_body)?;
    let bodies: Vec<(String, String, usize)> = opened
        .iter()
        .filter_map(|id| story.office.dossier(id))
        .map(|one| {
            (one.package.id.clone(), one.package.applicant.body.clone().unwrap_or_default(), one.package.cases.len())
        })
        .collect();
    for (id, body, cases) in &bodies {
        story.say(format!("   立案 {id}：{body}，{cases} 项"), format!("   opened {id}: {body}, {cases} items"));
    }
    for (step, on) in [(Step::Applied, "2026-02-12"), (Step::Reviewed, "2026-02-14"), (Step::Approved, "2026-02-28")] {
        for (id, body, _) in bodies.iter().filter(|(_, body, _)| body != LATE) {
            city::step(&mut story.office, id, body, step, day(on))?;
        }
    }
    for (id, body, _) in bodies.iter().filter(|(_, body, _)| body != LATE) {
        city::publish(&mut story.office, id, body, "克编〔2026〕3号〔示例〕", day("2026-02-28"), effective)?;
    }
    for (id, ..) in &bodies {
        story.deadline(id, day("2026-03-06"))?;
    }
    let late = bodies.iter().find(|(_, body, _)| body == LATE).ok_or("the body has items of that law")?;
    story.say("   一个部门逾期：", "   one body is late:");
    for (step, on) in [(Step::Applied, "2026-03-09"), (Step::Reviewed, "2026-03-10"), (Step::Approved, "2026-03-11")] {
        city::step(&mut story.office, &late.0, LATE, step, day(on))?;
    }
    city::publish(&mut story.office, &late.0, LATE, "克编〔2026〕5号〔示例〕", day("2026-03-11"), effective)?;
    story.deadline(&late.0, day("2026-03-11"))?;
    story.verify();
    // The fifteenth is a Sunday: what takes effect on it is seen on the Monday behind it.
    let monday = day("2026-03-16");
    story.office.edit(
        revision.supersedes().cause("《土地管理法》新版施行〔示例〕"),
        effective,
        monday,
        clerk.clone(),
    )?;
    let advanced = story.office.advance(monday, clerk)?;
    let count = advanced.in_effect.len();
    story.say(
        format!("   {monday} 新版施行，{count} 包已公布的调整按 {effective} 生效，引用全部换到新版"),
        format!("   {monday} the new edition is in force; {count} packages take effect as of {effective}"),
    );
    story.verify();
    Ok(())
}

fn handed_down(story: &mut Story) -> Done {
    story.step("下放：两个乡镇分别承接", "Handed down: two towns accept one by one");
    let (power, on) = ("agriculture-0004", day("2026-03-17"));
    let to = ["urho-town", "xiaoguai-township"].map(|town| Recipient {
        key: format!("{power}-{town}"),
        body: town.into(),
        level: "5".into(),
        region: None,
    });
    let offer = Adjustment::Delegate { power: power.into(), to: to.to_vec() };
    let package = city::package("xf-2026-1", "种子许可下放乡镇〔示例〕", LATE, Trigger::Delegation, on);
    enact(&mut story.office, package.case(offer, "乡镇权责改革〔示例〕"), "克编〔2026〕6号〔示例〕", on)?;
    for (at, (town, on)) in [("urho-town", "2026-03-18"), ("xiaoguai-township", "2026-03-20")].into_iter().enumerate() {
        let open = |story: &Story| -> Done<usize> {
            let inbox = story.office.inbox(town, day(on))?;
            Ok(inbox.iter().filter(|one| one.finding.check().as_str() == "handover_open").count())
        };
        let before = open(story)?;
        let handover = format!("{power}-{town}");
        let take = Adjustment::TakeOver { handover: handover.clone(), answer: Response::Accept };
        let id = format!("cj-2026-{}", at + 1);
        let package = city::package(&id, "乡镇承接〔示例〕", town, Trigger::Delegation, day(on));
        enact(&mut story.office, package.case(take, "具备承接条件〔示例〕"), "克编〔2026〕7号〔示例〕", day(on))?;
        let after = open(story)?;
        let row = story.office.system().list("service_implementation")?.row(format!("{power}/{handover}"));
        let subject = row.map(|row| row.get("subject")).transpose()?.unwrap_or_default();
        story.say(
            format!("   {on} {town} 承接（待办 {before} → {after}），实施清单新增一行，权力主体：{subject}"),
            format!("   {on} {town} accepts (inbox {before} → {after}): one more row implements it, with {subject} as its subject"),
        );
    }
    let supervising = story.office.system().list("powers")?.row(power).map(|row| row.get("supervising_body"));
    let supervising = supervising.transpose()?.unwrap_or_default();
    story.say(
        format!("   市级行保留指导监督：{supervising}"),
        format!("   the city's row keeps guidance and supervision: {supervising}"),
    );
    story.verify();
    Ok(())
}

fn merged(story: &mut Story) -> Done {
    story.step(
        "合并：下级承诺随映射转移，无处安放的留存并列出",
        "Merged: promises move as mapped; what has no place is kept and listed",
    );
    let on = day("2026-03-23");
    let system = story.office.system();
    let old = ["agriculture-0006", "agriculture-0007"];
    let mut articles: Vec<String> = Vec::new();
    for power in old {
        let row = system.list("powers")?.row(power).ok_or("the item is in the tables")?;
        articles.extend(keys(&row, "basis"));
    }
    articles.dedup();
    let basis: Vec<&str> = articles.iter().map(String::as_str).collect();
    let into = city::item("slaughter-2026", "畜禽定点屠宰厂（场）设置审查（合并）〔示例〕", LATE, &basis);
    let merge = Adjustment::Merge {
        powers: old.map(Into::into).to_vec(),
        into,
        moves: vec![Move::new(
            "service_implementation",
            "agriculture-0006/im-agriculture-0006-1",
            "slaughter-2026/im-slaughter-2026",
        )],
        dependants: Dependants::Cascade,
    };
    let package =
        city::package("hb-2026-1", "屠宰审查合并〔示例〕", LATE, Trigger::Streamlining, on).case(merge, "合并同类事项");
    let preview = story.office.preview_package(&package, on);
    told(story, preview.follows.as_ref());
    for one in &preview.unplaced {
        story.say(
            format!("   无处安放：{}[{}] {}", one.list, one.key, values(&one.values)),
            format!("   no place for: {}[{}] {}", one.list, one.key, values(&one.values)),
        );
    }
    enact(&mut story.office, package, "克编〔2026〕8号〔示例〕", on)?;
    let row = story.office.system().list("service_implementation")?.row("slaughter-2026/im-slaughter-2026");
    let promise = row.map(|row| row.get("promised_limit")).transpose()?.unwrap_or_default();
    story.say(format!("   转移到新事项的承诺：{promise}"), format!("   the promise that has moved: {promise}"));
    story.verify();
    Ok(())
}

fn values(record: &Record) -> String {
    record.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

fn reformed(story: &mut Story) -> Done {
    story.step(
        "机构改革：一个更名，一个并入，一案覆盖全部事项",
        "Reform: one body renamed, one dissolved into it, one case over all items",
    );
    let on = day("2026-03-24");
    let of = |story: &Story, body: &str| -> Done<usize> {
        let rows = story.office.system().list("powers")?;
        Ok(rows.rows().filter(|row| keys(row, "body") == [body]).count())
    };
    let (kept, ending) = ("development-reform", "grain-reserves");
    let before = [of(story, kept)?, of(story, ending)?];
    let changes = vec![
        BodyChange::Rename {
            body: kept.into(),
            name: "克拉玛依市发展和改革局〔示例〕".into(),
            credit_code: Some("11440100007482575H".into()),
        },
        BodyChange::Dissolve { body: ending.into(), into: vec![kept.into()], items: BTreeMap::new() },
    ];
    let package = city::package("jg-2026-1", "机构改革〔示例〕", kept, Trigger::ChangeOfFunctions, on);
    enact(
        &mut story.office,
        package.case(Adjustment::Reform { changes }, "机构改革方案〔示例〕"),
        "克委〔2026〕2号〔示例〕",
        on,
    )?;
    let after = [of(story, kept)?, of(story, ending)?];
    let row = story.office.system().list("bodies")?.row(kept).ok_or("the body stays")?;
    let former = row.get("former_codes")?;
    story.say(
        format!(
            "   事项：{kept} {} → {}，{ending} {} → {}；原信用代码转为曾用：{former}",
            before[0], after[0], before[1], after[1]
        ),
        format!(
            "   items: {kept} {} → {}, {ending} {} → {}; the old credit code is an alias: {former}",
            before[0], after[0], before[1], after[1]
        ),
    );
    story.verify();
    Ok(())
}

fn planned(story: &mut Story) -> Done {
    story.step(
        "按期生效：一项按日生效，一项已不适用而暂缓",
        "Planned: one takes effect on its day, one no longer fits and is held",
    );
    let on = day("2026-03-25");
    for (id, power, body) in
        [("jh-2026-1", "housing-0008", "housing"), ("jh-2026-2", "natural-resources-0003", "natural-resources")]
    {
        let edits = Edits::new().set("powers", power, "statutory_limit", working_days(9));
        let amend = Adjustment::Amend { power: power.into(), edits };
        let package = city::package(id, &format!("{power} 压缩时限〔示例〕"), body, Trigger::Streamlining, on)
            .case(amend, "简政放权");
        story.office.open(package, on, person("department", body))?;
        city::approve(&mut story.office, id, body, on)?;
        city::publish(&mut story.office, id, body, "克编〔2026〕9号〔示例〕", on, day("2026-03-30"))?;
    }
    let limit = |story: &Story| -> Done<String> {
        let row = story.office.system().list("services")?.row("housing-0008").ok_or("a service")?;
        Ok(row.get("limit")?.to_string())
    };
    let before = limit(story)?;
    // Meanwhile one of the two items is cancelled.
    let cancel = Adjustment::Cancel {
        power: "natural-resources-0003".into(),
        successors: Vec::new(),
        dependants: Dependants::Withdraw,
    };
    let package = city::package("qx-2026-1", "取消采矿审批〔示例〕", "natural-resources", Trigger::Streamlining, on);
    enact(&mut story.office, package.case(cancel, "上级取消〔示例〕"), "克编〔2026〕10号〔示例〕", day("2026-03-26"))?;
    story.verify();
    let advanced = story.office.advance(day("2026-03-30"), person("establishment_office", "municipal-government"))?;
    let after = limit(story)?;
    story.say(
        format!("   03-30 生效：{}；时限 {before} → {after}", advanced.in_effect.join("、")),
        format!("   30 March, in effect: {}; the limit {before} → {after}", advanced.in_effect.join(", ")),
    );
    for (id, why) in &advanced.held {
        let (zh, en) = (why.text("zh"), why.text("en"));
        story.say(format!("   03-30 暂缓：{id}（{zh}）"), format!("   30 March, held: {id} ({en})"));
    }
    story.verify();
    Ok(())
}

fn objected(story: &mut Story) -> Done {
    story.step("复核：提出异议，再由编办裁定办结", "Reviewed: objected to, then decided and settled");
    let on = day("2026-03-30");
    let inbox = story.office.inbox("natural-resources", on)?;
    let review = inbox.into_iter().find(|one| one.finding.check().as_str() == "review_open");
    let review = review.ok_or("what was withdrawn is to be reviewed")?;
    let (key, what) = (review.finding.key().to_string(), review.finding.message(story.language.tag()).to_owned());
    let deadline = review.deadline.map(|one| one.text(story.language.tag())).unwrap_or_default();
    story.say(format!("   待复核：{what}（{deadline}）"), format!("   to be reviewed: {what} ({deadline})"));
    let mine = person("department", "natural-resources");
    story.office.settle(("review_open", &key), Answer::Object, "撤下后群众办事无渠道〔示例〕", on, mine)?;
    let open = |story: &Story| -> Done<usize> {
        let inbox = story.office.inbox("natural-resources", on)?;
        Ok(inbox.iter().filter(|one| one.finding.check().as_str() == "review_open").count())
    };
    let before = open(story)?;
    let decides = person("establishment_office", "municipal-government");
    story.office.settle(("review_open", &key), Answer::Confirm, "由省级窗口受理〔示例〕", on, decides)?;
    let after = open(story)?;
    story.say(
        format!("   异议后仍待办 {before} 项，裁定后 {after} 项"),
        format!("   {before} open after the objection, {after} after the decision"),
    );
    story.verify();
    Ok(())
}

/// Somebody alters a record of the log, and is found.
fn altered(story: &mut Story) -> Done {
    story.step("追溯：改动一条记录，立即被发现并指明", "Traced: one record altered, found and named");
    let history = story.office.history();
    let (head, schema) = (history.head(), story.office.schema().clone());
    let text = history.to_lines();
    let whole = History::from_lines(schema.clone(), &text)?;
    whole.reaches(&head)?;
    let again = quanze::governance::Office::replay(whole, owners())?;
    let same = again.system().state().to_json() == story.office.system().state().to_json();
    story.verified &= same;
    let (records, bytes) = (head.records, text.len());
    story.say(
        format!("   日志 {records} 条，{bytes} 字节；重放得到{}", if same { "逐字节相同的状态" } else { "不同的状态" }),
        format!(
            "   {records} records, {bytes} bytes; replayed, {}",
            if same { "the same state to the byte" } else { "another state" }
        ),
    );
    let forged = text.replacen("调整申请（示例）", "调整申请（篡改）", 1);
    let damaged = History::from_lines(schema, &forged).err().ok_or("the altered record is found")?;
    story.found = match damaged.damage() {
        quanze::governance::history::Damage::Changed(record) => Some(*record),
        _ => None,
    };
    let says = damaged.to_string();
    let upto = damaged.into_history().map_or(0, |history| history.records().len());
    story.say(
        format!("   篡改后读取：{says}；此前 {upto} 条完好"),
        format!("   read after the change: {says}; the {upto} records before it are whole"),
    );
    let traces = story.office.history().field("powers", "housing-0008", "statutory_limit")?;
    for one in traces {
        let (before, after) = (one.change.before("statutory_limit"), one.change.after("statutory_limit"));
        story.say(
            format!(
                "   字段经历：{} {before} → {after}，{}，{}",
                one.effective,
                one.by,
                one.cause.clone().unwrap_or_default()
            ),
            format!(
                "   what became of a field: {} {before} → {after}, {}, {}",
                one.effective,
                one.by,
                one.cause.unwrap_or_default()
            ),
        );
    }
    story.verify();
    Ok(())
}

fn owners() -> Owners {
    quanze::four_tier::owners()
}

fn ended(story: &mut Story) -> Done {
    story.step("三月末", "The end of March");
    let cases = story.cases();
    for kind in Kind::ALL {
        let Some(states) = cases.get(&kind) else { continue };
        let zh: Vec<String> = states.iter().map(|(state, count)| format!("{} {count}", state.label("zh"))).collect();
        let en: Vec<String> = states.iter().map(|(state, count)| format!("{} {count}", state.label("en"))).collect();
        story.say(
            format!("   {}：{}", kind.label("zh"), zh.join("，")),
            format!("   {}: {}", kind.label("en"), en.join(", ")),
        );
    }
    let [met, missed] = story.deadlines;
    let open = story.office.reviews(story.today)?.len();
    let head = story.office.history().head();
    story.say(
        format!("   期限：按期 {met}，逾期 {missed}；待复核 {open}；末条哈希 {}", head.hash),
        format!("   deadlines: {met} met, {missed} missed; to be reviewed: {open}; last hash {}", head.hash),
    );
    Ok(())
}
