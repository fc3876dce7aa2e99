//! What a person may decide about the open case: the buttons, and the dialog that asks who or why.
//!
//! Only what the workflow allows in the case's state is offered; every decision but taking asks first.

use egui::{Context, Key, Pos2, Rect, Response, Ui, pos2, vec2};

use crate::app::Command;
use crate::app::model::{CaseDetail, Decision};
use crate::domain::CaseStatus;
use crate::ui::action::Outbox;
use crate::ui::keys::Letter;
use crate::ui::page::Page;
use crate::ui::theme::Face;
use crate::ui::widgets::button::Button;
use crate::ui::widgets::dialog::{Dialog, Ended};
use crate::ui::widgets::input::Field;
use crate::ui::{icons, paint};

/// A decision that is still to be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Take,
    HandOver,
    Carry,
    Resolve,
    Propose,
    Agree,
    Refuse,
    Reopen,
}

/// What may be done with the case, the next step first.
pub(super) fn deeds(page: &Page<'_>, detail: &CaseDetail) -> Vec<Deed> {
    let (status, me) = (detail.row.status, page.state.person.as_str());
    if status.is_closed() {
        return vec![Deed::Reopen];
    }
    let mine = !me.is_empty() && detail.row.owner == me;
    let maker = detail.proposal.as_ref().map(|made| made.maker.as_str());
    let all = [
        (Deed::Take, CaseStatus::Assigned, !mine),
        (Deed::Resolve, CaseStatus::Resolved, true),
        (Deed::Agree, CaseStatus::ForceClosed, maker != Some(me)),
        (Deed::Refuse, CaseStatus::Rejected, maker != Some(me)),
        (Deed::HandOver, CaseStatus::Assigned, true),
        (
            Deed::Carry,
            CaseStatus::Waiting,
            status != CaseStatus::Waiting,
        ),
        (Deed::Propose, CaseStatus::Proposed, true),
    ];
    all.into_iter()
        .filter(|(_, next, wanted)| *wanted && status.may_become(*next))
        .map(|(deed, ..)| deed)
        .collect()
}

impl Deed {
    fn label(self, page: &Page<'_>) -> &'static str {
        let c = &page.w.cases;
        match self {
            Self::Take => c.take,
            Self::HandOver => c.hand_over,
            Self::Carry => c.carry,
            Self::Resolve => c.resolve,
            Self::Propose => c.ignore,
            Self::Agree => c.agree,
            Self::Refuse => c.refuse,
            Self::Reopen => c.reopen,
        }
    }

    const fn icon(self) -> char {
        match self {
            Self::Take => icons::USER_CHECK,
            Self::HandOver => icons::USER,
            Self::Carry => icons::HOURGLASS,
            Self::Resolve | Self::Agree => icons::CHECK,
            Self::Propose => icons::PROHIBIT,
            Self::Refuse => icons::X,
            Self::Reopen => icons::ARROW_COUNTER_CLOCKWISE,
        }
    }

    const fn key(self) -> Option<(&'static str, Letter)> {
        match self {
            Self::Take => Some(("T", Letter::Take)),
            Self::Carry => Some(("G", Letter::Carry)),
            Self::Propose => Some(("I", Letter::Ignore)),
            _ => None,
        }
    }

    /// What the dialog asks for.
    fn asks(self, page: &Page<'_>) -> &'static str {
        let c = &page.w.cases;
        match self {
            Self::HandOver => c.whom,
            Self::Carry => c.waits_for,
            Self::Resolve => c.how,
            _ => c.reason,
        }
    }

    fn decision(self, text: &str) -> Decision {
        let text = text.trim().to_owned();
        match self {
            Self::Take => Decision::Take,
            Self::HandOver => Decision::HandOver(text),
            Self::Carry => Decision::Carry(text),
            Self::Resolve => Decision::Resolve(text),
            Self::Propose => Decision::Propose(text),
            Self::Agree => Decision::Agree(text),
            Self::Refuse => Decision::Refuse(text),
            Self::Reopen => Decision::Reopen(text),
        }
    }
}

/// Lines of buttons in a width, 28 high and 8 apart.
fn lines(ui: &Ui, page: &Page<'_>, width: f32, detail: &CaseDetail) -> Vec<Vec<(Deed, f32)>> {
    let mut out: Vec<Vec<(Deed, f32)>> = vec![Vec::new()];
    let mut x = 0.0;
    for (nth, deed) in deeds(page, detail).into_iter().enumerate() {
        let wide = button(page, deed, nth == 0).width(ui);
        if x + wide > width && x > 0.0 {
            out.push(Vec::new());
            x = 0.0;
        }
        if let Some(line) = out.last_mut() {
            line.push((deed, wide));
        }
        x += wide + 8.0;
    }
    out
}

/// Height of the buttons in a width, the gap above them included.
pub(super) fn height(ui: &Ui, page: &Page<'_>, width: f32, detail: &CaseDetail) -> f32 {
    lines(ui, page, width, detail).len() as f32 * 36.0
}

fn button<'a>(page: &Page<'_>, deed: Deed, first: bool) -> Button<'a> {
    let button = if first {
        Button::primary(deed.label(page)).icon(deed.icon())
    } else {
        Button::secondary(deed.label(page))
    };
    match deed.key() {
        Some((key, _)) => button.key(key),
        None => button,
    }
}

/// Draws the buttons from a corner; returns the deed that was asked for, by pointer or key.
pub(super) fn buttons(
    ui: &Ui,
    at: Pos2,
    width: f32,
    page: &Page<'_>,
    detail: &CaseDetail,
) -> Option<Deed> {
    let mut asked = None;
    let mut y = at.y + 14.0;
    let mut first = true;
    for line in lines(ui, page, width, detail) {
        let mut x = at.x;
        for (deed, wide) in line {
            let rect = paint::from_left(pos2(x, y), vec2(wide, 28.0));
            let response: Response = button(page, deed, first).show(ui, rect);
            let by_key = deed.key().is_some_and(|k| Some(k.1) == page.keys.letter);
            let by_primary = first && page.keys.primary;
            if response.clicked() || by_key || by_primary {
                asked = Some(deed);
            }
            first = false;
            x += wide + 8.0;
        }
        y += 36.0;
    }
    asked
}

/// The dialog that asks for a name or a reason, while it is open.
#[derive(Default)]
pub(super) struct Asking {
    about: Option<(Deed, crate::domain::ProfileId, String, String)>,
    text: String,
    opened: bool,
}

impl Asking {
    /// Carries a deed out, or opens the dialog it needs.
    pub(super) fn start(&mut self, deed: Deed, detail: &CaseDetail, out: &mut Outbox) {
        let row = &detail.row;
        if deed == Deed::Take {
            let take = Decision::Take;
            out.run(Command::Decide(row.profile, row.key.clone(), take));
            return;
        }
        self.about = Some((deed, row.profile, row.key.clone(), row.number.clone()));
        self.text.clear();
        self.opened = false;
    }

    /// Draws the dialog; a finished decision goes out.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        let Some((deed, profile, key, number)) = self.about.clone() else {
            return;
        };
        let (c, t) = (&page.w.cases, page.t);
        let label = deed.label(page).trim_end_matches(['…', '.']);
        let note = if deed == Deed::Propose {
            c.ignore_note
        } else {
            ""
        };
        let ready = !self.text.trim().is_empty();
        let dialog = Dialog {
            name: "decide",
            title: label,
            width: 480.0,
            height: 96.0,
            note,
            deed: Button::primary(label).key("Ctrl ↵"),
            ready,
        };
        let (text, opened) = (&mut self.text, &mut self.opened);
        let mut entered = false;
        let ended = dialog.show(ctx, |ui, rect| {
            let p = ui.painter();
            let at = pos2(rect.left(), rect.top() + 8.0);
            paint::fit(p, at, rect.width(), &number, (Face::Mono, t.text_2));
            let asks = deed.asks(page);
            let at = pos2(rect.left(), rect.top() + 42.0);
            let said = paint::left(p, at, asks, (Face::Small, t.text_2));
            let star = pos2(said.right() + 4.0, at.y);
            paint::left(p, star, "*", (Face::Small, t.red.text));
            let place = Rect::from_min_size(
                pos2(rect.left(), rect.top() + 60.0),
                vec2(rect.width(), 30.0),
            );
            let response = Field::new(text, asks).limit(200).show(ui, place);
            // Once: asking in every frame would interrupt the input method each time.
            if !*opened {
                *opened = true;
                response.request_focus();
            }
            entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        });
        if ended == Ended::Cancelled {
            self.about = None;
        } else if ended == Ended::Done || (entered && ready) {
            self.about = None;
            out.run(Command::Decide(profile, key, deed.decision(&self.text)));
        }
    }
}
