//! The checks of the preset by name, with their default severity.

use crate::schema::Severity;

macro_rules! checks {
    ($($(#[$doc:meta])* $check:ident = $name:literal, $severity:ident;)*) => {
        /// A check of the preset, to set its severity or leave it out.
        ///
        /// ```
        /// use quanze::{four_tier::{self, CheckId}, schema::Severity};
        ///
        /// let schema = four_tier::options()
        ///     .severity(CheckId::NameTooLong, Severity::Review)
        ///     .without(CheckId::LicenceNotListed)
        ///     .builder()
        ///     .build()?;
        /// # Ok::<(), quanze::schema::SchemaError>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum CheckId {
            $($(#[$doc])* $check,)*
        }

        impl CheckId {
            /// Every check, in the order in which the schema declares them.
            pub const ALL: &'static [CheckId] = &[$(CheckId::$check,)*];

            /// Returns the name of the check in the schema and in findings.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(CheckId::$check => $name,)*
                }
            }

            /// Returns how grave a finding is where the jurisdiction says nothing else.
            #[must_use]
            pub fn default_severity(self) -> Severity {
                match self {
                    $(CheckId::$check => Severity::$severity,)*
                }
            }
        }
    };
}

checks! {
    /// Two powers of one body bear one code.
    #[doc(alias = "编码重复")]
    CodeTwice = "code_twice", Blocking;
    /// A main item that is divided into sub-items has an implementer of its own.
    #[doc(alias = "主项不得直接实施")]
    HeadingImplemented = "heading_implemented", Blocking;

    /// A power rests on no article that is in force. A public service may rest on its duty clause alone.
    #[doc(alias = "无现行依据")]
    NoArticleInForce = "no_article_in_force", Review;
    /// A power cites a superseded or repealed edition.
    #[doc(alias = "依据失效")]
    BasisSuperseded = "basis_superseded", Review;
    /// A profile cites a superseded or repealed edition.
    ProfileBasisSuperseded = "profile_basis_superseded", Review;
    /// A fee matter cites a superseded or repealed edition.
    FeeBasisSuperseded = "fee_basis_superseded", Review;
    /// An intermediary matter cites a superseded or repealed edition.
    IntermediaryBasisSuperseded = "intermediary_basis_superseded", Review;
    /// A boundary matter cites a superseded or repealed edition.
    BoundaryBasisSuperseded = "boundary_basis_superseded", Review;
    /// A territorial matter cites a superseded or repealed edition.
    TerritorialBasisSuperseded = "territorial_basis_superseded", Review;
    /// A material cites a superseded or repealed edition.
    MaterialBasisSuperseded = "material_basis_superseded", Review;
    /// The local additional basis of an implementation is superseded or repealed.
    AdditionalBasisSuperseded = "additional_basis_superseded", Review;
    /// A power names no duty clause.
    #[doc(alias = "缺少三定职责")]
    DutyMissing = "duty_missing", Review;
    /// The duty clause of a power is another body's.
    DutyOfAnotherBody = "duty_of_another_body", Review;
    /// The responsible body is not the exercising body, or, where entrusted, not the entrusting one.
    #[doc(alias = "责任主体不一致")]
    ResponsibleBodyDiffers = "responsible_body_differs", Review;
    /// A licence is not docked to the licence list.
    #[doc(alias = "未列入许可事项清单")]
    LicenceNotListed = "licence_not_listed", Review;
    /// A power in use is in no second-tier list.
    #[doc(alias = "未纳入二级清单")]
    NotInSecondTier = "not_in_second_tier", Review;
    /// The code of a power says another type than the power: a change of type is cancel, add, and successor.
    CodeOfAnotherType = "code_of_another_type", Review;
    /// A power names the profile of another body or type.
    ProfileOfAnother = "profile_of_another", Review;
    /// A body that is no longer valid still acts in a row in use. Wants the register `today`.
    #[doc(alias = "主体失效")]
    BodyNotValid = "body_not_valid", Review;
    /// A suspension has run out and nobody has resumed or cancelled. Wants the register `today`.
    SuspensionOver = "suspension_over", Review;
    /// An implementer takes a power up at a level that is none of its exercising levels.
    LevelOutsidePower = "level_outside_power", Review;
    /// A regulation matter refers to a power that is not in use.
    #[doc(alias = "引用已取消事项")]
    RegulationPowerNotInUse = "regulation_power_not_in_use", Review;
    /// A fee matter refers to a power that is not in use.
    FeePowerNotInUse = "fee_power_not_in_use", Review;
    /// An intermediary matter serves an approval that is suspended.
    ApprovalSuspended = "approval_suspended", Review;
    /// An intermediary matter serves an approval that is cancelled.
    #[doc(alias = "中介服务对应审批已取消")]
    ApprovalCancelled = "approval_cancelled", Review;
    /// A boundary matter refers to a power that is not in use.
    BoundaryPowerNotInUse = "boundary_power_not_in_use", Review;
    /// A territorial matter refers to a power that is not in use.
    TerritorialPowerNotInUse = "territorial_power_not_in_use", Review;
    /// A regulation row watches and exercises no power.
    #[doc(alias = "监管事项无对应权责")]
    RegulationWithoutPower = "regulation_without_power", Review;
    /// A fee has no standard or no basis.
    #[doc(alias = "收费缺标准或依据")]
    FeeWithoutStandardOrBasis = "fee_without_standard_or_basis", Review;
    /// A boundary matter has no lead, or more than one.
    #[doc(alias = "牵头部门不唯一")]
    LeadNotOne = "lead_not_one", Review;
    /// A participant belongs to no matter, or to one of each kind.
    ParticipantOwnerNotOne = "participant_owner_not_one", Review;
    /// A material has no basis.
    #[doc(alias = "材料无依据")]
    MaterialWithoutBasis = "material_without_basis", Review;
    /// A licence demands a material that the upstream norm does not have.
    #[doc(alias = "超规范要求材料")]
    MaterialBeyondNorm = "material_beyond_norm", Review;
    /// A material is for a variant of another power.
    MaterialOfAnotherPower = "material_of_another_power", Review;
    /// An immediate case has a limit.
    #[doc(alias = "即办件有时限")]
    ImmediateWithLimit = "immediate_with_limit", Review;

    /// The steps of a power at a body take longer than the law allows. Of [`FourTier::with_execution`](super::FourTier::with_execution).
    #[doc(alias = "环节时限超过法定时限")]
    FlowBeyondLimit = "flow_beyond_limit", Review;
    /// The steps of a power at a body take longer than it promises. Of [`FourTier::with_execution`](super::FourTier::with_execution).
    #[doc(alias = "环节时限超过承诺时限")]
    FlowBeyondPromise = "flow_beyond_promise", Review;
    /// A running record does not lie in the period in which it counts. Of [`FourTier::with_execution`](super::FourTier::with_execution).
    RecordOutsidePeriod = "record_outside_period", Review;
    /// A power was exercised from the day on which it was cancelled, or later. Of [`FourTier::with_execution`](super::FourTier::with_execution).
    #[doc(alias = "行使已取消事项")]
    ExercisedWhenCancelled = "exercised_when_cancelled", Review;
    /// A closed record cannot be held against its limit. Of [`FourTier::with_execution`](super::FourTier::with_execution).
    RecordNotComparable = "record_not_comparable", Review;

    /// A duty clause founds no power.
    #[doc(alias = "职责未对应权责事项")]
    DutyFoundsNothing = "duty_founds_nothing", Note;
    /// The name of a power is longer than the bound.
    #[doc(alias = "名称过长")]
    NameTooLong = "name_too_long", Note;
    /// The code of a power has not the shape of its scheme; it is kept.
    #[doc(alias = "编码格式不明")]
    PowerCodeShape = "power_code_shape", Note;
    /// The credit code of a body has not the shape of its scheme; it is kept.
    CreditCodeShape = "credit_code_shape", Note;
    /// The code of a regulation matter has not the shape of its scheme; it is kept.
    RegulationCodeShape = "regulation_code_shape", Note;
    /// The code of an upstream item has not the shape of its scheme; it is kept.
    UpstreamCodeShape = "upstream_code_shape", Note;
    /// The code of a region has not the shape of its scheme; it is kept.
    RegionCodeShape = "region_code_shape", Note;
    /// A credit code is well formed, but its check character is wrong.
    #[doc(alias = "校验码错误")]
    WrongCheckDigit = "wrong_check_digit", Note;
    /// The serial of a variant is not two digits.
    SerialShape = "serial_shape", Note;
}
