//! Checks of how powers are carried out: steps beside limits, records beside the lists. They are there where these lists are.

use super::{CheckId, Draft, draft, is_live};
use crate::schema::{Expr, all_of, any_of, coalesce, own};

/// Whether the steps that have a time take longer than a limit, or cannot be held against it: their units are not alike.
fn beyond(limit: &str) -> Expr {
    all_of([own("timed").gt(0), own(limit).is_present(), own("time").le(own(limit)).not()])
}

pub(super) fn of_flows() -> Vec<Draft> {
    vec![
        draft(
            CheckId::FlowBeyondLimit,
            "workflows",
            beyond("power.statutory_limit"),
            ["环节时限超过法定时限", "steps longer than the limit"],
            [
                "“{power.name}”在{body.name}的环节时限合计（{time}）超过法定时限{power.statutory_limit}，或单位不同",
                "the steps of {power.name} at {body.name} take {time}, beyond the limit of {power.statutory_limit} or in another unit",
            ],
        ),
        draft(
            CheckId::FlowBeyondPromise,
            "promised_flows",
            is_live().and(beyond("promised_limit")),
            ["环节时限超过承诺", "steps longer than the promise"],
            [
                "“{name}”在{body.name}的环节时限合计（{time}）超过承诺时限{promised_limit}，或单位不同",
                "the steps of {name} at {body.name} take {time}, beyond the promise of {promised_limit} or in another unit",
            ],
        ),
    ]
}

pub(super) fn of_records() -> Vec<Draft> {
    let counts_on = || coalesce([own("closed_on"), own("opened_on")]);
    let outside = any_of([counts_on().lt(own("period.from")), counts_on().gt(own("period.to"))]);
    vec![
        draft(
            CheckId::RecordOutsidePeriod,
            "running_records",
            outside,
            ["记录不在所属期间", "record outside its period"],
            [
                "“{power.name}”的一条运行记录（受理{opened_on}，办结{closed_on}）不在所属期间{period.name}之内",
                "a record of {power.name}, opened {opened_on}, closed {closed_on}, does not lie in {period.name}",
            ],
        ),
        draft(
            CheckId::ExercisedWhenCancelled,
            "running_records",
            own("opened_on").ge(own("power.cancelled_on")),
            ["行使已取消事项", "exercised when cancelled"],
            [
                "{body.name}于{opened_on}行使“{power.name}”，该事项已自{power.cancelled_on}取消",
                "{body.name} exercised {power.name} on {opened_on}, which is cancelled from {power.cancelled_on}",
            ],
        ),
        draft(
            CheckId::RecordNotComparable,
            "handled",
            all_of([own("is_closed"), own("limit").is_present(), own("in_time").not(), own("late").not()]),
            ["用时与时限不可比", "time and limit not comparable"],
            [
                "“{power.name}”的一条记录用时（{time}）与时限{limit}单位不同或缺少天数，未计入按期办结率",
                "the time of a record of {power.name} ({time}) does not compare with its limit of {limit}; it counts neither as in time nor as late",
            ],
        ),
    ]
}
