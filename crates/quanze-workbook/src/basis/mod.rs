//! Legal bases: the text of a cell becomes citations of instruments and places in them.
//!
//! **Architecture invariant:** this knows no rows, items or registers. It is a total function of a text and a profile.

mod bracket;
mod citation;
mod locator;
mod numeral;
mod parser;
mod short;
mod title;

pub use self::{
    citation::{Basis, Citation},
    short::short_locator,
};
use crate::profile::Profile;

impl Basis {
    /// Reads the text of a legal basis.
    ///
    /// Acts that amended the law and stand in its bracket are no bases, nor are articles that the quoted text speaks of.
    ///
    /// ```
    /// use quanze_workbook::{Basis, Profile};
    ///
    /// let text = "【法规】《粮食流通管理条例》（2004年国务院令第407号公布，根据《国务院关于修改部分行政法规的决定》2021年修订）\n\
    ///             第十一条：粮食收购者应当执行质量标准。\n第45条第一款：违反第二十三条规定的，给予警告。";
    /// let basis = Basis::parse(text, &Profile::default());
    /// let citation = &basis.citations[0];
    /// assert_eq!(citation.title, "粮食流通管理条例");
    /// assert_eq!(citation.locators, ["第十一条", "第四十五条第一款"]);
    /// assert_eq!(citation.kind.as_deref(), Some("regulation"));
    /// assert_eq!(citation.edition.as_deref(), Some("2021"));
    /// ```
    ///
    /// # Complexity
    /// Near linear in the length of the text.
    #[must_use]
    pub fn parse(text: &str, profile: &Profile) -> Self {
        parser::parse(text, profile)
    }
}
