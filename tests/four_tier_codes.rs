//! The code schemes of the preset against codes that are in public use.

use quanze::{Code, four_tier};

enum Expect {
    Right,
    /// A well-formed code, with the check character that would be right.
    WrongCheck(char),
    UnknownShape,
}

fn check(scheme: &str, text: &str, expect: &Expect) {
    let report = four_tier::schema().code_report(&Code::new(scheme, text));
    let found = (report.is_well_formed(), report.check_digit_ok());
    match expect {
        Expect::Right => assert_eq!(found, (true, true), "{report}"),
        Expect::WrongCheck(right) => {
            assert_eq!(found, (true, false), "{report}");
            assert!(report.to_string().contains(&format!("expected '{right}'")), "{report}");
        }
        Expect::UnknownShape => assert_eq!(found, (false, false), "{report}"),
    }
    assert_eq!(report.code().text(), text, "a code is kept as it is, whatever its shape");
}

#[test]
fn credit_codes() {
    for right in [
        "11440000MB2D0164XH",
        "11440100007482575H",
        "11440300MB2C94128A",
        "12441500196720244T",
        "11511301008778183N",
        "115113010833722043",
        "11350128345071904J",
        "91350100M000100Y43",
        "11511301452259996U",
    ] {
        check("credit", right, &Expect::Right);
    }
    check("credit", "11440300007542785T", &Expect::WrongCheck('U'));
    check("credit", "91350100M000100Y4Z", &Expect::UnknownShape);
    check("credit", "11511301452259996u", &Expect::UnknownShape);
    check("credit", "1151130108778239R", &Expect::UnknownShape);
    check("credit", "", &Expect::UnknownShape);
}

#[test]
fn implementation_codes() {
    for right in
        ["11440000MB2D0164XH2440289876000", "11440100007482575H3440118009000", "12441500196720244T3442199806003"]
    {
        check("implementation", right, &Expect::Right);
        check("handling", &format!("{right}01"), &Expect::Right);
    }
    // The credit code within: its last character is wrong.
    check("implementation", "11440000MB2D0164XA2440289876000", &Expect::WrongCheck('H'));
    check("implementation", "11440000MB2D0164XH7440289876000", &Expect::UnknownShape);
    check("implementation", "11440000MB2D0164XH244028987600", &Expect::UnknownShape);
}

#[test]
fn other_codes() {
    check("basic", "440289876000", &Expect::Right);
    check("basic", "44011800900Y", &Expect::Right);
    check("basic", "4401180090", &Expect::UnknownShape);
    check("basic", "410-类-000-1", &Expect::UnknownShape);
    check("region", "419001", &Expect::Right);
    check("region", "41900", &Expect::UnknownShape);
    check("regulation", "11A00000101000", &Expect::Right);
    check("regulation", "11A000001010", &Expect::UnknownShape);
    check("unheard_of", "1", &Expect::UnknownShape);
}

#[test]
fn a_code_is_explained_by_its_segments() {
    let schema = four_tier::schema();
    let report = schema.code_report(&Code::new("handling", "11440000MB2D0164XH244028987600001"));
    let segments: Vec<_> = report.segments().iter().map(|segment| (segment.name(), segment.text())).collect();
    assert_eq!(
        segments,
        [
            ("implementation", "11440000MB2D0164XH2440289876000"),
            ("implementation.credit", "11440000MB2D0164XH"),
            ("implementation.credit.authority", "1"),
            ("implementation.credit.category", "1"),
            ("implementation.credit.region", "440000"),
            ("implementation.credit.subject", "MB2D0164X"),
            ("implementation.credit.check", "H"),
            ("implementation.level", "2"),
            ("implementation.basic", "440289876000"),
            ("implementation.basic.region", "44"),
            ("implementation.basic.type", "02"),
            ("implementation.basic.main", "89876"),
            ("implementation.basic.sub", "000"),
            ("serial", "01"),
        ]
    );
}
