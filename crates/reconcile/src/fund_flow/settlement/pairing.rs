//! Which credit belongs to which withdrawal: by number, by amount in order of time, by the sum of a day, and last the
//! only two that are left.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::{LATE_DAYS, SettlementAsk, SettlementState, is_of_wechat, size_of, working_day_after};
use crate::fund_flow::{FundOverflow, add};
use recondesk_domain::{BankEntry, BillDate, Fen, FundMove};

/// Digits of a number that make it one: shorter ones stand in remarks by chance.
const TELLING: usize = 10;

/// How a withdrawal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WithdrawalEnd {
    Open,
    Credit(usize),
    Together(usize),
    Other(usize),
    Returned,
}

/// Withdrawals and credits, and which belong together.
pub(super) struct Pairs<'a> {
    pub(super) withdrawals: Vec<&'a FundMove>,
    credits: Vec<&'a BankEntry>,
    ends: Vec<WithdrawalEnd>,
    taken: Vec<bool>,
    within: u32,
}

impl<'a> Pairs<'a> {
    pub(super) fn find(ask: &SettlementAsk<'a>) -> Result<Self, FundOverflow> {
        let moves = ask.moves.iter();
        let mut withdrawals: Vec<&FundMove> =
            moves.filter(|one| one.change.is_negative()).collect();
        withdrawals.sort_by_key(|one| one.time);
        let mut credits: Vec<&BankEntry> = ask
            .bank
            .iter()
            .filter(|entry| entry.change > Fen::ZERO)
            .collect();
        credits.sort_by_key(|entry| entry.time);
        let mut pairs = Self {
            ends: vec![WithdrawalEnd::Open; withdrawals.len()],
            taken: vec![false; credits.len()],
            withdrawals,
            credits,
            within: ask.within,
        };
        pairs.by_number()?;
        pairs.returned(ask.moves)?;
        pairs.by_amount(is_of_wechat)?;
        pairs.by_amount(is_nameless)?;
        pairs.by_sum_of_day()?;
        pairs.by_what_is_left();
        Ok(pairs)
    }

    /// Credits that belong to no withdrawal.
    pub(super) fn free_credits(&self) -> impl Iterator<Item = &'a BankEntry> {
        let credits = self.credits.iter().zip(&self.taken);
        credits.filter(|(_, taken)| !**taken).map(|(one, _)| *one)
    }

    /// What became of a withdrawal.
    pub(super) fn state_of(
        &self,
        ask: &SettlementAsk<'_>,
        at: usize,
        due: BillDate,
    ) -> (SettlementState, Option<&'a BankEntry>) {
        let credit = |at: usize| self.credits.get(at).copied();
        match self.ends.get(at).copied().unwrap_or(WithdrawalEnd::Open) {
            WithdrawalEnd::Credit(found) => {
                let credit = credit(found);
                let is_late = credit.is_some_and(|credit| credit.time.day() > due);
                let state = if is_late {
                    SettlementState::ArrivedLate
                } else {
                    SettlementState::Arrived
                };
                (state, credit)
            }
            WithdrawalEnd::Together(found) => (SettlementState::ArrivedTogether, credit(found)),
            WithdrawalEnd::Other(found) => (SettlementState::OtherSum, credit(found)),
            WithdrawalEnd::Returned => (SettlementState::Returned, None),
            WithdrawalEnd::Open => {
                let day = self.withdrawals.get(at).map_or(due, |one| one.time.day());
                (open_state(ask, day, due), None)
            }
        }
    }

    /// 1. The remark or the reference of the bank repeats a number of the withdrawal.
    fn by_number(&mut self) -> Result<(), FundOverflow> {
        for at in 0..self.withdrawals.len() {
            let Some(withdrawal) = self.withdrawals.get(at).copied() else {
                continue;
            };
            let numbers = [&withdrawal.business_no, &withdrawal.flow_no];
            let told = |credit: &BankEntry| {
                let mut telling = numbers.iter().filter(|number| number.len() >= TELLING);
                telling.any(|number| {
                    credit.remark.contains(number.as_str())
                        || credit.reference.contains(number.as_str())
                })
            };
            let Some(found) = self.first_free(at, told) else {
                continue;
            };
            let is_same = self.sum(found) == Some(size_of(withdrawal)?);
            self.end(
                at,
                found,
                if is_same {
                    WithdrawalEnd::Credit
                } else {
                    WithdrawalEnd::Other
                },
            );
        }
        Ok(())
    }

    /// 2. WeChat Pay took it back: an entry of the same number or the same sum came in afterwards.
    fn returned(&mut self, moves: &'a [FundMove]) -> Result<(), FundOverflow> {
        let mut back: Vec<&FundMove> = moves.iter().filter(|one| one.change > Fen::ZERO).collect();
        back.sort_by_key(|one| one.time);
        for one in back {
            let mut found = None;
            for (at, withdrawal) in self.withdrawals.iter().enumerate() {
                let is_open = self.ends.get(at) == Some(&WithdrawalEnd::Open);
                if is_open && withdrawal.time <= one.time && size_of(withdrawal)? == one.change {
                    let same = withdrawal.business_no == one.business_no;
                    if same || found.is_none() {
                        found = Some(at);
                    }
                    if same {
                        break;
                    }
                }
            }
            if let Some(end) = found.and_then(|at| self.ends.get_mut(at)) {
                *end = WithdrawalEnd::Returned;
            }
        }
        Ok(())
    }

    /// 3. The same amount, the earliest withdrawal with the earliest credit.
    fn by_amount(&mut self, fits: fn(&BankEntry) -> bool) -> Result<(), FundOverflow> {
        let mut free: HashMap<Fen, VecDeque<usize>> = HashMap::new();
        for (at, credit) in self.credits.iter().enumerate() {
            if self.taken.get(at) == Some(&false) && fits(credit) {
                free.entry(credit.change).or_default().push_back(at);
            }
        }
        for at in 0..self.withdrawals.len() {
            let Some(withdrawal) = self.withdrawals.get(at).copied() else {
                continue;
            };
            if self.ends.get(at) != Some(&WithdrawalEnd::Open) {
                continue;
            }
            let Some(queue) = free.get_mut(&size_of(withdrawal)?) else {
                continue;
            };
            // Credits before this withdrawal are before every later one, too.
            while let Some(front) = queue.front().and_then(|front| self.credits.get(*front)) {
                if is_before(front, withdrawal) {
                    queue.pop_front();
                } else {
                    break;
                }
            }
            let Some(&front) = queue.front() else {
                continue;
            };
            let is_near = self
                .credits
                .get(front)
                .is_some_and(|credit| self.is_in_time(credit, withdrawal));
            if is_near {
                queue.pop_front();
                self.end(at, front, WithdrawalEnd::Credit);
            }
        }
        Ok(())
    }

    /// 4. All open withdrawals of a day in one credit of WeChat Pay.
    fn by_sum_of_day(&mut self) -> Result<(), FundOverflow> {
        let mut days: BTreeMap<BillDate, Vec<usize>> = BTreeMap::new();
        for (at, withdrawal) in self.withdrawals.iter().enumerate() {
            if self.ends.get(at) == Some(&WithdrawalEnd::Open) {
                days.entry(withdrawal.time.day()).or_default().push(at);
            }
        }
        for of_day in days.into_values().filter(|of_day| of_day.len() > 1) {
            let mut sum = Fen::ZERO;
            for withdrawal in of_day.iter().filter_map(|at| self.withdrawals.get(*at)) {
                sum = add(sum, size_of(withdrawal)?)?;
            }
            let Some(&last) = of_day.last() else {
                continue;
            };
            let fits = |credit: &BankEntry| credit.change == sum && is_of_wechat(credit);
            if let Some(found) = self.first_free(last, fits) {
                for at in of_day {
                    self.end(at, found, WithdrawalEnd::Together);
                }
            }
        }
        Ok(())
    }

    /// 5. One credit of WeChat Pay and one withdrawal that could be meant by it, and no other of either.
    fn by_what_is_left(&mut self) {
        for at in 0..self.credits.len() {
            let Some(credit) = self.credits.get(at).copied() else {
                continue;
            };
            if self.taken.get(at) != Some(&false) || !is_of_wechat(credit) {
                continue;
            }
            let near: Vec<usize> = self.open_near(credit).take(2).collect();
            let [only] = near[..] else {
                continue;
            };
            let rival = |(other, one): (usize, &&BankEntry)| {
                other != at
                    && self.taken.get(other) == Some(&false)
                    && is_of_wechat(one)
                    && self
                        .withdrawals
                        .get(only)
                        .is_some_and(|withdrawal| self.may_be(one, withdrawal))
            };
            if !self.credits.iter().enumerate().any(rival) {
                self.end(only, at, WithdrawalEnd::Other);
            }
        }
    }

    fn open_near<'s>(&'s self, credit: &'s BankEntry) -> impl Iterator<Item = usize> + 's {
        let all = self.withdrawals.iter().enumerate();
        let open = all.filter(|(at, _)| self.ends.get(*at) == Some(&WithdrawalEnd::Open));
        open.filter(|(_, withdrawal)| self.may_be(credit, withdrawal))
            .map(|(at, _)| at)
    }

    /// The earliest free credit in the time of a withdrawal that fits.
    fn first_free(&self, at: usize, fits: impl Fn(&BankEntry) -> bool) -> Option<usize> {
        let withdrawal = self.withdrawals.get(at)?;
        let mut all = self.credits.iter().enumerate();
        let (found, _) = all.find(|(at, credit)| {
            self.taken.get(*at) == Some(&false) && self.may_be(credit, withdrawal) && fits(credit)
        })?;
        Some(found)
    }

    fn may_be(&self, credit: &BankEntry, withdrawal: &FundMove) -> bool {
        !is_before(credit, withdrawal) && self.is_in_time(credit, withdrawal)
    }

    fn is_in_time(&self, credit: &BankEntry, withdrawal: &FundMove) -> bool {
        let due = working_day_after(withdrawal.time.day(), self.within);
        credit.time.day() <= due.plus(LATE_DAYS)
    }

    fn sum(&self, credit: usize) -> Option<Fen> {
        Some(self.credits.get(credit)?.change)
    }

    fn end(&mut self, at: usize, credit: usize, how: fn(usize) -> WithdrawalEnd) {
        if let Some(end) = self.ends.get_mut(at) {
            *end = how(credit);
        }
        if let Some(taken) = self.taken.get_mut(credit) {
            *taken = true;
        }
    }
}

/// A bank without a clock says the day alone.
fn is_before(credit: &BankEntry, withdrawal: &FundMove) -> bool {
    if credit.has_clock {
        // The bank's clock and that of WeChat Pay are not the same.
        credit.time.plus(300) < withdrawal.time
    } else {
        credit.time.day() < withdrawal.time.day()
    }
}

/// True where the bank says nothing of who paid.
fn is_nameless(entry: &BankEntry) -> bool {
    entry.payer.is_empty() && entry.remark.is_empty()
}

fn open_state(ask: &SettlementAsk<'_>, day: BillDate, due: BillDate) -> SettlementState {
    // Days between withdrawal and due day that a statement covers, without a hole.
    let mut seen = day;
    while seen <= due
        && ask
            .covered
            .iter()
            .any(|(first, last)| *first <= seen && seen <= *last)
    {
        seen = seen.next();
    }
    if seen > due {
        SettlementState::NotArrived
    } else if ask.today <= due {
        SettlementState::OnTheWay
    } else {
        SettlementState::NoStatement
    }
}
