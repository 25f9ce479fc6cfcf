//! What the jurisdiction says of the four-tier system.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{
    CheckId, checks, codes, companions, execution, fields::unwritten, fourth_tier, indexes, powers, registers,
    second_tier, third_tier, views, vocabularies,
};
use crate::{
    schema::{CodeScheme, Labels, List, Rule, SchemaBuilder, Severity, Vocabulary, source},
    value::Name,
};

/// The bound from the published rules; 47 % of real names are longer, so it is a note.
const NAME_LENGTH: u32 = 30;

/// The four-tier system with what the jurisdiction says of it: memberships, vocabularies, codes, severities.
///
/// ```
/// use quanze::{four_tier::{self, CheckId}, schema::{Labels, Severity}};
///
/// let schema = four_tier::options()
///     .choice("power_types", "11", Labels::zh_en("行政备案", "filing"))
///     .service_types(["01", "05", "07", "08", "09", "10", "11"])
///     .applied_for_types(["01", "05", "07", "09", "10", "11", "20"])
///     .enforcement_types(["01", "02", "03", "04", "06"])
///     .severity(CheckId::DutyMissing, Severity::Note)
///     .builder()
///     .build()?;
/// # Ok::<(), quanze::schema::SchemaError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FourTier {
    pub(super) service_types: Vec<Name>,
    pub(super) public_service_types: Vec<Name>,
    pub(super) enforcement_types: Vec<Name>,
    pub(super) applied_for_types: Vec<Name>,
    pub(super) licence_types: Vec<Name>,
    pub(super) name_length: u32,
    vocabularies: IndexMap<Name, Vocabulary>,
    code_schemes: IndexMap<Name, CodeScheme>,
    severities: BTreeMap<CheckId, Option<Severity>>,
    pub(super) in_use_views: Vec<Name>,
    indexed: bool,
    pub(super) online_channels: Vec<Name>,
    pub(super) executed: bool,
}

/// Starts with the defaults.
#[must_use]
pub fn options() -> FourTier {
    FourTier::default()
}

fn names<N: Into<Name>>(codes: impl IntoIterator<Item = N>) -> Vec<Name> {
    codes.into_iter().map(Into::into).collect()
}

impl Default for FourTier {
    fn default() -> Self {
        Self {
            service_types: names(["01", "05", "07", "08", "09", "10"]),
            public_service_types: names(["20"]),
            enforcement_types: names(["02", "03", "04", "06"]),
            // Rewards (08) are applied for in law, but most of those in real workbooks are given ex officio.
            applied_for_types: names(["01", "05", "07", "09", "10", "20"]),
            licence_types: names(["01"]),
            name_length: NAME_LENGTH,
            vocabularies: vocabularies::defaults(),
            code_schemes: codes::defaults(),
            severities: BTreeMap::new(),
            in_use_views: Vec::new(),
            indexed: false,
            online_channels: names(["online", "mobile"]),
            executed: false,
        }
    }
}

impl FourTier {
    /// Sets which types are government services where they start on application (default 01 05 07 08 09 10).
    #[doc(alias = "政务服务事项")]
    #[must_use]
    pub fn service_types<N: Into<Name>>(mut self, types: impl IntoIterator<Item = N>) -> Self {
        self.service_types = names(types);
        self
    }

    /// Sets which types are public services: government services however they start, which may rest on a duty clause alone
    /// (default 20).
    #[doc(alias = "公共服务")]
    #[must_use]
    pub fn public_service_types<N: Into<Name>>(mut self, types: impl IntoIterator<Item = N>) -> Self {
        self.public_service_types = names(types);
        self
    }

    /// Sets which types are administrative enforcement (default 02 03 04 06; a jurisdiction may add 01).
    #[doc(alias = "行政执法事项")]
    #[must_use]
    pub fn enforcement_types<N: Into<Name>>(mut self, types: impl IntoIterator<Item = N>) -> Self {
        self.enforcement_types = names(types);
        self
    }

    /// Sets which types start on application where the power does not say (default 01 05 07 09 10 20); the others start ex
    /// officio.
    #[doc(alias = "依申请")]
    #[must_use]
    pub fn applied_for_types<N: Into<Name>>(mut self, types: impl IntoIterator<Item = N>) -> Self {
        self.applied_for_types = names(types);
        self
    }

    /// Sets which types are licences, which the licence list must hold (default 01).
    #[doc(alias = "行政许可事项清单")]
    #[must_use]
    pub fn licence_types<N: Into<Name>>(mut self, types: impl IntoIterator<Item = N>) -> Self {
        self.licence_types = names(types);
        self
    }

    /// Sets the number of characters above which a power's name is noted as long (default 30).
    #[must_use]
    pub fn name_length(mut self, characters: u32) -> Self {
        self.name_length = characters;
        self
    }

    /// Adds a choice to a vocabulary, or labels it anew; a vocabulary that is not there yet is added.
    #[must_use]
    pub fn choice(mut self, vocabulary: impl Into<Name>, code: impl Into<Name>, labels: impl Into<Labels>) -> Self {
        let choices = &mut self.vocabularies.entry(vocabulary.into()).or_default().choices;
        choices.insert(code.into(), labels.into());
        self
    }

    /// Adds or replaces a vocabulary. A choice that a rule or check of the preset names must stay in it.
    #[must_use]
    pub fn vocabulary(mut self, name: impl Into<Name>, vocabulary: Vocabulary) -> Self {
        self.vocabularies.insert(name.into(), vocabulary);
        self
    }

    /// Adds or replaces a code scheme. The segments that a rule or check of the preset names must stay in it: `province` of
    /// `region`, `type` of `basic`.
    #[must_use]
    pub fn code_scheme(mut self, name: impl Into<Name>, scheme: CodeScheme) -> Self {
        self.code_schemes.insert(name.into(), scheme);
        self
    }

    /// Sets how grave the findings of a check are.
    #[must_use]
    pub fn severity(mut self, check: CheckId, severity: Severity) -> Self {
        self.severities.insert(check, Some(severity));
        self
    }

    /// Leaves a check out.
    #[must_use]
    pub fn without(mut self, check: CheckId) -> Self {
        self.severities.insert(check, None);
        self
    }

    /// Adds the view `{list}_in_use` of a list that has a state: its rows in use, with all fields. It is a list of its own,
    /// with change sets of its own, for those who publish it; to look rows in use up, [`FourTier::indexed`] is enough.
    ///
    /// ```
    /// let schema = quanze::four_tier::options().in_use_view("handling_items").builder().build()?;
    /// # Ok::<(), quanze::schema::SchemaError>(())
    /// ```
    #[doc(alias = "在用事项")]
    #[must_use]
    pub fn in_use_view(mut self, list: impl Into<Name>) -> Self {
        self.in_use_views.push(list.into());
        self
    }

    /// Declares what the lists that people look through are found by: `by_body`, and `in_use` for those in use, by body and
    /// type; `by_code` and `by_name`. These are powers, implementers, services, enforcement, both implementations, and handling
    /// items. Without this, nothing is kept and nothing is paid for it.
    ///
    /// ```
    /// use quanze::{Edits, ListSystem, find::Find, four_tier::{self, Body, Power}};
    ///
    /// let mut system = ListSystem::new(four_tier::options().indexed().builder().build()?);
    /// let bureau = Body { name: "市场监督管理局".into(), ..Body::default() };
    /// let licence = Power {
    ///     name: "食品经营许可".into(),
    ///     power_type: "01".into(),
    ///     body: "market".into(),
    ///     state: "1".into(),
    ///     ..Power::default()
    /// };
    /// system.commit(Edits::new().insert("bodies", "market", &bureau).insert("powers", "food", &licence))?;
    ///
    /// let snapshot = system.snapshot();
    /// let licences = Find::in_index("in_use").is("body", "market").is("type", "01");
    /// assert_eq!(snapshot.list("powers")?.find(&licences)?.len(), 1);
    /// assert_eq!(snapshot.list("powers")?.find(&Find::default().starts_with("name", "食品"))?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "索引")]
    #[must_use]
    pub fn indexed(mut self) -> Self {
        self.indexed = true;
        self
    }

    /// Adds what the lists are for: the performance list (履职清单) by office and post, running records, and their evaluation. Without
    /// this, nothing is kept and nothing is paid for it.
    ///
    /// ```
    /// use quanze::{
    ///     Edits, ListSystem,
    ///     four_tier::{self, Body, ExcludedTime, Period, Power, RunningRecord},
    ///     working_days,
    /// };
    ///
    /// let mut system = ListSystem::new(four_tier::options().with_execution().builder().build()?);
    /// let day = |text: &str| text.parse().unwrap();
    /// let bureau = Body { name: "市场监督管理局".into(), ..Body::default() };
    /// let licence = Power {
    ///     name: "食品经营许可".into(),
    ///     power_type: "01".into(),
    ///     body: "market".into(),
    ///     state: "1".into(),
    ///     statutory_limit: Some(working_days(20)),
    ///     ..Power::default()
    /// };
    /// let march = Period { name: "2026年3月".into(), from: day("2026-03-01"), to: day("2026-03-31"), within: vec![] };
    /// // Twelve working days, of which four went on a test: in time for what was promised then.
    /// let case = RunningRecord {
    ///     closed_on: Some(day("2026-03-17")),
    ///     days: Some(12),
    ///     promised: Some(working_days(10)),
    ///     ..RunningRecord::new("service", "food", "market", "2026-03", day("2026-03-02"))
    /// };
    /// let test = ExcludedTime { record: "SL-1".into(), kind: "test".into(), days: 4, ..ExcludedTime::default() };
    /// system.commit(
    ///     Edits::new()
    ///         .insert("bodies", "market", &bureau)
    ///         .insert("powers", "food", &licence)
    ///         .insert("periods", "2026-03", &march)
    ///         .insert("running_records", "SL-1", &case)
    ///         .insert("excluded_times", "SL-1-test", &test),
    /// )?;
    /// let snapshot = system.snapshot();
    /// let of_body = snapshot.list("body_evaluation")?.rows().next().unwrap();
    /// assert_eq!(of_body.get("in_time_share")?.to_string(), "1");
    /// assert_eq!(of_body.get("mean_working_days")?.to_string(), "8");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "履职清单")]
    #[doc(alias = "执行情况评价")]
    #[must_use]
    pub fn with_execution(mut self) -> Self {
        for (name, vocabulary) in execution::vocabularies() {
            let choices = &mut self
                .vocabularies
                .entry(name)
                .or_insert_with(|| Vocabulary { choices: IndexMap::new(), ..vocabulary.clone() })
                .choices;
            for (code, labels) in vocabulary.choices {
                choices.entry(code).or_insert(labels);
            }
        }
        self.executed = true;
        self
    }

    /// Sets by which channels a case counts as handled online (default online and mobile).
    #[doc(alias = "网办率")]
    #[must_use]
    pub fn online_channels<N: Into<Name>>(mut self, channels: impl IntoIterator<Item = N>) -> Self {
        self.online_channels = names(channels);
        self
    }

    /// Makes the parts of the schema, to be built or extended first.
    #[must_use]
    pub fn builder(&self) -> SchemaBuilder {
        let mut builder =
            SchemaBuilder::new().labels(Labels::zh_en("四级清单体系", "four-tier system of powers and duties"));
        for (name, vocabulary) in &self.vocabularies {
            builder = builder.vocabulary(name, vocabulary.clone());
        }
        for (name, scheme) in &self.code_schemes {
            builder = builder.code_scheme(name, scheme.clone());
        }
        for (name, list) in self.lists() {
            builder = builder.list(name, list);
        }
        for list in &self.in_use_views {
            builder = with_in_use_view(builder, list);
        }
        if self.indexed {
            builder = indexes::add(builder);
        }
        checks::add(builder, self)
    }

    pub(super) fn severity_of(&self, check: CheckId) -> Option<Severity> {
        self.severities.get(&check).copied().unwrap_or_else(|| Some(check.default_severity()))
    }

    fn lists(&self) -> Vec<(&'static str, List)> {
        let companions = companions::lists();
        let second = second_tier::lists(self, &companions);
        let implementation = third_tier::service_implementation();
        let kinds = self.vocabularies.get("variant_kinds");
        let mut lists = registers::lists();
        lists.push(("powers", powers::powers()));
        lists.extend(companions);
        lists.extend(second);
        lists.push(("service_implementation", implementation.clone()));
        lists.push(("inspection_implementation", third_tier::inspection_implementation()));
        lists.push(("handling_items", fourth_tier::handling_items(kinds, &implementation)));
        lists.extend(views::lists(self));
        if self.executed {
            lists.extend(execution::lists(self));
        }
        lists
    }
}

fn with_in_use_view(builder: SchemaBuilder, of: &Name) -> SchemaBuilder {
    let list = builder.lists.get(of).cloned().unwrap_or_default();
    let label = |language, word: &str| format!("{}{word}", list.labels.get(language).unwrap_or_default());
    let mut view = List::derived().labels(Labels::zh_en(label("zh", "（在用）"), label("en", " in use")));
    for (name, field) in &list.fields {
        view = view.field(name, unwritten(field));
    }
    let rule = Rule::each_row("in_use", of).when(source("state").is(vocabularies::IN_USE)).inherit(list.fields.keys());
    builder.list(format!("{of}_in_use"), view.rule(rule))
}
