//! The dialog that asks who or why before a decision about the open case: it stays until the decision is kept, and says
//! why it was not, with all that was typed.

use egui::{Context, Key, Rect, Ui, pos2, vec2};

use super::decide::DecisionAction;
use super::ignore::IgnoreFields;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended, REFUSAL, refusal};
use crate::widgets::input::Field;
use crate::{format, paint};
use recondesk_app::Command;
use recondesk_app::model::{CaseDetail, CaseName, Decision, UndoOffer};
use recondesk_domain::CaseStatus;
use recondesk_ports::{RefundRecord, RefundRowId};

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct DecisionDialog {
    about: Option<DecisionSubject>,
    text: String,
    ignore: IgnoreFields,
    opened: bool,
    /// The decision went out from here, and its end is not known yet.
    sent: bool,
    /// Why the last one was refused was read here.
    refused: bool,
}

/// What the dialog is about.
#[derive(Clone)]
struct DecisionSubject {
    deed: DecisionAction,
    case: CaseName,
    number: String,
    /// Before and after, where something is taken back.
    undo: Option<[String; 2]>,
    /// The refund that is given up.
    refund: Option<RefundRowId>,
}

impl DecisionDialog {
    /// Carries a deed out, or opens the dialog it needs.
    pub(super) fn start(
        &mut self,
        deed: DecisionAction,
        page: &Page<'_>,
        detail: &CaseDetail,
        out: &mut Outbox,
    ) {
        let row = &detail.row;
        if deed == DecisionAction::Take {
            let take = Decision::Take;
            out.run(Command::Decide(row.profile, row.key.clone(), take));
            return;
        }
        let undo = detail.work.undo.as_ref();
        self.open(DecisionSubject {
            deed,
            case: CaseName {
                profile: row.profile,
                key: row.key.clone(),
            },
            number: row.number.clone(),
            undo: undo
                .filter(|_| deed == DecisionAction::Undo)
                .map(|undo| undo_words(page, detail, undo)),
            refund: None,
        });
    }

    /// Asks why a refund is given up that certainly was not accepted.
    pub(super) fn start_withdrawal(&mut self, refund: &RefundRecord) {
        self.open(DecisionSubject {
            deed: DecisionAction::Withdraw,
            case: CaseName {
                profile: refund.draft.profile,
                key: refund.draft.case_key.clone(),
            },
            number: format!(
                "¥{}  {}",
                format::money(refund.refund.amount),
                refund.out_refund_no
            ),
            undo: None,
            refund: Some(refund.id),
        });
    }

    fn open(&mut self, about: DecisionSubject) {
        *self = Self {
            about: Some(about),
            ..Self::default()
        };
    }

    fn is_ready(&self, deed: DecisionAction) -> bool {
        match deed {
            DecisionAction::Undo => true,
            DecisionAction::Propose => self.ignore.is_filled(&self.text),
            _ => !self.text.trim().is_empty(),
        }
    }

    /// What came of the decision that went out: true when it is kept.
    fn is_over(&mut self, page: &Page<'_>) -> bool {
        if !self.sent || page.state.deed.is_loading() {
            return false;
        }
        self.sent = false;
        self.refused = page.state.deed.failure().is_some();
        !self.refused
    }

    /// Draws the dialog; a finished decision goes out.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        // The sign-in lies over it: Esc closes that alone.
        if page.state.desk.is_wanted {
            return;
        }
        let Some(about) = self.about.clone() else {
            return;
        };
        if self.is_over(page) {
            self.about = None;
            return;
        }
        let deed = about.deed;
        let label = deed.label(page).trim_end_matches(['…', '.']);
        let note = match deed {
            DecisionAction::Propose => page.w.cases.ignore_note,
            DecisionAction::Undo => page.w.work.undo_note,
            DecisionAction::Withdraw => page.w.work.withdraw_note,
            _ => "",
        };
        let ready = self.is_ready(deed) && !self.sent;
        let refused = self.refused.then(|| refusal_words(page)).flatten();
        let dialog = Dialog {
            name: "decide",
            title: label,
            width: 480.0,
            height: 100.0
                + about.undo.as_ref().map_or(0.0, |_| 52.0)
                + IgnoreFields::height(deed)
                + refused.as_ref().map_or(0.0, |_| REFUSAL),
            note,
            leave: page.w.frame.cancel,
            deed: Button::primary(label).key("Ctrl ↵"),
            ready,
        };
        let mut entered = false;
        let ended = dialog.show(ctx, |ui, rect| {
            let bottom;
            (entered, bottom) = self.fields(ui, rect, page, &about);
            if let Some(words) = &refused {
                let place = Rect::from_min_max(pos2(rect.left(), bottom), rect.max);
                refusal(ui, place, words);
            }
        });
        if ended == Ended::Cancelled {
            self.about = None;
        } else if ended == Ended::Done || (entered && ready) {
            if page.state.desk.must_sign_in() {
                out.push(Action::AskOperator);
                return;
            }
            self.sent = true;
            self.refused = false;
            out.run(self.command(about));
        }
    }

    fn command(&self, about: DecisionSubject) -> Command {
        let text = self.text.trim().to_owned();
        match (about.deed, about.refund) {
            (DecisionAction::Undo, _) => Command::Undo(about.case, text),
            (DecisionAction::Withdraw, Some(refund)) => Command::WithdrawRefund(refund, text),
            (deed, _) => {
                let text = match deed {
                    DecisionAction::Propose => self.ignore.text(&text),
                    _ => text,
                };
                Command::Decide(about.case.profile, about.case.key, deed.decision(&text))
            }
        }
    }

    /// The number, what would be taken back, and the fields; true when Enter was pressed in the last, and where they end.
    fn fields(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        about: &DecisionSubject,
    ) -> (bool, f32) {
        let t = page.t;
        let p = ui.painter();
        let at = pos2(rect.left(), rect.top() + 8.0);
        let style = (TypeStyle::Mono, t.text_2);
        let (place, _) = paint::fit(p, at, rect.width(), &about.number, style);
        paint::say(ui, "decided number", place, &about.number);
        let mut top = rect.top();
        for (nth, words) in about.undo.iter().flatten().enumerate() {
            let at = pos2(rect.left(), top + 34.0);
            let (place, _) = paint::fit(p, at, rect.width(), words, (TypeStyle::Body, t.text_1));
            paint::say(ui, ("undo", nth), place, words);
            top += 26.0;
        }
        if about.deed == DecisionAction::Propose {
            let row = Rect::from_min_size(
                pos2(rect.left(), top + 32.0),
                vec2(rect.width(), IgnoreFields::HEIGHT),
            );
            self.ignore.show(ui, row, page);
            top += IgnoreFields::HEIGHT;
        }
        let asks = match about.deed {
            DecisionAction::Propose if !self.ignore.needs_note() => page.w.cases.ignore_more,
            deed => deed.asks(page),
        };
        let p = ui.painter();
        let at = pos2(rect.left(), top + 42.0);
        let said = paint::left(p, at, asks, (TypeStyle::Small, t.text_2));
        let is_free = about.deed == DecisionAction::Propose && !self.ignore.needs_note();
        if about.deed != DecisionAction::Undo && !is_free {
            let star = pos2(said.right() + 4.0, at.y);
            paint::left(p, star, "*", (TypeStyle::Small, t.red.text));
        }
        let place = Rect::from_min_size(pos2(rect.left(), top + 60.0), vec2(rect.width(), 30.0));
        let response = Field::new(&mut self.text, asks).limit(200).show(ui, place);
        // Once: asking in every frame would interrupt the input method each time.
        if !std::mem::replace(&mut self.opened, true) && about.deed != DecisionAction::Propose {
            response.request_focus();
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        (entered, place.bottom())
    }
}

/// Why the decision was refused, in two lines.
fn refusal_words(page: &Page<'_>) -> Option<String> {
    let failure = page.state.deed.failure()?;
    let (title, advice) = (page.w.of(&failure.title), page.w.advice(failure));
    Some(format!("{title}\n{advice}").trim_end().to_owned())
}

/// State and owner now, and after the last decision is taken back.
fn undo_words(page: &Page<'_>, detail: &CaseDetail, undo: &UndoOffer) -> [String; 2] {
    let w = page.w;
    let status = |status: CaseStatus| {
        if w.is_zh() { status.zh() } else { status.en() }
    };
    let owner = |name: &str| match name {
        "" => w.cases.nobody.to_owned(),
        name => w.who(name).to_owned(),
    };
    let row = &detail.row;
    [
        (w.work.undo_now)(status(row.status), &owner(&row.owner)),
        (w.work.undo_then)(status(undo.status), &owner(&undo.owner)),
    ]
}
