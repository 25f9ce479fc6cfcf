//! What may be asked for on the command line.

use std::path::PathBuf;

use super::words::Language;

/// How the example is run.
pub(crate) const USAGE: &str = "\
usage: cargo run --release --example law_repealed [-- [--json] [--lang zh|en] [--data FOLDER]]

  --json         print one JSON object 输出一个 JSON 对象
  --lang zh|en   language of what is printed, by default zh 输出语言，默认中文
  --data FOLDER  other tables of the form of examples/data 使用同样格式的其他数据表
";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) form: Form,
    pub(crate) language: Language,
    pub(crate) folder: PathBuf,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Terminal,
    Json,
}

impl Arguments {
    /// Reads the arguments; the error says which is none.
    pub(crate) fn read(given: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let (mut form, mut language, mut folder) = (None, None, None);
        let mut given = given.into_iter();
        while let Some(argument) = given.next() {
            let mut value = |what: &str| given.next().ok_or_else(|| format!("{argument} wants {what} behind it"));
            let twice = match argument.as_str() {
                "--json" => form.replace(Form::Json).is_some(),
                "--lang" => {
                    let tag = value("zh or en")?;
                    let read = Language::of_tag(&tag)
                        .ok_or_else(|| format!("'{tag}' is no language; --lang takes zh or en"))?;
                    language.replace(read).is_some()
                }
                "--data" => folder.replace(PathBuf::from(value("a folder")?)).is_some(),
                other => return Err(format!("'{other}' is no argument of this example")),
            };
            if twice {
                return Err(format!("{argument} is given twice"));
            }
        }
        Ok(Self {
            form: form.unwrap_or(Form::Terminal),
            language: language.unwrap_or_default(),
            folder: folder.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data").into()),
        })
    }
}
