//! Local items linked to a superior's catalogue, reconciled with it, and taken up from it.

mod support;

use std::error::Error;

use proptest::prelude::*;
use quanze::{Edits, ListSystem, Record, Value, four_tier};
use quanze_workbook::{
    Catalogue, Decisions, Import, Intake, Limits, Profile, Reconciliation, Rule, Verdicts, Workbook,
    upstream::{Reason, TakenUp, take_up},
};

type Tested = Result<(), Box<dyn Error>>;
type Row = (String, String, String, String);

/// A list of items: name, type, code, basis.
fn import(file: &str, body: &str, rows: &[Row]) -> Import {
    let lines = rows.iter().map(|(name, ty, code, basis)| format!("1,{name},{ty},{code},{basis},{body}\n"));
    let text = format!("序号,事项名称,权力类型,基本编码,实施依据,行使主体\n{}", lines.collect::<String>());
    Import::of([Workbook::from_bytes(file, text.as_bytes(), Limits::default())], &Profile::default())
}

fn row(name: &str, ty: &str, code: &str, basis: &str) -> Row {
    (name.into(), ty.into(), code.into(), basis.into())
}

fn catalogue(rows: &[Row]) -> Catalogue {
    Catalogue::of(&import("省级目录.csv", "", rows).items)
}

fn system(rows: &[Row]) -> Result<ListSystem, Box<dyn Error>> {
    let mut system = ListSystem::new(four_tier::schema());
    let list = import("清单.csv", "某山市林业局", rows);
    system.commit(Intake::of(&list, &system.snapshot())?.edits(&Decisions::default()))?;
    Ok(system)
}

fn reconcile(catalogue: &Catalogue, system: &ListSystem) -> Result<Reconciliation, Box<dyn Error>> {
    Ok(Reconciliation::of(catalogue, &system.snapshot(), &[], &Verdicts::default())?)
}

const FOREST: &str = "《中华人民共和国森林法》第五十七条";
const SEED: &str = "《中华人民共和国种子法》第三十一条";

#[test]
fn links_say_why_and_how_sure() -> Tested {
    let mut system = system(&[
        row("林木采伐", "许可", "440100001000", FOREST),
        row("种子经营许可", "许可", "", SEED),
        row("对毁林的处罚", "处罚", "", FOREST),
        row("木材运输", "许可", "", ""),
        row("本地事项", "奖励", "", ""),
    ])?;
    let key = |system: &ListSystem, name: &str| -> Result<String, Box<dyn Error>> {
        let list = system.list("powers")?;
        let row = list.rows().find(|row| row.get("name").is_ok_and(|value| value == name.into()));
        Ok(row.ok_or("it is there")?.key().to_string())
    };
    let transport = key(&system, "木材运输")?;
    system.commit(Edits::new().add("powers", &transport, "aliases", "440100009000"))?;
    let upstream = catalogue(&[
        row("采伐许可", "许可", "440100001000", FOREST),
        row("种子 经营许可", "许可", "", SEED),
        row("对毁林的处罚", "处罚", "", SEED),
        row("运输证核发", "许可", "440100009000", ""),
        row("只在上级", "许可", "", ""),
    ]);
    let found = reconcile(&upstream, &system)?;
    let mut reasons: Vec<(Reason, u8)> = found
        .agreed
        .iter()
        .chain(found.differing.iter().map(|differs| &differs.link))
        .map(|link| (link.reason, link.confidence))
        .collect();
    reasons.sort();
    let expected = [Reason::Code, Reason::Alias, Reason::NameTypeAndBasis, Reason::NameAndType];
    assert_eq!(reasons, expected.map(|reason| (reason, reason.confidence())));
    assert_eq!((found.only_upstream.len(), found.only_local), (1, vec![key(&system, "本地事项")?]));

    // A person says otherwise, and that is kept as data.
    let penalty = key(&system, "对毁林的处罚")?;
    let mut verdicts = Verdicts::default();
    verdicts.apart.insert(("02-对毁林的处罚".into(), penalty.clone()));
    verdicts.linked.insert("01-只在上级".into(), key(&system, "本地事项")?);
    let verdicts: Verdicts = serde_json::from_str(&serde_json::to_string(&verdicts)?)?;
    let found = Reconciliation::of(&upstream, &system.snapshot(), &[], &verdicts)?;
    assert!(found.differing.iter().any(|differs| differs.link.reason == Reason::Decided));
    assert_eq!((found.only_upstream, found.only_local), (vec!["02-对毁林的处罚".to_owned()], vec![penalty]));
    Ok(())
}

#[test]
fn what_differs_is_brought_in_step_and_the_link_recorded() -> Tested {
    let mut system = system(&[row("林木采伐", "许可", "440100001000", FOREST)])?;
    let upstream =
        catalogue(&[row("采伐许可", "许可", "440100001000", "《中华人民共和国森林法》第五十七条、第五十八条")]);
    let found = reconcile(&upstream, &system)?;
    let fields: Vec<&str> = found.differing[0].fields.keys().copied().collect();
    assert_eq!(fields, ["basis", "name"]);
    assert_eq!(found.differing[0].fields["name"], ("采伐许可".to_owned(), "林木采伐".to_owned()));

    system.commit(found.edits(&system.snapshot(), "province")?)?;
    system.verify()?;
    let again = reconcile(&upstream, &system)?;
    assert_eq!((again.agreed.len(), again.differing.len()), (1, 0));
    assert!(again.edits(&system.snapshot(), "province")?.is_empty());
    // The next edition has another code; the recorded link still says which it is.
    let key = system.list("powers")?.rows().next().ok_or("it is there")?.key().to_string();
    assert_eq!(again.agreed[0].reason, Reason::Recorded);
    assert_eq!(again.agreed[0].local, key);
    Ok(())
}

#[test]
fn a_new_edition_shows_only_what_it_changed() {
    let before =
        catalogue(&[row("甲", "许可", "440100001000", FOREST), row("乙", "许可", "", SEED), row("丙", "处罚", "", "")]);
    let after = catalogue(&[
        row("甲改", "许可", "440100001000", FOREST),
        row("乙", "许可", "", SEED),
        row("丁", "处罚", "", ""),
    ]);
    let changes = after.since(&before);
    assert_eq!((changes.added, changes.gone), (vec!["02-丁".to_owned()], vec!["02-丙".to_owned()]));
    let changed: Vec<(String, Vec<&str>)> =
        changes.changed.into_iter().map(|(key, fields)| (key, fields.into_iter().collect())).collect();
    assert_eq!(changed, [("440100001000".to_owned(), vec!["name"])]);
    assert_eq!(before.since(&before), quanze_workbook::upstream::CatalogueChanges::default());
}

#[test]
fn taking_up_is_one_act() -> Tested {
    let mut system = ListSystem::new(four_tier::schema());
    system.commit(Edits::new().insert("bodies", "city", &Record::new().with("name", "某山市林业局")))?;
    let upstream = catalogue(&[row("采伐许可", "许可", "440100001000", FOREST)]);
    let taken =
        TakenUp { body: "city", level: "3", accepted_on: Some("2024-07-01".parse()?), reviewer: "王某", local: None };
    let edits = take_up(&upstream, "440100001000", "province", &taken, &system.snapshot())?;
    assert_eq!((edits.actor_text(), edits.cause_text()), (Some("王某"), Some("认领：采伐许可")));
    system.commit(edits)?;
    let list = system.list("service_implementation")?;
    let row = list.rows().next().ok_or("an implementation row follows")?;
    assert_eq!((row.get("name")?, row.get("body")?.to_string()), ("采伐许可".into(), "city".to_owned()));
    assert_eq!(row.get("upstream")?.to_string(), "440100001000");
    let found = reconcile(&upstream, &system)?;
    assert_eq!((found.agreed.len(), found.agreed[0].reason), (1, Reason::Recorded));

    // A second body takes up what is there.
    system.commit(Edits::new().insert("bodies", "district", &Record::new().with("name", "东区林业局")))?;
    let local = found.agreed[0].local.clone();
    let taken = TakenUp { body: "district", level: "4", accepted_on: None, reviewer: "李某", local: Some(&local) };
    system.commit(take_up(&upstream, "440100001000", "province", &taken, &system.snapshot())?)?;
    assert_eq!((system.list("powers")?.len(), system.list("service_implementation")?.len()), (1, 2));
    assert!(take_up(&upstream, "none", "province", &taken, &system.snapshot())?.is_empty());
    Ok(())
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let name = prop::sample::select(vec!["采伐许可", "林木采伐", "毁林的处罚", "种子检验", "木材运输"]);
    let ty = prop::sample::select(vec!["许可", "处罚", "检查"]);
    let code = prop::sample::select(vec!["", "", "440100001000", "440100002000", "440100003000"]);
    let basis = prop::sample::select(vec!["", FOREST, SEED, "《中华人民共和国森林法》第五十七条、第六十条"]);
    let row = (name, ty, code, basis).prop_map(|(name, ty, code, basis)| row(name, ty, code, basis));
    prop::collection::vec(row, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn reconciling_and_then_its_own_edits_is_agreement(local in rows(), upstream in rows()) {
        let mut system = system(&local).expect("it is taken in");
        let upstream = catalogue(&upstream);
        let found = reconcile(&upstream, &system).expect("it is the preset");
        let linked = found.agreed.len() + found.differing.len();
        prop_assert_eq!(linked + found.only_upstream.len(), upstream.items.len());
        prop_assert_eq!(linked + found.only_local.len(), system.list("powers").expect("it is the preset").len());
        system.commit(found.edits(&system.snapshot(), "state").expect("it is the preset")).expect("it fits");
        system.verify().expect("it has not drifted");
        let again = reconcile(&upstream, &system).expect("it is the preset");
        prop_assert_eq!((again.differing.len(), again.agreed.len() >= linked), (0, true));
    }
}

#[test]
fn published_lists_of_two_levels_are_reconciled() -> Tested {
    let Some(folder) = support::workbooks() else { return Ok(()) };
    let mut paths: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    let import = Import::open(&paths, &Profile::default(), Limits::default(), |_| {});
    let mut system = ListSystem::new(four_tier::schema());
    system.commit(Intake::of(&import, &system.snapshot())?.edits(&Decisions::default()))?;
    for found in import.diagnostics.iter().filter(|found| found.rule == Rule::TwoEditions) {
        let lower: Vec<_> = import
            .items
            .iter()
            .filter(|item| {
                item.source.file == found.place.file && Some(&item.source.sheet) == found.place.sheet.as_ref()
            })
            .collect();
        let upper = import.items.iter().filter(|item| {
            item.source.file == found.place.file && Some(&item.source.sheet) != found.place.sheet.as_ref()
        });
        let catalogue = Catalogue::of(upper);
        let mut bodies: Vec<&str> = lower.iter().map(|item| item.body()).collect();
        bodies.dedup();
        let before = Reconciliation::of(&catalogue, &system.snapshot(), &bodies, &Verdicts::default())?;
        assert!(before.agreed.len() + before.differing.len() > 0);
        eprintln!(
            "{}: {} agreed, {} differing, {} only upstream, {} only local",
            found.place.file,
            before.agreed.len(),
            before.differing.len(),
            before.only_upstream.len(),
            before.only_local.len()
        );
        system.commit(before.edits(&system.snapshot(), "province")?)?;
        let after = Reconciliation::of(&catalogue, &system.snapshot(), &bodies, &Verdicts::default())?;
        assert_eq!(after.differing.len(), 0);
        let linked = system
            .list("powers")?
            .rows()
            .filter(|row| row.get("upstream").is_ok_and(|key| key != Value::Missing))
            .count();
        assert_eq!(linked, after.agreed.len());
    }
    Ok(())
}
