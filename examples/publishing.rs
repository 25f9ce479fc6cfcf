//! One writer, many readers: a thread owns the four-tier lists of a city and publishes a snapshot after each commit; counters
//! answer from the newest one, each on a thread of its own, and nobody waits for anybody.
//!
//! `cargo run --release --example publishing [-- [--lang zh|en]]`

#[path = "law_repealed/columns.rs"]
mod columns;
#[path = "law_repealed/facts.rs"]
#[expect(dead_code, reason = "the other example uses more of it")]
mod facts;
#[path = "law_repealed/reading.rs"]
#[expect(dead_code, reason = "the other example uses more of it")]
mod reading;
#[path = "law_repealed/succession.rs"]
#[expect(dead_code, reason = "the other example uses more of it")]
mod succession;
#[path = "law_repealed/tables.rs"]
mod tables;
#[path = "law_repealed/words.rs"]
#[expect(dead_code, reason = "the other example uses more of it")]
mod words;

use std::{
    collections::BTreeMap,
    error::Error,
    fmt::Write as _,
    io::{self, Write},
    path::Path,
    process::ExitCode,
    sync::{
        PoisonError, RwLock,
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread,
};

use columns::{Align, Columns, WIDTH, paragraph};
use facts::Facts;
use quanze::{Edits, ListSystem, Refused, Row, Snapshot, four_tier, working_days};
pub(crate) use words::Language;

const USAGE: &str = "\
usage: cargo run --release --example publishing [-- [--lang zh|en]]

  --lang zh|en   language of what is printed, by default zh 输出语言，默认中文
";

/// The tables that the other example reads.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data");

/// How many threads answer.
const COUNTERS: usize = 4;

/// What the edits are about: a power, who carries it out, and what follows from the two.
const POWER: &str = "agriculture-0004";
const BODY: &str = "agriculture";
const IMPLEMENTER: &str = "im-agriculture-0004-2";
const IMPLEMENTATION: &str = "agriculture-0004/im-agriculture-0004-2";

fn main() -> ExitCode {
    match run(std::env::args().skip(1), &mut io::stdout().lock(), &mut io::stderr().lock()) {
        Ok(code) => ExitCode::from(code),
        // Whoever read the output has stopped reading: there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Runs the example, and returns its exit code: 1 where the tables are wrong, 2 where the arguments are.
pub(crate) fn run(
    arguments: impl IntoIterator<Item = String>,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> io::Result<u8> {
    let arguments: Vec<String> = arguments.into_iter().collect();
    let language = match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Some(Language::default()),
        ["--lang", tag] => Language::of_tag(tag),
        _ => None,
    };
    let Some(language) = language else {
        write!(errors, "error: '{}' is not understood\n\n{USAGE}", arguments.join(" "))?;
        return Ok(2);
    };
    match publish(language) {
        Ok(day) => output.write_all(day.told(language).as_bytes()).map(|()| 0),
        Err(error) => writeln!(errors, "error: {error}").map(|()| 1),
    }
}

/// The newest snapshot. Readers hold the lock as long as it takes to count one more of them, and none while they read.
struct Publication(RwLock<Snapshot>);

impl Publication {
    fn latest(&self) -> Snapshot {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn publish(&self, snapshot: Snapshot) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}

/// Edits that somebody wants made, and where the answer goes.
struct Request {
    edits: Edits,
    reply: Sender<Result<Made, Refused>>,
}

/// What has come of edits.
pub(crate) struct Made {
    pub(crate) revision: u64,
    pub(crate) rows: usize,
}

/// Owns the system until nobody can ask for edits any more. Who asked gets the answer when all can read what was made.
fn write(mut system: ListSystem, requests: Receiver<Request>, publication: &Publication) -> ListSystem {
    for Request { edits, reply } in requests {
        let made = system.commit(edits).map(|commit| {
            publication.publish(system.snapshot());
            Made { revision: commit.revision(), rows: commit.len() }
        });
        // Who does not wait for the answer has given up.
        let _ = reply.send(made);
    }
    system
}

/// What a counter has said about a handling item, and by which revision.
struct Answer {
    counter: usize,
    revision: u64,
    key: String,
    text: String,
}

/// What is said of a handling item: its name, the body with its name, and the days it takes.
fn said(now: &Snapshot, item: &Row<'_>) -> String {
    let body = reading::text(now, "bodies", &reading::value(item, "body").to_string(), "name");
    format!("{} {body} {} {}", reading::value(item, "name"), reading::value(item, "promised_limit"), item.key())
}

/// Answers as long as somebody listens: takes the newest snapshot, and tells of the next handling item in it.
fn answer(counter: usize, publication: &Publication, answers: &SyncSender<Answer>) {
    for turn in counter.. {
        let now = publication.latest();
        let count = now.list("handling_items").map_or(0, |items| items.len()).max(1);
        let Some(item) = reading::rows(&now, "handling_items").nth(turn * COUNTERS % count) else { return };
        let (key, text) = (item.key().to_string(), said(&now, &item));
        if answers.send(Answer { counter, revision: now.revision(), key, text }).is_err() {
            return;
        }
    }
}

/// What is asked of the writer, one after the other, and why.
fn requests(first: &Snapshot, language: Language) -> Vec<Edits> {
    let implementers = first.list("implementers").expect("a list of the preset");
    let implementer = implementers.row(IMPLEMENTER).map(|row| row.to_record()).unwrap_or_default();
    let cause = |zh: &str, en: &str| Edits::new().cause(language.say(zh, en));
    vec![
        cause("缩短承诺时限", "a shorter promise").author(
            "service_implementation",
            IMPLEMENTATION,
            "promised_limit",
            working_days(4),
        ),
        cause("承诺时限长于法定时限", "a promise longer than the law allows").author(
            "service_implementation",
            IMPLEMENTATION,
            "promised_limit",
            working_days(90),
        ),
        cause("法定时限缩短", "the statutory limit becomes shorter").record_findings().set(
            "powers",
            POWER,
            "statutory_limit",
            working_days(3),
        ),
        cause("机构更名", "a body is renamed").set("bodies", BODY, "name", "农业农村和畜牧局"),
        cause("撤回承接", "an implementer is withdrawn").remove("implementers", IMPLEMENTER),
        cause("重新承接", "the same implementer takes up again").insert("implementers", IMPLEMENTER, &implementer),
    ]
}

/// A request and its outcome: what has been made, or why nothing has.
pub(crate) struct Entry {
    pub(crate) cause: String,
    pub(crate) outcome: Result<Made, String>,
}

/// What has happened.
pub(crate) struct Day {
    pub(crate) journal: Vec<Entry>,
    /// Answers by revision and counter.
    pub(crate) answers: BTreeMap<u64, [usize; COUNTERS]>,
    /// The promise in the first snapshot, which somebody has kept, and in the last.
    pub(crate) promises: [String; 2],
}

/// Starts the writer and the counters; asks for edits, each when every counter has answered from the state before; holds every
/// answer against the revision that it came from.
pub(crate) fn publish(language: Language) -> Result<Day, Box<dyn Error>> {
    let mut facts = Facts::load(Path::new(DATA))?;
    let import = std::mem::take(&mut facts.import).record_findings();
    let mut system = ListSystem::new(four_tier::schema());
    system.commit(import).map_err(|refused| facts.locate(&refused))?;

    let first = system.snapshot();
    let publication = Publication(RwLock::new(first.clone()));
    let mut published = BTreeMap::from([(first.revision(), first.clone())]);
    let mut journal = Vec::new();
    let mut tally: BTreeMap<u64, [usize; COUNTERS]> = BTreeMap::new();
    let system = thread::scope(|scope| -> Result<ListSystem, Box<dyn Error>> {
        // Bounded, so that counters do not run ahead of who listens.
        let (answers, heard) = sync_channel(COUNTERS);
        let (to_writer, asked) = channel();
        let publication = &publication;
        for counter in 0..COUNTERS {
            let answers = answers.clone();
            scope.spawn(move || answer(counter, publication, &answers));
        }
        drop(answers);
        let writer = scope.spawn(move || write(system, asked, publication));

        let mut waiting = requests(&first, language).into_iter();
        for Answer { counter, revision, key, text } in &heard {
            let of = &published[&revision];
            let row = of.list("handling_items")?.row(&key).ok_or("an answer about what was not there")?;
            if said(of, &row) != text {
                return Err(format!("revision {revision} does not say: {text}").into());
            }
            tally.entry(revision).or_default()[counter] += 1;
            let newest = publication.latest().revision();
            if tally.get(&newest).is_none_or(|counts| counts.contains(&0)) {
                continue;
            }
            let Some(edits) = waiting.next() else { break };
            let cause = edits.cause_text().unwrap_or_default().to_owned();
            let (reply, replied) = channel();
            to_writer.send(Request { edits, reply })?;
            let outcome = replied.recv()?;
            if outcome.is_ok() {
                let now = publication.latest();
                published.insert(now.revision(), now);
            }
            journal.push(Entry { cause, outcome: outcome.map_err(|refused| refused.faults()[0].to_string()) });
        }
        // With nobody to listen the counters end; with nobody to ask, the writer.
        drop((heard, to_writer));
        writer.join().map_err(|_| "the writer has panicked".into())
    })?;
    system.verify()?;
    let promise = |of: &Snapshot| reading::text(of, "service_implementation", IMPLEMENTATION, "promised_limit");
    let promises = [promise(&first), promise(&system.snapshot())];
    Ok(Day { journal, answers: tally, promises })
}

impl Day {
    /// Writes it for people.
    pub(crate) fn told(&self, language: Language) -> String {
        let title = language.say("一个写入者，多个读取者", "One writer, many readers");
        let about = language.say(
            format!(
                "写入线程独占清单系统，每次提交后发布一份快照；{COUNTERS}个窗口各用一个线程，依据最新快照答复办理事项的承诺时限，互不等待。\
                 事项和主体取自公布的权责清单；承接、时限和以下变动均为虚构，只用于演示〔示例〕。"
            ),
            format!(
                "A thread of its own holds the lists, and publishes a snapshot after each commit. {COUNTERS} counters, a thread \
                 each, tell from the newest snapshot how long handling items take; nobody waits for anybody. Items and bodies are \
                 from published lists; who takes them up, limits and the changes below are made up [illustrative]."
            ),
        );
        let mut text = format!("{title}\n{}\n{}", "═".repeat(WIDTH), paragraph("", &about));
        text.push_str(&section(language.say("写入", "Written"), &self.written(language)));
        text.push_str(&section(language.say("答复", "Answered"), &self.answered(language)));
        let total: usize = self.answers.values().flatten().sum();
        let [first, last] = &self.promises;
        let closing = language.say(
            format!(
                "{total}次答复逐一与其所依据的修订核对，全部一致。从头保留的第一份快照，系统变动之后读来仍是承诺时限{first}；最新快照为{last}。"
            ),
            format!(
                "All {total} answers were held against the revisions that they name, and agree. The first snapshot, kept to the end, \
                 still says {first}; the newest says {last}."
            ),
        );
        let _ = write!(text, "\n{}", paragraph("", &closing));
        text
    }

    fn written(&self, language: Language) -> String {
        let mut columns = Columns::new([
            (language.say("修订", "revision"), Align::Right),
            (language.say("事由", "cause"), Align::Left),
            (language.say("变动行数", "rows"), Align::Right),
            (language.say("未通过的原因", "why it was refused"), Align::Left),
        ]);
        for Entry { cause, outcome } in &self.journal {
            columns.row(match outcome {
                Ok(Made { revision, rows }) => [revision.to_string(), cause.clone(), rows.to_string(), String::new()],
                Err(fault) => ["–".to_owned(), cause.clone(), "0".to_owned(), fault.clone()],
            });
        }
        columns.set()
    }

    fn answered(&self, language: Language) -> String {
        let counter = |number: usize| language.say(format!("窗口{number}"), format!("counter {number}"));
        let titles: [String; COUNTERS] = std::array::from_fn(|at| counter(at + 1));
        let [a, b, c, d] = titles.each_ref().map(|title| (title.as_str(), Align::Right));
        let mut columns = Columns::new([(language.say("修订", "revision"), Align::Right), a, b, c, d]);
        for (revision, counts) in &self.answers {
            let [a, b, c, d] = counts.map(|count| count.to_string());
            columns.row([revision.to_string(), a, b, c, d]);
        }
        columns.set()
    }
}

fn section(title: &str, body: &str) -> String {
    format!("\n{title}\n{}\n{body}", "─".repeat(WIDTH))
}
