//! Step four: what follows in the lists from what offices do. The decisions are made up; the items are those of the tables.

use std::collections::BTreeSet;

use quanze::{Date, Edits, Refused, Snapshot, Value, working_days};

use super::{
    reading::{article, keys, rows, text, value},
    story::Telling,
    succession::{Succession, Verdict, recite},
};

/// Something that an office does, with the commits that it takes.
pub(crate) enum Scene {
    /// Owners decide what the mapping left open.
    Decided { decisions: Vec<Decision>, commit: usize },
    /// A statutory limit becomes shorter than an authored promise, and the promise is made anew.
    Tightened {
        row: ImplementationRow,
        limit: [Value; 2],
        promise: Value,
        seen: Value,
        anew: Value,
        commits: [usize; 2],
    },
    /// An implementer is withdrawn, and takes the power up again.
    Withdrawn { row: ImplementationRow, promise: Value, parked: usize, back: Value, commits: [usize; 2] },
    /// A power is suspended.
    Suspended { power: String, from: Date, until: Date, commit: usize },
    /// A power's type changes: the old one is cancelled, a new one follows.
    Retyped { power: String, types: [String; 2], codes: Vec<(String, [String; 2])>, commit: usize },
}

/// What the owner of an item decides.
pub(crate) struct Decision {
    pub(crate) power: String,
    pub(crate) what: Decided,
}

/// How an item goes on without its old articles.
pub(crate) enum Decided {
    /// With the articles proposed for these, and without those that nothing follows on.
    Recited { adopted: Vec<(String, String)>, dropped: Vec<String> },
    /// Not at all: nothing else founded it.
    Cancelled,
}

/// A row of service implementation.
pub(crate) struct ImplementationRow {
    pub(crate) key: String,
    pub(crate) power: String,
    pub(crate) implementer: String,
    pub(crate) name: String,
    pub(crate) body: String,
}

const IN_USE: &str = "1";
const SUSPENDED: &str = "2";
const CANCELLED: &str = "3";

/// The days on which offices act in the story.
fn day(text: &str) -> Date {
    text.parse().expect("a day of the calendar")
}

/// Owners adopt what is proposed, drop what nothing follows on, and cancel what nothing founds any more.
pub(crate) fn decided(telling: &mut Telling, law: &Succession) -> Result<Option<Scene>, Refused> {
    let now = telling.system.snapshot();
    let mut edits = Edits::new().record_findings();
    let mut decisions = Vec::new();
    for power in law.citing(&now) {
        let Some(row) = now.list("powers").ok().and_then(|list| list.row(&power)) else { continue };
        let basis = keys(&row, "basis");
        let (mut adopted, mut dropped) = (Vec::new(), Vec::new());
        for old in &basis {
            match law.verdict(old) {
                Some(Verdict::Proposed(proposed)) => {
                    adopted.extend(proposed.first().map(|new| (old.clone(), new.clone())));
                }
                Some(Verdict::Ends) => dropped.push(old.clone()),
                _ => {}
            }
        }
        let what = if dropped.len() == basis.len() {
            edits = edits.set("powers", &power, "state", CANCELLED).set(
                "powers",
                &power,
                "cancelled_on",
                ended_on(&now, &basis),
            );
            Decided::Cancelled
        } else {
            edits = recite(edits, &now, &power, |cited| match adopted.iter().find(|(old, _)| old == cited) {
                Some((_, new)) => Some(new.clone()),
                None => (!dropped.iter().any(|old| old == cited)).then(|| cited.to_owned()),
            });
            let named = |keys: Vec<String>| keys.iter().map(|key| article(&now, key)).collect();
            let adopted = adopted.iter().map(|(old, new)| (article(&now, old), article(&now, new))).collect();
            Decided::Recited { adopted, dropped: named(dropped) }
        };
        decisions.push(Decision { power: text(&now, "powers", &power, "name"), what });
    }
    if decisions.is_empty() {
        return Ok(None);
    }
    let cause = telling.language.say("主管部门复核：采纳、删除或取消", "owners review: adopt, drop or cancel");
    let commit = telling.commit(cause, edits)?;
    Ok(Some(Scene::Decided { decisions, commit }))
}

/// The day on which the last of the laws ended that were cited.
fn ended_on(now: &Snapshot, basis: &[String]) -> Value {
    let law = |key: &String| text(now, "articles", key, "instrument");
    let days = basis.iter().map(|key| text(now, "instruments", &law(key), "ended_on"));
    days.max().filter(|day| !day.is_empty()).map_or(Value::Missing, Value::from)
}

/// Returns the first row with an authored promise that could still be shorter, of a power not told of.
fn promising(telling: &mut Telling) -> Option<(ImplementationRow, Value, i64)> {
    let now = telling.system.snapshot();
    let found = rows(&now, "service_implementation").find_map(|row| {
        let promise = row.authored("promised_limit").ok()?;
        let Value::Duration(days) = &promise else { return None };
        let power = value(&row, "power").to_string();
        let usable = value(&row, "state").as_text() == Some(IN_USE) && days.amount() > 1;
        if !usable || value(&row, "limit").is_missing() || telling.told.contains(&power) {
            return None;
        }
        let body = value(&row, "body").to_string();
        let of = ImplementationRow {
            key: row.key().to_string(),
            implementer: value(&row, "implementer").to_string(),
            name: value(&row, "name").to_string(),
            body: text(&now, "bodies", &body, "name"),
            power,
        };
        let amount = days.amount();
        Some((of, promise, amount))
    })?;
    telling.told.push(found.0.power.clone());
    Some(found)
}

/// Halves a limit below a promise; the promise stays as authored, but is not seen any more.
pub(crate) fn tightened(telling: &mut Telling) -> Result<Option<Scene>, Refused> {
    let Some((row, promise, days)) = promising(telling) else { return Ok(None) };
    let now = telling.system.snapshot();
    let old = now.list("powers").ok().and_then(|list| list.row(&row.power));
    let old = old.map_or(Value::Missing, |power| value(&power, "statutory_limit"));
    let new = working_days((days + 1) / 2);
    let cause = telling.language.say("法定时限缩短（示例）", "the statutory limit becomes shorter (illustrative)");
    let first = telling.commit(cause, Edits::new().set("powers", &row.power, "statutory_limit", new.clone()))?;

    let now = telling.system.snapshot();
    let seen = field(&now, "service_implementation", &row.key, "promised_limit");
    let anew = working_days(1);
    let cause = telling.language.say("重新承诺时限（示例）", "the limit is promised anew (illustrative)");
    let edits = Edits::new().author("service_implementation", &row.key, "promised_limit", anew.clone());
    let second = telling.commit(cause, edits)?;
    Ok(Some(Scene::Tightened {
        row,
        limit: [old, new.into()],
        promise,
        seen,
        anew: anew.into(),
        commits: [first, second],
    }))
}

fn field(now: &Snapshot, list: &str, key: &str, name: &str) -> Value {
    now.list(list).ok().and_then(|list| list.row(key)).map_or(Value::Missing, |row| value(&row, name))
}

/// Removes an implementer that has a promise, and enters it again as it was.
pub(crate) fn withdrawn(telling: &mut Telling) -> Result<Option<Scene>, Refused> {
    let Some((row, promise, _)) = promising(telling) else { return Ok(None) };
    let now = telling.system.snapshot();
    let Some(implementer) = now.list("implementers").ok().and_then(|list| list.row(&row.implementer)) else {
        return Ok(None);
    };
    let cause = telling.language.say("撤回承接（示例）", "an implementer is withdrawn (illustrative)");
    let first = telling.commit(cause, Edits::new().remove("implementers", &row.implementer))?;
    let parked = telling.system.parked().len();
    let cause = telling.language.say("重新承接（示例）", "the same implementer takes up again (illustrative)");
    let edits = Edits::new().insert("implementers", &row.implementer, &implementer.to_record());
    let second = telling.commit(cause, edits)?;
    let back = field(&telling.system.snapshot(), "service_implementation", &row.key, "promised_limit");
    Ok(Some(Scene::Withdrawn { row, promise, parked, back, commits: [first, second] }))
}

/// Suspends a power that somebody carries out, if possible one that an intermediary service is demanded for.
pub(crate) fn suspended(telling: &mut Telling) -> Result<Option<Scene>, Refused> {
    let now = telling.system.snapshot();
    let carried_out = implemented(&now);
    let in_use = |power: &String| {
        !telling.told.contains(power) && carried_out.contains(power) && text(&now, "powers", power, "state") == IN_USE
    };
    let served = rows(&now, "intermediary_matters").flat_map(|matter| keys(&matter, "approvals"));
    let any = rows(&now, "powers").map(|power| power.key().to_string());
    let Some(power) = served.chain(any).find(in_use) else { return Ok(None) };
    telling.told.push(power.clone());
    let (from, until) = (day("2025-07-01"), day("2025-12-31"));
    let edits = Edits::new().set("powers", &power, "state", SUSPENDED).set("powers", &power, "suspended_on", from).set(
        "powers",
        &power,
        "suspended_until",
        until,
    );
    let cause = telling.language.say("事项暂停（示例）", "a power is suspended (illustrative)");
    let commit = telling.commit(cause, edits)?;
    Ok(Some(Scene::Suspended { power: text(&now, "powers", &power, "name"), from, until, commit }))
}

fn implemented(now: &Snapshot) -> BTreeSet<String> {
    rows(now, "handling_items").map(|row| value(&row, "power").to_string()).collect()
}

/// Makes an “other power” a confirmation: it is cancelled, and a new one follows with a code of its own.
pub(crate) fn retyped(telling: &mut Telling) -> Result<Option<Scene>, Refused> {
    const OTHER: &str = "10";
    const CONFIRMATION: &str = "07";
    let now = telling.system.snapshot();
    let carried_out = implemented(&now);
    let found = rows(&now, "powers").find(|power| {
        let key = power.key().to_string();
        let is = |field: &str, code: &str| value(power, field).as_text() == Some(code);
        !telling.told.contains(&key) && is("type", OTHER) && is("state", IN_USE) && carried_out.contains(&key)
    });
    let Some(old) = found else { return Ok(None) };
    let old_key = old.key().to_string();
    let new_key = format!("{old_key}-{CONFIRMATION}");
    let changed_on = day("2025-07-01");
    let mut record = old.to_record();
    record.set("type", CONFIRMATION);
    record.set("effective_on", changed_on);
    let mut edits = Edits::new()
        .insert("powers", &new_key, &record)
        .set("powers", &old_key, "state", CANCELLED)
        .set("powers", &old_key, "cancelled_on", changed_on)
        .add("powers", &old_key, "successors", new_key.as_str());
    let mut codes = vec![("services".to_owned(), [old_key.clone(), new_key.clone()], "basic_code")];
    for (list, derived, code) in [
        ("implementers", "service_implementation", "implementation_code"),
        ("variants", "handling_items", "handling_code"),
    ] {
        for (number, row) in rows(&now, list).filter(|row| value(row, "power").as_text() == Some(&old_key)).enumerate()
        {
            let mut record = row.to_record();
            record.set("power", new_key.as_str());
            let (from, to) = (row.key().to_string(), format!("{}-{CONFIRMATION}", row.key()));
            edits = edits.insert(list, &to, &record);
            if number == 0 {
                let Some((_, above, _)) = codes.last() else { continue };
                let keys = [format!("{}/{from}", above[0]), format!("{}/{to}", above[1])];
                codes.push((derived.to_owned(), keys, code));
            }
        }
    }
    let power = value(&old, "name").to_string();
    let cause = telling
        .language
        .say("类型变更：取消、新增、承接（示例）", "a type changes: cancel, add, successor (illustrative)");
    let commit = telling.commit(cause, edits)?;
    telling.told.push(old_key);
    let now = telling.system.snapshot();
    let code = |list: &str, key: &str, name: &str| field(&now, list, key, name).to_string();
    let codes = codes
        .into_iter()
        .map(|(list, [old, new], name)| {
            let both = [code(&list, &old, name), code(&list, &new, name)];
            (list, both)
        })
        .collect();
    Ok(Some(Scene::Retyped { power, types: [OTHER.into(), CONFIRMATION.into()], codes, commit }))
}
