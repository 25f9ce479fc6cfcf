//! A city's live rows adopted by a system that derives them.

use std::error::Error;

use quanze::{Edits, ListSystem, Record, four_tier, working_days};
use quanze_workbook::{
    Adoption, LiveRow, Sheet,
    adopt::{Carried, MatchedBy},
};

type Tested = Result<(), Box<dyn Error>>;

const CREDIT: &str = "11440000MB2D0164XH";

/// One licence of one bureau, taken up by the city and a district, in two variants.
fn system() -> Result<ListSystem, Box<dyn Error>> {
    let body = |name: &str| Record::new().with("name", name);
    let taken_up =
        |body: &str, level: &str| Record::new().with("power", "felling").with("body", body).with("level", level);
    let variant =
        |kind: &str, serial: &str| Record::new().with("power", "felling").with("kind", kind).with("serial", serial);
    let power = Record::new()
        .with("name", "采伐许可")
        .with("type", "01")
        .with("body", "city")
        .with("statutory_limit", working_days(20))
        .with("state", "1");
    let mut system = ListSystem::new(four_tier::schema());
    system.commit(
        Edits::new()
            .insert("bodies", "city", &body("某山市林业局"))
            .insert("bodies", "district", &body("东区林业局"))
            .insert("powers", "felling", &power)
            .insert("implementers", "c", &taken_up("city", "3"))
            .insert("implementers", "d", &taken_up("district", "4"))
            .insert("variants", "new", &variant("new", "01"))
            .insert("variants", "change", &variant("change", "02")),
    )?;
    Ok(system)
}

fn adopt(system: &ListSystem, list: &str, rows: &[Vec<&str>]) -> Result<Adoption, Box<dyn Error>> {
    let rows =
        LiveRow::from_sheet(system.schema(), list, &Sheet::new("live", rows.iter().map(|row| row.iter().copied())))?;
    Ok(Adoption::of(&system.snapshot(), list, &rows)?)
}

#[test]
fn local_values_become_authored_and_codes_are_kept() -> Tested {
    let mut system = system()?;
    let code = format!("{CREDIT}3440289876000");
    let adoption = adopt(
        &system,
        "service_implementation",
        &[
            vec!["实施编码", "事项名称", "实施主体", "承诺时限", "办理地点", "办件类型", "事项类型"],
            vec![&code, "采伐 许可", "某山市林业局", "15个工作日", "二楼", "承诺件", "许可"],
            vec!["", "采伐许可", "东区林业局", "30个工作日", "一楼", "即办件", ""],
            vec!["", "运输许可", "某山市林业局", "", "", "", ""],
        ],
    )?;
    assert_eq!(
        adoption.matched.iter().map(|found| (found.row, found.key.as_str())).collect::<Vec<_>>(),
        [(2, "felling/c"), (3, "felling/d")]
    );
    assert_eq!(adoption.unmatched, [4]);
    assert_eq!(adoption.without_live_row, Vec::<String>::new());
    let kept = |list, key: &str, field, code: &str| Carried { list, key: key.into(), field, code: code.into() };
    assert_eq!(
        adoption.carried,
        [kept("powers", "felling", "code", "440289876000"), kept("bodies", "city", "credit_code", CREDIT)]
    );
    // A column that is no field of the list is not lost.
    assert_eq!(adoption.unread[&2]["事项类型"], "许可");

    system.commit(adoption.edits())?;
    system.verify()?;
    let list = system.list("service_implementation")?;
    let city = list.row("felling/c").ok_or("it is there")?;
    assert_eq!(city.get("promised_limit")?, working_days(15).into());
    assert_eq!(city.get("place")?, "二楼".into());
    assert_eq!(city.get("implementation_code")?.to_string(), code);
    // A promise that is looser than the law is taken in as it is, with a finding.
    let district = list.row("felling/d").ok_or("it is there")?;
    assert_eq!(
        (district.get("promised_limit")?, district.authored("promised_limit")?),
        (working_days(20).into(), working_days(30).into())
    );
    Ok(())
}

#[test]
fn adopted_rows_are_found_by_their_codes_and_say_nothing_new() -> Tested {
    let mut system = system()?;
    let code = format!("{CREDIT}3440289876000");
    let live = [vec!["实施编码", "事项名称", "实施主体", "办理地点"], vec![&code, "采伐许可", "某山市林业局", "二楼"]];
    system.commit(adopt(&system, "service_implementation", &live)?.edits())?;
    // Renamed here or there, the code still says which row it is.
    let renamed = [vec!["实施编码", "事项名称", "实施主体", "办理地点"], vec![&code, "林木采伐", "林业局", "二楼"]];
    let again = adopt(&system, "service_implementation", &renamed)?;
    assert_eq!((again.matched.len(), again.matched[0].by), (1, MatchedBy::Code));
    assert!(again.edits().is_empty());
    let differing: Vec<(&str, &str, &str)> = again
        .differing
        .iter()
        .map(|differs| (differs.field.as_str(), differs.live.as_str(), differs.derived.as_str()))
        .collect();
    assert_eq!(differing, [("body", "林业局", "某山市林业局"), ("name", "林木采伐", "采伐许可")]);
    assert_eq!(again.without_live_row, ["felling/d"]);
    Ok(())
}

#[test]
fn serials_of_handling_items_are_kept() -> Tested {
    let mut system = system()?;
    let code = |serial: &str| format!("{CREDIT}3440289876000{serial}");
    let lines = format!(
        "{{\"name\":\"采伐许可（新办）\",\"body\":\"某山市林业局\",\"handling_code\":\"{}\",\"promised_limit\":\"5个工作日\"}}\n\
         {{\"业务办理项名称\":\"采伐许可（变更）\",\"实施主体\":\"某山市林业局\",\"handling_code\":\"{}\",\"visits\":2}}\n",
        code("07"),
        code("03")
    );
    let rows = LiveRow::from_json_lines(system.schema(), "handling_items", &lines)?;
    let adoption = Adoption::of(&system.snapshot(), "handling_items", &rows)?;
    assert_eq!(adoption.matched.len(), 2);
    assert_eq!(adoption.unread[&2]["visits"], "2");
    system.commit(adoption.edits())?;
    let list = system.list("handling_items")?;
    let row = list.row("felling/c/new").ok_or("it is there")?;
    assert_eq!(
        (row.get("handling_code")?.to_string(), row.get("promised_limit")?),
        (code("07"), working_days(5).into())
    );
    assert_eq!(list.row("felling/c/change").ok_or("it is there")?.get("handling_code")?.to_string(), code("03"));
    let rows = LiveRow::from_json_lines(system.schema(), "handling_items", &lines)?;
    assert!(Adoption::of(&system.snapshot(), "handling_items", &rows)?.edits().is_empty());
    Ok(())
}

#[test]
fn what_contradicts_or_cannot_be_read_is_told() -> Tested {
    let system = system()?;
    let adoption = adopt(
        &system,
        "service_implementation",
        &[
            vec!["实施编码", "事项名称", "实施主体", "承诺时限", "到办事现场次数", "办件类型"],
            vec![&format!("{CREDIT}3440289876000"), "采伐许可", "某山市林业局", "视情况", "一次", "随便"],
            vec![&format!("{CREDIT}4440289000000"), "采伐许可", "东区林业局", "", "1", ""],
        ],
    )?;
    let unread: Vec<&str> = adoption.unread[&2].keys().map(String::as_str).collect();
    assert_eq!(unread, ["到办事现场次数", "办件类型", "承诺时限"]);
    let contradicting: Vec<&str> = adoption.contradicting.iter().map(|kept| kept.code.as_str()).collect();
    assert_eq!(contradicting, ["440289000000"]);
    assert_eq!(adoption.authored.len(), 1);

    let error = LiveRow::from_sheet(system.schema(), "none", &Sheet::default()).expect_err("there is none");
    assert_eq!(error.to_string(), "none: there is no such list");
    let error = LiveRow::from_json_lines(system.schema(), "services", "{}\n[]").expect_err("no object");
    assert!(error.to_string().starts_with("services: line 2 is no object"), "{error}");
    Ok(())
}
