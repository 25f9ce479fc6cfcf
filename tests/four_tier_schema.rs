//! What the preset declares: labels, checks, options, and the structs of its rows.

use std::collections::BTreeSet;

use quanze::{
    Schema, SchemaBuilder,
    four_tier::{self, CheckId},
    schema::{Labels, Severity, Vocabulary},
};

fn assert_labelled(what: &str, labels: &Labels) {
    for language in ["zh", "en"] {
        let label = labels.get(language).unwrap_or_default();
        assert!(!label.is_empty(), "{what} has no label in {language}");
        let is_chinese = label.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert_eq!(is_chinese, language == "zh", "{what} in {language}: {label}");
    }
}

#[test]
fn everything_is_labelled_in_chinese_and_english() {
    let spec = four_tier::options().with_execution().builder();
    assert_labelled("the system", &spec.labels);
    for (name, list) in &spec.lists {
        assert_labelled(name.as_str(), &list.labels);
        for (field, declared) in &list.fields {
            assert_labelled(&format!("{name}.{field}"), &declared.labels);
        }
    }
    for (name, vocabulary) in &spec.vocabularies {
        assert_labelled(name.as_str(), &vocabulary.labels);
        for (code, labels) in &vocabulary.choices {
            assert_labelled(&format!("{name} {code}"), labels);
        }
    }
    for (name, scheme) in &spec.code_schemes {
        assert_labelled(name.as_str(), &scheme.labels);
        for (segment, declared) in &scheme.segments {
            assert_labelled(&format!("{name} {segment}"), &declared.labels);
        }
    }
    for (name, check) in &spec.checks {
        assert_labelled(name.as_str(), &check.labels);
        assert_labelled(&format!("the message of {name}"), &check.message);
    }
}

#[test]
fn every_check_is_declared_with_its_severity() {
    let spec = four_tier::options().with_execution().builder();
    let declared: Vec<_> = spec.checks.keys().map(|name| name.as_str().to_owned()).collect();
    assert_eq!(declared, CheckId::ALL.iter().map(|check| check.name()).collect::<Vec<_>>());
    for check in CheckId::ALL {
        let found = spec.checks.get(check.name()).map(|declared| declared.severity);
        assert_eq!(found, Some(check.default_severity()), "{}", check.name());
    }
    let blocking = CheckId::ALL.iter().filter(|check| check.default_severity() == Severity::Blocking);
    assert_eq!(blocking.copied().collect::<Vec<_>>(), [CheckId::CodeTwice, CheckId::HeadingImplemented]);
}

#[test]
fn the_lists_are_those_of_the_system() {
    let spec = four_tier::options().builder();
    let of_tier = |tier: Option<u8>| -> Vec<_> {
        let lists = spec.lists.iter().filter(|(_, list)| list.tier == tier);
        lists.map(|(name, _)| name.as_str().to_owned()).collect()
    };
    assert_eq!(
        of_tier(Some(2)),
        ["services", "enforcement", "regulation", "fees", "intermediary", "boundary", "territorial"]
    );
    assert_eq!(of_tier(Some(3)), ["service_implementation", "inspection_implementation"]);
    assert_eq!(of_tier(Some(4)), ["handling_items"]);
    assert!(of_tier(Some(1)).iter().all(|name| spec.lists[name.as_str()].is_base()));
}

#[test]
fn the_schema_reads_back_from_json() {
    let schema = four_tier::schema();
    let again = Schema::from_json(&schema.to_json()).expect("its own JSON");
    assert_eq!(again.spec(), schema.spec());
    assert_eq!(again.fingerprint(), schema.fingerprint());
}

#[test]
fn the_jurisdiction_sets_severities_and_leaves_checks_out() {
    let spec = four_tier::options()
        .with_execution()
        .severity(CheckId::NameTooLong, Severity::Blocking)
        .without(CheckId::DutyMissing)
        .name_length(50)
        .builder();
    assert_eq!(spec.checks["name_too_long"].severity, Severity::Blocking);
    assert!(spec.checks["name_too_long"].when.to_string().ends_with("length(own.name) > 50"));
    assert!(!spec.checks.contains_key("duty_missing"));
    assert_eq!(spec.checks.len(), CheckId::ALL.len() - 1);
}

#[test]
fn the_jurisdiction_extends_types_and_memberships() {
    let filing = Labels::zh_en("行政备案", "filing");
    let schema = four_tier::options()
        .choice("power_types", "11", filing.clone())
        .service_types(["01", "11"])
        .public_service_types([] as [&str; 0])
        .enforcement_types(["01", "02"])
        .builder()
        .build()
        .expect("a schema");
    assert_eq!(schema.spec().vocabularies["power_types"].choices["11"], filing);

    let unknown = four_tier::options().service_types(["99"]).builder().build().expect_err("99 is no type");
    assert!(unknown.to_string().contains("'power_types' has 01, 02"), "{unknown}");
}

#[test]
fn a_vocabulary_without_a_choice_that_a_rule_names_is_a_fault() {
    let faults = four_tier::options().vocabulary("states", Vocabulary::of(["live", "dead"])).builder().build();
    let faults = faults.expect_err("the rules name 1, 2 and 3");
    assert!(faults.to_string().contains("'states' has live, dead"), "{faults}");
}

#[test]
fn an_in_use_view_has_all_fields_of_its_list() {
    let schema = four_tier::options().in_use_view("services").in_use_view("handling_items").builder().build();
    let schema = schema.expect("a schema");
    let lists = &schema.spec().lists;
    for list in ["services", "handling_items"] {
        let view = &lists[format!("{list}_in_use").as_str()];
        assert!(view.fields.keys().eq(lists[list].fields.keys()));
        assert_eq!(view.tier, None);
    }
    assert!(four_tier::options().in_use_view("citizens").builder().build().is_err());
    assert!(four_tier::options().in_use_view("today").builder().build().is_err(), "today has no state");
}

#[test]
fn towns_duties_are_added_from_json() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/town_duties.json");
    let json = std::fs::read_to_string(path).expect("the file");
    let parts: SchemaBuilder = serde_json::from_str(&json).expect("parts of a schema");
    let schema = four_tier::schema().extend(parts).expect("a schema");
    assert_eq!(schema.spec().lists["town_duties"].rules.len(), 2);
}

#[test]
fn the_structs_have_the_fields_of_their_lists() {
    use four_tier::{
        Article, Body, Duty, EnforcementItem, FeeMatter, HandlingItem, Implementer, InspectionContent, Instrument,
        IntermediaryMatter, Material, Participant, Power, Profile, Region, RegulationMatter, Service,
        ServiceImplementation, SharedMatter, UpstreamItem, Variant,
    };
    fn check<T: Default + serde::Serialize>(list: &str) {
        let spec = four_tier::options().builder();
        let fields: BTreeSet<_> = spec.lists[list].fields.keys().map(|name| name.as_str().to_owned()).collect();
        let row = serde_json::to_value(T::default()).expect("JSON");
        let members: BTreeSet<_> = row.as_object().expect("an object").keys().cloned().collect();
        assert_eq!(members, fields, "{list}");
    }
    check::<Region>("regions");
    check::<Body>("bodies");
    check::<Instrument>("instruments");
    check::<Article>("articles");
    check::<Duty>("duties");
    check::<UpstreamItem>("upstream");
    check::<Power>("powers");
    check::<Implementer>("implementers");
    check::<Variant>("variants");
    check::<Profile>("profiles");
    check::<Material>("materials");
    check::<RegulationMatter>("regulation_matters");
    check::<InspectionContent>("inspection_contents");
    check::<FeeMatter>("fee_matters");
    check::<IntermediaryMatter>("intermediary_matters");
    check::<SharedMatter>("boundary_matters");
    check::<SharedMatter>("territorial_matters");
    check::<Participant>("participants");
    check::<Service>("services");
    check::<EnforcementItem>("enforcement");
    check::<ServiceImplementation>("service_implementation");
    check::<HandlingItem>("handling_items");
}
