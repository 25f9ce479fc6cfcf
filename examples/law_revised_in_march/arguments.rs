//! What may be asked for on the command line.

/// How the example is run.
pub(crate) const USAGE: &str = "\
usage: cargo run --release --example law_revised_in_march [-- [--json] [--lang zh|en]]

  --json         print one JSON object 输出一个 JSON 对象
  --lang zh|en   language of what is printed, by default zh 输出语言，默认中文
";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) form: Form,
    pub(crate) language: Language,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Terminal,
    Json,
}

/// The language of what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Zh,
    En,
}

impl Language {
    /// Returns what belongs to the language.
    pub(crate) fn say<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    pub(crate) fn tag(self) -> &'static str {
        self.say("zh", "en")
    }
}

impl Arguments {
    /// Reads the arguments; the error says which is none.
    pub(crate) fn read(given: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self { form: Form::Terminal, language: Language::Zh };
        let mut seen: Vec<String> = Vec::new();
        let mut given = given.into_iter();
        while let Some(argument) = given.next() {
            if seen.contains(&argument) {
                return Err(format!("{argument} is given twice"));
            }
            match argument.as_str() {
                "--json" => arguments.form = Form::Json,
                "--lang" => {
                    arguments.language = match given.next().as_deref() {
                        Some("zh") => Language::Zh,
                        Some("en") => Language::En,
                        Some(other) => return Err(format!("'{other}' is no language; --lang takes zh or en")),
                        None => return Err("--lang wants zh or en behind it".into()),
                    };
                }
                other => return Err(format!("'{other}' is no argument of this example")),
            }
            seen.push(argument);
        }
        Ok(arguments)
    }
}
