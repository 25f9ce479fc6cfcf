//! Every public error is brought about and read. `tests/goldens/errors.txt` keeps what each says; a variant that nothing here
//! brings about is missed by name. With `UPDATE_GOLDEN` in the environment the file is written anew.

#[path = "errors/edits.rs"]
mod edits;
#[path = "errors/found.rs"]
mod found;
#[path = "governed/mod.rs"]
mod governed;
#[path = "errors/governing.rs"]
mod governing;
#[path = "errors/public.rs"]
mod public;
#[path = "errors/records.rs"]
mod records;
#[path = "errors/schemas.rs"]
mod schemas;
#[path = "errors/stored.rs"]
mod stored;

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::{Debug, Display, Write as _},
    fs,
};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What was said, by error and variant.
#[derive(Default)]
struct Said(BTreeMap<(String, String), Vec<String>>);

impl Said {
    /// An error says something; where it is an enum, `kind` tells the variant by how it is written.
    fn say(&mut self, of: &str, kind: Option<&dyn Debug>, text: &dyn Display) {
        let variant = kind.map(|kind| public::word(&format!("{kind:?}")).to_owned()).unwrap_or_default();
        let texts = self.0.entry((of.to_owned(), variant)).or_default();
        let text = text.to_string();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }

    /// An enum of errors says something.
    fn variant<E: Error>(&mut self, of: &str, error: &E) {
        self.say(of, Some(&error as &dyn Debug), error);
    }

    /// An error without variants says something.
    fn plain<E: Error>(&mut self, of: &str, error: &E) {
        self.say(of, None, error);
    }
}

fn said() -> Outcome<Said> {
    let mut said = Said::default();
    schemas::bring_about(&mut said)?;
    edits::bring_about(&mut said)?;
    records::bring_about(&mut said);
    stored::bring_about(&mut said)?;
    found::bring_about(&mut said)?;
    governing::bring_about(&mut said)?;
    Ok(said)
}

#[test]
fn every_error_is_brought_about() -> Outcome {
    let brought: BTreeSet<(String, String)> = said()?.0.into_keys().collect();
    let declared = public::errors()?;
    assert!(declared.len() > 20, "only {} errors were seen", declared.len());
    let mut missing = Vec::new();
    for (error, variants) in &declared {
        let of = |variant: &String| (error.clone(), variant.clone());
        let wanted: Vec<_> =
            if variants.is_empty() { vec![of(&String::new())] } else { variants.iter().map(of).collect() };
        missing.extend(wanted.into_iter().filter(|wanted| !brought.contains(wanted)));
    }
    assert_eq!(missing, [], "nothing in tests/errors brings these about");
    let is_declared = |error: &str, variant: &String| {
        declared.get(error).is_some_and(|variants| variant.is_empty() || variants.contains(variant))
    };
    let unknown: Vec<_> = brought.iter().filter(|(error, variant)| !is_declared(error, variant)).collect();
    assert_eq!(unknown, Vec::<&(String, String)>::new(), "the source declares no such errors");
    Ok(())
}

#[test]
fn what_errors_say_is_golden() -> Outcome {
    let mut text = String::new();
    let mut last = String::new();
    for ((error, variant), texts) in said()?.0 {
        if last != error {
            writeln!(text, "{}{error}", if text.is_empty() { "" } else { "\n" })?;
            last = error;
        }
        if !variant.is_empty() {
            writeln!(text, "  {variant}")?;
        }
        for line in texts.iter().flat_map(|text| text.lines()) {
            writeln!(text, "    {line}")?;
        }
    }
    let path = format!("{}/tests/goldens/errors.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &text)?;
    }
    assert_eq!(text, fs::read_to_string(&path)?, "UPDATE_GOLDEN=1 in the environment writes it anew");
    Ok(())
}

/// Errors are read inside of sentences: lower case, no full stop, nothing that only Rust would write.
#[test]
fn errors_are_written_for_people() -> Outcome {
    for ((error, variant), texts) in said()?.0 {
        for text in texts {
            let at = format!("{error} {variant}: {text}");
            assert!(!text.starts_with(char::is_uppercase), "{at}");
            assert!(!text.ends_with(['.', '\n', ' ']), "{at}");
            for word in ["Some(", "None", "Ok(", "Err(", "unwrap", "panicked"] {
                assert!(!text.contains(word), "{at}");
            }
        }
    }
    Ok(())
}
