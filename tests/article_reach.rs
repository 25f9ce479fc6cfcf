//! What the example says of how far an article reaches, on its tables.

#[path = "../examples/article_reach.rs"]
#[expect(dead_code, reason = "the test calls what `main` calls")]
mod article_reach;

use article_reach::{City, Language, run, tell};

#[test]
fn what_is_printed_is_golden() {
    let city = City::load().expect("the tables of the example");
    for (golden, language, article) in [
        ("article_reach.zh.txt", Language::Zh, None),
        ("article_reach.en.txt", Language::En, None),
        // Cited by powers that nobody applies for.
        ("article_reach_without_way.zh.txt", Language::Zh, Some("noise-law-1996-a48")),
    ] {
        let output = tell(&city, language, article).expect("an article");
        let path = format!("{}/tests/goldens/{golden}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &output).expect("the golden");
        }
        let expected = std::fs::read_to_string(&path).expect("the golden");
        assert_eq!(output, expected, "{golden}; UPDATE_GOLDEN=1 in the environment writes it anew");
    }
    let unknown = tell(&city, Language::Zh, Some("nowhere")).expect_err("there is no such article");
    assert_eq!(unknown.to_string(), "there is no row 'nowhere' in 'articles'");
}

#[test]
fn arguments_that_are_none_are_told() {
    for (arguments, said) in [
        (&["--lang", "fr"][..], "error: 'fr' is no language; --lang takes zh or en\n"),
        (&["--lang"], "error: --lang wants zh or en behind it\n"),
        (&["--json"], "error: '--json' is no argument of this example\n"),
        (&["a", "b"], "error: more than one article is given\n"),
    ] {
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let given = arguments.iter().map(ToString::to_string);
        let code = run(given, &mut output, &mut errors).expect("writing to memory");
        let errors = String::from_utf8(errors).expect("text");
        assert_eq!((code, output.len()), (2, 0));
        assert!(errors.starts_with(said), "{errors}");
    }
}
