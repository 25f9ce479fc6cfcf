//! Published power-and-duty workbooks (权责清单) in and out of [`quanze`].
//!
//! Departments keep their lists in spreadsheets, each in a way of its own. This crate reads them by meaning: it finds the headings by
//! words and not by positions, makes citations of legal bases, knows which body a cell means, and accounts for every row.
//! An import accepts and diagnoses; it refuses nothing but files that cannot be read.
//!
//! # Example
//!
//! ```
//! use quanze_workbook::{Import, Limits, Profile, Workbook};
//!
//! let text = "某山市林业局权责清单,,,,\n\
//!             序号,事项名称,权力类型,实施依据,行使主体\n\
//!             1,采伐许可,行政许可,《中华人民共和国森林法》第五十七条,地州市林业局\n\
//!             2,对毁林的处罚,处罚,《中华人民共和国森林法》（2019年修订）第七十四条：毁坏林木的,市林业局\n";
//! let workbook = Workbook::from_bytes("清单.csv", text.as_bytes(), Limits::default());
//! let import = Import::of([workbook], &Profile::default());
//!
//! let penalty = &import.items[1];
//! assert_eq!((penalty.power_type.as_str(), penalty.body()), ("02", "某山市林业局"));
//! assert_eq!(penalty.basis.pairs().collect::<Vec<_>>(), [("中华人民共和国森林法", "第七十四条")]);
//! assert_eq!(import.files[0].counts().unclaimed(), 0);
//! for found in &import.diagnostics {
//!     println!("{found}"); // 清单.csv [清单] E3: template_body: '地州市林业局'; …
//! }
//! ```
//!
//! # The main types
//!
//! - [`Import`] is what was read of a set of workbooks: [`FileReport`]s, [`Item`]s, [`Diagnostic`]s.
//! - [`Profile`] is the words by which lists are read, as data.
//! - [`Basis`] is a legal basis: [`Citation`]s of instruments and places in them.
//! - [`Workbook`] and [`Sheet`] are a file as a grid of text.
//! - [`Intake`] is an import held against a living system: what differs, and the edits that close it.
//! - [`Adoption`] is what a city keeps of tiers 2 to 4, matched to the rows that the system derives.
//! - [`Reconciliation`] is local items held against a superior's [`Catalogue`]; [`upstream::take_up`] takes one up.
//! - [`Table`] is a list on its way out: [`Table::to_csv`], [`to_xlsx`], [`Table::to_markdown`]; [`out::rows`] reads it back.
//!   [`Notice`] tells a commit to the public.
//!
//! # What it does not do
//!
//! - It evaluates no formulas: a cell is what the file says it shows.
//! - It knows no law: whether an article exists, or is in force, is for the registers to say.
//! - Merged cells of `.ods` files are not known to its reader; blank cells below are then read as left out.

pub mod adopt;
pub mod basis;
pub mod body;
pub mod diagnostic;
pub mod import;
pub mod intake;
pub mod item;
pub mod out;
pub mod profile;
pub mod read;
pub mod sheet;
mod text;
pub mod upstream;

pub use crate::{
    adopt::{Adoption, LiveRow},
    basis::{Basis, Citation},
    body::{BodyName, How},
    diagnostic::{Diagnostic, Place, Rule, Severity},
    import::{FileReport, Import, Progress, SheetReport, Totals},
    intake::{Added, Changed, Decisions, Intake, Offer, OnGone},
    item::{Item, Source},
    out::{Csv, ExportError, Form, Guard, Mark, Notice, Table, to_json_lines, to_xlsx},
    profile::{Column, Profile},
    read::{Format, Limits, Merge, ReadError, ReadErrorKind, Sheet, Workbook},
    sheet::{RowCounts, RowKind},
    upstream::{Catalogue, Reconciliation, Verdicts},
};
