//! What the window asks about goods and money: the same jobs as the command line, with a person's name and PIN.

mod many;
mod resume;
mod withdraw;

pub use many::{PayoutDesk, bulk_payout};
pub use withdraw::withdraw_refund;

use std::path::Path;
use std::time::Duration;

use super::approvals;
use super::desk::identify;
use super::refund::{
    ConfirmedSums, RefundAsk, RefundOf, RefundPace, ask_order, carry_on, confirm_with, next_number,
    order_of_case, prepare, profile_of,
};
use super::reissue::{
    HandedList, REISSUE_HEADINGS, ReissueAsk, Reissued, handed_over, of_case, reissue, reissue_rows,
};
use super::sign_off::{ask_unlock, sign_day};
use crate::gateway::GatewayClient;
use crate::jobs::export::write_csv;
use crate::model::{
    BulkOutcome, JudgeEachWish, JudgeWish, PayoutView, RefundWish, ReissueWish, SignOffWish,
    UnlockWish,
};
use crate::{Command, Failure, FailureKind, MerchantRef, Message, NoticeText, Reporter};
use recondesk_casework::{ReissueWay, Role};
use recondesk_domain::{ApiVersion, Fen, MerchantProfile, ProfileId, Sheet, gateway_kind};
use recondesk_ports::{
    BookRow, CancelToken, CaseRecord, Files, Ports, RefundQuery, ReissueRecord, StoreError,
};

/// How long the window follows a refund before it lets it go on by itself.
const FOLLOWED: Duration = Duration::from_secs(10);

fn case_of(ports: &Ports, profile: ProfileId, key: &str) -> Result<CaseRecord, Failure> {
    let case = ports.records.case(profile, key)?;
    Ok(case.ok_or_else(|| StoreError::Missing(key.to_owned()))?)
}

fn sleep(pause: Duration) {
    std::thread::sleep(pause);
}

/// Carries out what was asked in one of the dialogs; `user` sits at the computer.
///
/// # Errors
/// What the deed says; a command of another kind is refused.
pub fn run(
    ports: &Ports,
    files: &dyn Files,
    user: &str,
    command: Command,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    match command {
        Command::Refund(wish) => refund(ports, &wish, user, reporter),
        Command::Reissue(wish) => reissue_case(ports, files, &wish, user),
        Command::Judge(wish) => judge(ports, &wish, user),
        Command::SignOff(wish) => sign(ports, &wish, user),
        Command::AskUnlock(wish) => unlock(ports, &wish, user),
        Command::SendRefund(wish) => resume::send_held(ports, &wish, user, reporter),
        Command::ResumeRefunds(which) => resume::resume_refunds(ports, which, reporter),
        other => Err(StoreError::Missing(format!("{:?}", other.kind())).into()),
    }
}

/// Asks WeChat Pay about the order of a case.
///
/// # Errors
/// When the case is about no single order, or no clear answer came.
pub fn view(ports: &Ports, profile: ProfileId, key: &str) -> Result<PayoutView, Failure> {
    let case = case_of(ports, profile, key)?;
    let merchant = profile_of(ports, profile)?;
    let order = order_of_case(ports, &case)?;
    let cancel = CancelToken::default();
    let client = GatewayClient::new(ports, MerchantRef::new(profile, &merchant), &cancel);
    let facts = ask_order(ports, &client, &order, None, &sleep)?;
    let operators = ports.casework.operators()?;
    let out_trade_no = order.out_trade_no.as_str();
    let next = next_number(
        ports,
        MerchantRef::new(profile, &merchant),
        &case.key,
        out_trade_no,
    )?;
    Ok(PayoutView {
        profile,
        key: key.to_owned(),
        number: order.out_trade_no.to_string(),
        facts,
        refunds: ports.casework.refunds(&RefundQuery {
            profile: Some(profile),
            case_key: Some(key.to_owned()),
            ..RefundQuery::default()
        })?,
        reissue: of_case(ports, profile, key)?,
        limits: ports.casework.thresholds()?,
        ways: ways_of(&merchant),
        has_operators: operators.iter().any(|known| known.removed_at.is_none()),
        read_only: merchant.read_only,
        refund_number: next.map(|number| number.to_string()).unwrap_or_default(),
        book_refunded: book_refunded(ports, profile, out_trade_no)?,
    })
}

/// How a merchant's shop can be told to deliver: what needs no hands first, the list, which always works, last.
#[must_use]
pub fn ways_of(merchant: &MerchantProfile) -> Vec<ReissueWay> {
    let mut ways = Vec::with_capacity(3);
    if merchant.api == ApiVersion::V2 && gateway_kind(&merchant.notify_url).is_some() {
        ways.push(ReissueWay::Notification);
    }
    if gateway_kind(&merchant.shop_url).is_some() {
        ways.push(ReissueWay::Webhook);
    }
    ways.push(ReissueWay::List);
    ways
}

/// What went back of an order by the newest rows of the merchant's book, where they say so.
fn book_refunded(
    ports: &Ports,
    profile: ProfileId,
    out_trade_no: &str,
) -> Result<Option<Fen>, Failure> {
    let found = ports.books.find(out_trade_no)?;
    let mut mine = found
        .into_iter()
        .filter(|place| place.profile == profile && !place.superseded);
    Ok(mine.find_map(|place| match place.row {
        BookRow::Order(order) => order.refund_total,
        BookRow::Pay(_) | BookRow::Refund(_) | BookRow::MerchantRefund(_) => None,
    }))
}

fn told(title: Message, note: Message, attention: bool) -> NoticeText {
    NoticeText {
        title,
        note,
        day: None,
        next: crate::NextDeed::None,
        attention,
    }
}

/// Prepares, confirms, sends and follows a refund.
///
/// # Errors
/// When a limit, a rule or the gateway forbids it; what was sent by then is on disk and is followed up.
pub fn refund(
    ports: &Ports,
    wish: &RefundWish,
    user: &str,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let case = case_of(ports, wish.profile, &wish.key)?;
    let merchant = profile_of(ports, wish.profile)?;
    let maker = identify(ports, wish.identity.as_ref(), Role::Work, user)?;
    if wish.typed != wish.amount {
        return Err(Failure::new(
            FailureKind::Usage,
            "refund.confirm",
            Message::new(
                "确认的金额与退款金额不同",
                "The sum typed is not the sum of the refund",
            ),
            Message::default(),
        ));
    }
    let cancel = reporter.token();
    let ask = RefundAsk {
        merchant: MerchantRef::new(wish.profile, &merchant),
        of: RefundOf::Case(Box::new(case)),
        amount: Some(wish.amount),
        reason: wish.reason.clone(),
        maker: maker.clone(),
        together: 1,
    };
    let prepared = prepare(ports, &ask, &sleep, &cancel)?;
    // The person decided by what the dialog showed: a refund that came between is told first.
    let sums = ConfirmedSums {
        typed: wish.typed,
        refunded: wish.refunded,
    };
    let record = confirm_with(ports, &prepared.record, sums, &prepared.facts, &maker)?;
    let pace = RefundPace {
        patience: FOLLOWED,
        pause: &sleep,
        cancel: &cancel,
    };
    let carried = carry_on(ports, record, &pace)?;
    Ok(resume::told_of(&carried))
}

/// Reissues a case.
///
/// # Errors
/// When the order is not to be delivered, the case has another outcome, or the list cannot be written.
pub fn reissue_case(
    ports: &Ports,
    files: &dyn Files,
    wish: &ReissueWish,
    user: &str,
) -> Result<NoticeText, Failure> {
    let case = case_of(ports, wish.profile, &wish.key)?;
    let maker = identify(ports, wish.identity.as_ref(), Role::Work, user)?;
    let cancel = CancelToken::default();
    let ask = ReissueAsk {
        way: wish.way,
        maker: &maker,
        pause: &sleep,
        cancel: &cancel,
    };
    let done = reissue(ports, &case, &ask)?;
    let mut stage = done.record.stage;
    if let (ReissueWay::List, Some(path)) = (wish.way, &wish.list) {
        let handed = write_list(ports, files, path, &maker, std::slice::from_ref(&done))?;
        stage = handed.first().map_or(stage, |record| record.stage);
    }
    let said = done.answer.as_ref().map_or("", |answer| answer.said());
    Ok(told(
        Message::new(
            format!("补发货{}：{}", stage.zh(), done.record.draft.out_trade_no),
            format!("Reissue {}: {}", stage.en(), done.record.draft.out_trade_no),
        ),
        Message::new(said, said),
        stage != recondesk_casework::ReissueStage::Waiting,
    ))
}

/// Writes the list of what the shop must deliver; from then on it is with the shop.
fn write_list(
    ports: &Ports,
    files: &dyn Files,
    path: &Path,
    actor: &str,
    done: &[Reissued],
) -> Result<Vec<ReissueRecord>, Failure> {
    let mut bytes = Vec::new();
    let mut rows = reissue_rows(done);
    let sheet = Sheet {
        title: "reissue",
        headings: &REISSUE_HEADINGS,
        rows: &mut rows,
    };
    write_csv(sheet, &mut bytes).map_err(|error| not_written(path, &error))?;
    files
        .write(path, &mut |out| out.write_all(&bytes))
        .map_err(|error| not_written(path, &error))?;
    let records: Vec<ReissueRecord> = done.iter().map(|one| one.record.clone()).collect();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let list = HandedList {
        name: &name,
        bytes: &bytes,
    };
    handed_over(ports, &records, list, actor)
}

fn not_written(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        FailureKind::Workspace,
        "file.write",
        Message::new("文件无法写入", "The file cannot be written"),
        Message::new(
            "换一个位置，再补发一次",
            "Choose another place and reissue once more",
        ),
    )
    .with_detail(format!("{}: {error}", path.display()))
}

/// A second person decides.
///
/// # Errors
/// For the maker, for somebody without the role, for a second decision.
pub fn judge(ports: &Ports, wish: &JudgeWish, user: &str) -> Result<NoticeText, Failure> {
    let checker = identify(ports, wish.identity.as_ref(), Role::Approve, user)?;
    let waiting = approvals::waiting(ports)?;
    let about = waiting.iter().find(|waiting| waiting.asked.id == wish.id);
    let judged = approvals::judge(ports, wish.id, wish.judgement, &checker)?;
    let title = match about {
        Some(about) => approvals::judged_words(about, wish.judgement, &checker),
        None => Message::new(judged.subject.as_str(), judged.subject.as_str()),
    };
    let note = approvals::next_words(judged.need, wish.judgement);
    Ok(told(title, note, false))
}

/// A second person decides about several things, one after the other.
///
/// # Errors
/// When nobody says who decides, or the workspace fails; what was decided by then stands.
pub fn judge_each(
    ports: &Ports,
    wish: &JudgeEachWish,
    user: &str,
    reporter: &dyn Reporter,
) -> Result<BulkOutcome, Failure> {
    let checker = identify(ports, wish.identity.as_ref(), Role::Approve, user)?;
    let by = approvals::SecondPerson {
        judgement: wish.judgement,
        checker: &checker,
    };
    approvals::judge_each(ports, &wish.ids, by, reporter)
}

/// Signs a day off.
///
/// # Errors
/// When something stands in the way.
pub fn sign(ports: &Ports, wish: &SignOffWish, user: &str) -> Result<NoticeText, Failure> {
    let merchant = profile_of(ports, wish.profile)?;
    let signer = identify(ports, wish.identity.as_ref(), Role::Approve, user)?;
    let day = wish.day;
    sign_day(
        ports,
        MerchantRef::new(wish.profile, &merchant),
        day,
        &signer,
    )?;
    let name = &merchant.name;
    Ok(told(
        Message::new(
            format!("{name} {day} 已由 {signer} 签账"),
            format!("{name} {day} is signed off by {signer}"),
        ),
        Message::default(),
        false,
    ))
}

/// Asks a second person to open a signed day again.
fn unlock(ports: &Ports, wish: &UnlockWish, user: &str) -> Result<NoticeText, Failure> {
    let merchant = profile_of(ports, wish.profile)?;
    let maker = identify(ports, wish.identity.as_ref(), Role::Work, user)?;
    ask_unlock(ports, wish.profile, wish.day, &wish.reason, &maker)?;
    let (name, day) = (&merchant.name, wish.day);
    let title = Message::new(
        format!("{name} {day} 的解锁已提交，待另一人复核"),
        format!("Opening {name} {day} waits for a second person"),
    );
    Ok(NoticeText {
        next: crate::NextDeed::Approve,
        ..told(title, Message::default(), false)
    })
}
