//! Every public type can be sent to another thread and shared with it, but for a few that are named: said to the compiler, and
//! complete by the source.

use std::{collections::BTreeSet, fs, io, path::Path};

const fn sent_and_shared<T: Send + Sync>() {}

/// The modules of the library, those within governance beside the others.
mod rooms {
    pub(super) use quanze::governance::{self, calendar, case, deadline, history, office, procedure};
    pub(super) use quanze::{explain, feed, find, four_tier, picture, plan, record, schema, system, value};
}

/// Says so to the compiler, and lists the names by module.
macro_rules! sent_and_shared {
    ($($module:ident: $($name:ident $(<$($parameter:tt),+>)?)+;)+) => {
        const _: () = {
            $($(sent_and_shared::<rooms::$module::$name $(<$($parameter),+>)?>();)+)+
        };
        /// Module and type.
        const NAMES: &[(&str, &str)] = &[$($((stringify!($module), stringify!($name)),)+)+];
    };
}

sent_and_shared! {
    calendar: Calendar CalendarError Day Holiday RegionalDays UnknownYear Year;
    case: Adjustment AdjustmentError BodyChange Case Circumstances<'static> Compiled Correspondence Dependants LawRevision Move Needed
        NewItem Nothing Package Proposal Recipient Response Trigger Unplaced Verdict;
    deadline: Counting Deadline DeadlineError Standing;
    governance: Answer Deed Kind Person Publication Rules RulesError;
    history: CommitError Committed Damage Damaged Hash HashError Head History HistoryError Lost Record Trace Version;
    office: Advanced CasePreview Dossier Late MustReview Office OfficeError OpenError Since ToReview;
    procedure: Act ActRefused Allowed Course Evidence Procedure ProcedureBuilder ProcedureError Reached Refusing Signer Signing Stage Step
        Verb Whose Why;
    explain: Absent Condition Contribution Counts Explanation Failed Fed Feeds Ground How Impact ImpactError Lack Made Missed Node
        NotMember OfList OfOwner OfTier Owners Place Probed RowGraph RowNode Step Tie Why WhyNot;
    feed: Cursor CursorError Feed FeedError FindingUpsert PushError Retained Revision<()> RowChange SpanChange StartAnew
        Tail<'static> Upsert Upserts ValueChange Window;
    find: Bound Cursor CursorError Find FindError Found<'static> Paging Then;
    four_tier: Article Body CheckId Duty EnforcementItem Evaluation ExcludedTime FeeMatter FourTier HandlingItem Implementer
        InspectionContent Instrument IntermediaryMatter Material OperatingStep Participant Performance Period Post Power
        Profile Region RegulationMatter RunningRecord Service ServiceImplementation SharedMatter UpstreamItem Variant;
    picture: Detail Edge Group Line Neighbourhood Node Picture Reach SchemaPicture Shape;
    plan: Block BlockRule Cell CellKind Compared CompiledPlan Family FindBy FoundBy GivesTo Index IndexUse PlannedEach PlannedField
        PlannedValue PostedBy Posting Reaction Round Scan;
    record: IntoIter Iter<'static> Record RecordError RecordErrorKind;
    schema: Aggregate Check Checksum CodeProblem CodeReport CodeScheme CodeSegment Direction Each Expr Field FieldId Fold Index
        Labels Line List ListId Narrow OnRemove OrderBy Path Presence Probe RowsOf Rule Schema SchemaBuilder SchemaError
        SchemaFault SchemaFaultKind Segment SegmentOf Severity Table Type UnknownName Vocabulary Write;
    system: Change ChangeSet Commit Difference Edits Evolution Evolved<()> Fault FaultKind FieldRef Finding
        Integers<'static> ListMemory ListRef ListSystem ListView<'static> Memory Misfit OnUnfit ParkedCell Part Preview ReadError Refused
        ResolvedRow<'static, 'static> Restored SharedMemory Snapshot State StateError Unfit Unsuited ValueRef<'static> Why Work;
    value: Code Date DateError Decimal DecimalError Duration DurationError Key KeyError Name Value;
}

const _: () = sent_and_shared::<quanze::ChangeKind>();

/// Places of reading, which remember what they have read last: they move from thread to thread, and each thread makes its own of a
/// snapshot.
const SENT: &[(&str, &str)] =
    &[("find", "Page"), ("system", "Delta"), ("system", "Row"), ("system", "Rows"), ("system", "SpanRows")];

/// What is lent to a consumer within a commit, and read there.
const LENT: &[(&str, &str)] = &[("system", "SpanDelta"), ("system", "RowDelta"), ("system", "SpanRowsIter")];

const _: () = {
    const fn sent<T: Send>() {}
    sent::<quanze::find::Page<'_>>();
    sent::<quanze::Delta<'_>>();
    sent::<quanze::Row<'_>>();
    sent::<quanze::system::Rows<'_>>();
    sent::<quanze::system::SpanRows<'_>>();
};

#[cfg(feature = "petgraph-0_8")]
const _: () = {
    use quanze::explain::{RowEdge, RowEdgeId, RowEdges, RowNeighbors, RowNodeReferences, RowNodes};
    sent_and_shared::<RowEdge>();
    sent_and_shared::<RowEdgeId>();
    sent_and_shared::<RowEdges<'_>>();
    sent_and_shared::<RowNeighbors<'_>>();
    sent_and_shared::<RowNodeReferences>();
    sent_and_shared::<RowNodes>();
};

/// The module of the public API that a file's public types are found in.
fn module_of(file: &Path) -> Option<String> {
    let parts: Vec<&str> = file.iter().filter_map(|part| part.to_str()).collect();
    match parts[..] {
        ["system", room @ ("feed" | "find"), ..] => Some(room.to_owned()),
        ["governance", room, ..]
            if !["deed.rs", "kind.rs", "lists.rs", "person.rs", "rules.rs", "mod.rs"].contains(&room) =>
        {
            Some(room.trim_end_matches(".rs").to_owned())
        }
        // `ChangeKind`, and what petgraph's traits need with their feature, are asserted above.
        [.., "petgraph_0_8.rs"] | ["engine" | "store", ..] | [] => None,
        [first, ..] => Some(first.trim_end_matches(".rs").to_owned()),
    }
}

fn visit(folder: &Path, seen: &mut impl FnMut(&Path, &str)) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            visit(&path, seen)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            seen(&path, &fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

#[test]
fn every_public_type_is_among_them() -> io::Result<()> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut declared = BTreeSet::new();
    visit(&src, &mut |path, text| {
        let Some(module) = path.strip_prefix(&src).ok().and_then(module_of) else { return };
        for line in text.lines() {
            let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "));
            let name = rest.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(rest));
            declared.extend(name.map(|name| (module.clone(), name.to_owned())));
        }
    })?;
    let asserted: BTreeSet<_> =
        NAMES.iter().chain(SENT).chain(LENT).map(|&(module, name)| (module.to_owned(), name.to_owned())).collect();
    let missing: Vec<_> = declared.difference(&asserted).collect();
    assert_eq!(missing, Vec::<&(String, String)>::new(), "public types that this test does not name");
    assert!(declared.len() > 150, "only {} types were seen", declared.len());
    Ok(())
}
