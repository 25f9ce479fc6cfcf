//! Governing on real input: what the example prints in both languages and for machines, and what it refuses.

use std::{fs, sync::LazyLock};

use serde_json::Value;

#[path = "../examples/law_revised_in_march/main.rs"]
#[expect(dead_code, reason = "the test calls what `main` calls")]
mod law_revised_in_march;

/// The example's exit code, output and errors.
fn run(arguments: &[&str]) -> (u8, String, String) {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let given = arguments.iter().map(ToString::to_string);
    let code = law_revised_in_march::run(given, &mut output, &mut errors).expect("writing to memory");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (code, text(output), text(errors))
}

#[track_caller]
fn done(arguments: &[&str]) -> String {
    let (code, output, errors) = run(arguments);
    assert_eq!((code, errors.as_str()), (0, ""));
    output
}

static JSON: LazyLock<String> = LazyLock::new(|| done(&["--json"]));

#[test]
fn what_is_printed_is_golden() {
    for (golden, output) in [
        ("law_revised_in_march.zh.txt", done(&[])),
        ("law_revised_in_march.en.txt", done(&["--lang", "en"])),
        ("law_revised_in_march.json", JSON.clone()),
    ] {
        let path = format!("{}/tests/goldens/{golden}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &output).expect("the golden");
        }
        let expected = fs::read_to_string(&path).expect("the golden");
        let differs = expected.lines().zip(output.lines()).position(|(a, b)| a != b);
        assert!(
            expected == output,
            "{golden} differs from line {:?}; write it anew with UPDATE_GOLDEN=1 cargo test --test law_revised_in_march",
            differs.map(|line| line + 1)
        );
    }
}

#[test]
fn the_object_says_what_became_of_it() {
    let object: Value = serde_json::from_str(&JSON).expect("one JSON object");
    assert_eq!(object["verified"], true);
    assert_eq!(object["deadlines"]["missed"], 1, "one body is late");
    assert_eq!(object["cases"]["amend"]["held"], 1, "one planned change no longer fits");
    assert_eq!(object["cases"]["take_over"]["in_effect"], 2, "two towns");
    assert_eq!(object["altered_record"], 14);
    assert_eq!(object["last_hash"].as_str().map(str::len), Some(64));
    for list in ["powers", "services", "service_implementation", "handling_items"] {
        assert!(object["rows_changed"][list].as_u64() > Some(0), "{list}");
    }
    assert!(object["reviews"]["open"].as_u64() > Some(0) && object["reviews"]["confirmed"] == 1);
}

#[test]
fn anything_else_is_refused_with_the_usage() {
    for (arguments, says) in [
        (&["--yaml"][..], "error: '--yaml' is no argument of this example"),
        (&["--lang", "fr"], "error: 'fr' is no language; --lang takes zh or en"),
        (&["--lang"], "error: --lang wants zh or en behind it"),
        (&["--json", "--json"], "error: --json is given twice"),
    ] {
        let (code, output, errors) = run(arguments);
        assert_eq!((code, output.as_str()), (2, ""));
        assert!(errors.starts_with(says) && errors.contains("usage:"), "{errors}");
    }
}
