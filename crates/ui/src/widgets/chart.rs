//! Charts, all drawn with the painter: 30 days, ageing, coverage of a day, the two bars, the waterfall of the fund flow.

mod ageing;
mod bars;
mod coverage;
mod days;
mod waterfall;

pub(crate) use ageing::ageing;
pub(crate) use bars::{BookBar, Segment, two_bars};
pub(crate) use coverage::{coverage, hole_words, wechat_hole_words};
pub(crate) use days::{By, thirty_days};
pub(crate) use waterfall::{STEP, WaterfallColumns, WaterfallKind, WaterfallStep, waterfall};
