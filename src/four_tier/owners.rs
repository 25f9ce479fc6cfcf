use super::{FourTier, options};
use crate::explain::Owners;

/// The paths from the rows of each list to the bodies whose they are. A register of law belongs to nobody.
const PATHS: [(&str, &[&str]); 29] = [
    ("bodies", &["key"]),
    ("duties", &["body"]),
    ("powers", &["body"]),
    ("implementers", &["body"]),
    ("variants", &["power.body"]),
    ("regulation_matters", &["inspecting_bodies", "exercised.body", "watched.body"]),
    ("inspection_contents", &["matter.inspecting_bodies", "matter.exercised.body", "matter.watched.body"]),
    ("fee_matters", &["body"]),
    ("intermediary_matters", &["approvals.body"]),
    ("boundary_matters", &["powers.body", "duties.body"]),
    ("territorial_matters", &["powers.body", "duties.body"]),
    ("participants", &["body"]),
    ("materials", &["implementer.body"]),
    ("profiles", &["body"]),
    ("services", &["body"]),
    ("enforcement", &["body"]),
    ("regulation", &["bodies"]),
    ("fees", &["body"]),
    ("intermediary", &["bodies"]),
    ("boundary", &["lead", "main"]),
    ("territorial", &["lead", "main"]),
    ("service_implementation", &["body"]),
    ("inspection_implementation", &["body"]),
    ("handling_items", &["body"]),
    ("publication", &["body"]),
    ("docking", &["body"]),
    ("citations", &["body"]),
    ("power_codes", &["body"]),
    ("validity", &["body"]),
];

/// The same for what is there by [`FourTier::with_execution`].
const EXECUTION_PATHS: [(&str, &[&str]); 15] = [
    ("posts", &["body"]),
    ("operating_steps", &["post.body"]),
    ("performance", &["post_body"]),
    ("post_duties", &["post.body"]),
    ("workflows", &["body"]),
    ("promised_flows", &["body"]),
    ("running_records", &["body"]),
    ("excluded_times", &["record.body"]),
    ("handled", &["body"]),
    ("evaluation", &["body"]),
    ("counted", &["body"]),
    ("body_evaluation", &["body"]),
    ("kind_evaluation", &["body"]),
    ("item_evaluation", &["power.body"]),
    ("unexercised", &["body"]),
];

/// Says which body each row belongs to, for [`ChangeSet::impact`](crate::ChangeSet::impact): the one that exercises, implements
/// or leads; of matters of several powers, the bodies of these.
///
/// ```
/// use quanze::{Edits, ListSystem, Record, four_tier};
///
/// let mut system = ListSystem::new(four_tier::schema());
/// let preview = system.preview(&Edits::new().insert("bodies", "market", &Record::new().with("name", "市场监督管理局")))?;
/// let impact = preview.impact(&system.snapshot(), &four_tier::owners())?;
/// assert_eq!(impact.owners()[0].caption, "市场监督管理局".into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn owners() -> Owners {
    options().owners()
}

impl FourTier {
    /// Says which body each row belongs to, as [`owners`] does, with the views that were asked for.
    #[must_use]
    pub fn owners(&self) -> Owners {
        let of_execution = if self.executed { EXECUTION_PATHS.as_slice() } else { &[] };
        let all = || PATHS.iter().chain(of_execution);
        let owners = all().fold(Owners::new(), |owners, (list, paths)| owners.of(*list, paths.iter().copied()));
        self.in_use_views.iter().fold(owners, |owners, view| {
            let paths = all().find(|(list, _)| view == list).map_or(&[] as &[&str], |(_, paths)| paths);
            owners.of(format!("{view}_in_use"), paths.iter().copied())
        })
    }
}
