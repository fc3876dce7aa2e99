//! Signing the day in view off, and asking a second person to open it again.

use egui::{Context, Id, Key, Rect, Response, Ui, pos2, vec2};

use super::condition;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::screens::person::PersonFields;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, link_right};
use crate::widgets::dialog::{Dialog, Ended, REFUSAL, refusal};
use crate::widgets::input::Field;
use crate::{format, paint};
use recondesk_app::Command;
use recondesk_app::model::{BookPair, BookSum, DayModel, SignOffWish, UnlockWish};
use recondesk_domain::{BillDate, Fen, ProfileId};

const ROW: f32 = 26.0;
/// Categories of open cases that are named beside their codes.
const NAMED: usize = 3;
/// Height of the open cases that whoever signs accepts: two lines.
const OPEN: f32 = 44.0;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::screens) enum SignDeed {
    /// Locks the result.
    Sign,
    /// Asks for it to be opened.
    Unlock,
}

/// The dialog, while it is open.
#[derive(Default)]
pub(in crate::screens) struct SignOffDialog {
    about: Option<(SignDeed, ProfileId, BillDate)>,
    person: PersonFields,
    reason: String,
    /// The reason gets the focus in the next frame.
    wants_reason: bool,
    /// Operators are to be named first.
    sets_up: bool,
    /// The newest notice when the wish went out: a newer one is what came of it.
    sent: Option<u64>,
}

/// Where a button leaves the wish; the dialog takes it in the same frame.
fn wish() -> Id {
    Id::unique("sign off wish")
}

/// A button was pressed.
pub(in crate::screens) fn ask(ui: &Ui, model: &DayModel, deed: SignDeed) {
    let about = (deed, model.profile, model.day);
    ui.data_mut(|data| data.insert_temp(wish(), about));
}

impl SignOffDialog {
    /// Draws it; a finished wish goes out. It stays open until it is carried out, and says why when it is not.
    pub(in crate::screens) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        type SignOffSubject = (SignDeed, ProfileId, BillDate);
        let asked = ctx.data_mut(|data| {
            let asked = data.get_temp::<SignOffSubject>(wish());
            data.remove::<SignOffSubject>(wish());
            asked
        });
        if let Some(about) = asked {
            *self = Self {
                about: Some(about),
                person: PersonFields::of(&page.state.desk.person)
                    .focused(about.0 == SignDeed::Sign),
                wants_reason: about.0 == SignDeed::Unlock,
                ..Self::default()
            };
        }
        let Some((deed, profile, day)) = self.about else {
            return;
        };
        let model = page.state.reconciled.value().map(AsRef::as_ref);
        let Some(model) = model.filter(|model| model.profile == profile && model.day == day) else {
            *self = Self::default();
            return;
        };
        let refused = match self.outcome(page) {
            Some(Ok(())) => {
                *self = Self::default();
                return;
            }
            Some(Err(words)) => Some(words),
            None => None,
        };
        let ended = self.draw(ctx, page, (deed, model), refused.as_deref());
        if self.sets_up {
            *self = Self::default();
            out.push(Action::Operators);
            return;
        }
        if ended == Ended::Done {
            self.send((deed, profile, day), page, out);
        }
        if ended == Ended::Cancelled {
            *self = Self::default();
        }
    }

    fn send(
        &mut self,
        (deed, profile, day): (SignDeed, ProfileId, BillDate),
        page: &Page<'_>,
        out: &mut Outbox,
    ) {
        self.sent = Some(newest(page));
        let identity = self.person.identity();
        self.person.forget_pin();
        out.run(match deed {
            SignDeed::Sign => Command::SignOff(Box::new(SignOffWish {
                profile,
                day,
                identity,
            })),
            SignDeed::Unlock => Command::AskUnlock(Box::new(UnlockWish {
                profile,
                day,
                reason: self.reason.trim().to_owned(),
                identity,
            })),
        });
    }

    /// What came of the wish that went out last.
    fn outcome(&self, page: &Page<'_>) -> Option<Result<(), String>> {
        let sent = self.sent?;
        let notice = page
            .state
            .notices
            .first()
            .filter(|notice| notice.id > sent)?;
        Some(match &notice.what {
            Ok(_) => Ok(()),
            Err(failure) => Err(page.w.of(&failure.title).to_owned()),
        })
    }

    fn draw(
        &mut self,
        ctx: &Context,
        page: &Page<'_>,
        (deed, model): (SignDeed, &DayModel),
        refused: Option<&str>,
    ) -> Ended {
        let w = &page.w.payout;
        let person = &page.state.desk.person;
        let named = person.has_operators;
        let day = model.day.to_string();
        let alone = (w.sign_as)(&person.name);
        let (title, does, note) = match deed {
            SignDeed::Sign => ((w.sign_title)(&model.name, &day), w.do_sign, w.sign_note),
            SignDeed::Unlock => (
                (w.unlock_title)(&model.name, &day),
                w.do_unlock,
                w.unlock_note,
            ),
        };
        let facts = match deed {
            SignDeed::Sign => 28.0 + OPEN + (2 + model.sign_off.len()) as f32 * ROW,
            SignDeed::Unlock => 64.0,
        };
        let told = if refused.is_some() { REFUSAL } else { 0.0 };
        let waits = self.sent.is_some() && refused.is_none();
        let has_reason = deed == SignDeed::Sign || !self.reason.trim().is_empty();
        let dialog = Dialog {
            name: "sign off",
            title: &title,
            width: 560.0,
            height: facts + 12.0 + if named { 60.0 } else { 32.0 } + told,
            note,
            leave: page.w.frame.cancel,
            deed: Button::primary(does).key("Ctrl ↵"),
            ready: (!named || self.person.is_filled()) && has_reason && !waits,
        };
        let ready = dialog.ready;
        let (fields, reason) = (&mut self.person, &mut self.reason);
        let focus = std::mem::take(&mut self.wants_reason);
        let (mut entered, mut sets_up) = (false, false);
        let ended = dialog.show(ctx, |ui, rect| {
            let mut rest = rect;
            match deed {
                SignDeed::Sign => totals(ui, rest, page, model),
                SignDeed::Unlock => {
                    let field = why(ui, rest, page, reason);
                    if focus {
                        field.request_focus();
                    }
                    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                        entered = true;
                        fields.want_focus();
                    }
                }
            }
            rest.min.y += facts + 12.0;
            if named {
                let area = Rect::from_min_size(rest.min, vec2(rest.width(), 56.0));
                entered |= fields.show(ui, area, page);
                rest.min.y += 56.0;
            } else {
                let style = (TypeStyle::Small, page.t.text_2);
                let at = pos2(rest.left(), rest.top() + 8.0);
                let corner = pos2(rest.right(), at.y);
                let link = link_right(ui, corner, page.w.people.set_up, 0);
                sets_up = link.clicked();
                let room = link.rect.left() - at.x - 12.0;
                let (place, cut) = paint::fit(ui.painter(), at, room, &alone, style);
                let said = paint::say(ui, "signed as", place, &alone);
                if cut {
                    said.on_hover_text(&alone);
                }
                rest.min.y += 20.0;
            }
            if let Some(words) = refused {
                refusal(ui, rest, words);
            }
        });
        self.sets_up = sets_up;
        if entered && ready && ended == Ended::No {
            Ended::Done
        } else {
            ended
        }
    }
}

/// The field for why a signed day is to be opened.
fn why(ui: &mut Ui, rect: Rect, page: &Page<'_>, reason: &mut String) -> Response {
    let w = &page.w.payout;
    let style = (TypeStyle::Small, page.t.text_2);
    let at = pos2(rect.left(), rect.top() + 10.0);
    let said = paint::left(ui.painter(), at, w.unlock_reason, style);
    let star = pos2(said.right() + 4.0, at.y);
    let style = (TypeStyle::Small, page.t.red.text);
    paint::left(ui.painter(), star, "*", style);
    let top = pos2(rect.left(), rect.top() + 22.0);
    let place = Rect::from_min_size(top, vec2(rect.width(), 30.0));
    Field::new(reason, w.unlock_reason)
        .limit(200)
        .show(ui, place)
}

/// What is signed: rows and sums of the day, and the conditions.
fn totals(ui: &Ui, rect: Rect, page: &Page<'_>, model: &DayModel) {
    let (t, p) = (page.t, ui.painter());
    let w = &page.w.payout;
    let of_book = |name: &str, (pays, refunds): (BookSum, BookSum)| {
        let totals = (w.sign_totals)(
            &format::count(pays.count),
            &format::money(pays.sum),
            &format::count(refunds.count),
            &format::money(refunds.sum),
        );
        format!("{name}  {totals}")
    };
    let d = &page.w.day;
    let (pays, refunds) = (&model.pays, &model.refunds);
    let apart = |pair: &BookPair| {
        let difference = pair.wechat.sum.checked_sub(pair.merchant.sum);
        difference.map_or_else(|| "?".to_owned(), format::money)
    };
    let lines = [
        of_book(d.book_w, (pays.wechat, refunds.wechat)),
        of_book(d.book_m, (pays.merchant, refunds.merchant)),
        (w.sign_apart)(&apart(pays), &apart(refunds)),
    ];
    for (nth, words) in lines.iter().enumerate() {
        let at = pos2(rect.left(), rect.top() + 10.0 + nth as f32 * ROW);
        let style = (TypeStyle::Body, t.text_1);
        let (place, _) = paint::fit(p, at, rect.width(), words, style);
        paint::say(ui, ("totals", nth), place, words);
    }
    let open = open_words(page, model);
    let top = rect.top() + 10.0 + lines.len() as f32 * ROW - 9.0;
    let place = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), OPEN));
    let color = if model.accepted.is_empty() {
        t.text_2
    } else {
        t.orange.text
    };
    let said = paint::paragraph(p, place, &open, (TypeStyle::Body, color), 2);
    paint::say(ui, "open cases", said, &open).on_hover_text(&open);
    for (nth, item) in model.sign_off.iter().enumerate() {
        let y = rect.top() + 40.0 + OPEN + (2 + nth) as f32 * ROW;
        let mood = if item.is_met() {
            Tone::Ok
        } else {
            Tone::Urgent
        };
        paint::mark(p, pos2(rect.left() + 7.0, y), mood, t);
        let words = condition(page, *item);
        let style = (TypeStyle::Body, t.text_2);
        let place = paint::left(p, pos2(rect.left() + 22.0, y), &words, style);
        paint::say(ui, ("sign condition", nth), place, &words);
    }
}

/// The open cases of the day, which whoever signs accepts: how many, how much is at stake, of which categories.
fn open_words(page: &Page<'_>, model: &DayModel) -> String {
    let w = &page.w.payout;
    if model.accepted.is_empty() {
        return w.sign_none_open.to_owned();
    }
    let count = model.accepted.iter().map(|open| open.count).sum::<u64>();
    let mut stakes = model.accepted.iter().map(|open| open.at_stake);
    let stake = stakes.try_fold(Fen::ZERO, |sum, more| sum.checked_add(more?));
    // Two lines hold the names of a few categories, and the codes of many.
    let names = model.accepted.len() <= NAMED;
    let of = model.accepted.iter().map(|open| {
        let code = open.category.code();
        if names {
            let category = page.w.category(open.category);
            format!("{code} {category} {}", open.count)
        } else {
            format!("{code} {}", open.count)
        }
    });
    let codes: Vec<String> = of.collect();
    (w.sign_open)(
        &format::count(count),
        &stake.map_or_else(|| "?".to_owned(), format::money),
        &codes.join(if page.w.is_zh() { "、" } else { ", " }),
    )
}

fn newest(page: &Page<'_>) -> u64 {
    page.state.notices.first().map_or(0, |notice| notice.id)
}
