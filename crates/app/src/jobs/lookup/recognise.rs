//! Numbers in any pasted text: what they may be, and what had to be cleaned to see them.
//!
//! Pure: looks at the text only. Whether a number exists, and at which merchant, is for the books to say.

use std::collections::HashSet;

use clean::{normalise, take_ruined};
use recondesk_domain::redact;
use recondesk_ports::NumberKind;

mod clean;
pub mod near;
mod unused;

pub use unused::UnusedLine;
use unused::is_formula;

/// More text than this is not looked at.
pub const MAX_TEXT_BYTES: usize = 4 << 20;
/// More numbers than this are not taken.
pub const MAX_NUMBERS: usize = 10_000;

/// What was cleaned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cleaning {
    /// Full-width letters and digits became plain ones.
    FullWidth,
    /// Invisible characters were dropped.
    Invisible,
    /// Blanks inside a number were dropped.
    Spaces,
    /// Line breaks inside a number were dropped.
    LineBreaks,
    /// Quotes and backticks around a number were dropped.
    Quotes,
}

/// A number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundNumber {
    /// The number, clean.
    pub number: String,
    /// What it may be, likeliest first.
    pub kinds: Vec<NumberKind>,
    /// True when the text around it says what it is.
    pub labelled: bool,
    /// True when its tail is zeros only, as spreadsheets leave long numbers.
    pub suspect: bool,
    /// What stood apart in the text and could be numbers of their own; empty for a number that stood whole.
    pub pieces: Vec<FoundNumber>,
}

/// What a text holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recognised {
    /// Numbers in order of appearance, each once.
    pub numbers: Vec<FoundNumber>,
    /// What was cleaned, each once.
    pub cleaned: Vec<Cleaning>,
    /// Numbers that a spreadsheet ruined beyond repair, such as `4.20E+27`.
    pub ruined: Vec<String>,
    /// Merchant numbers that the text names.
    pub merchants: Vec<String>,
    /// Lines of a list that hold no number of an order: none of them is asked about, so each is named.
    pub unused: Vec<UnusedLine>,
    /// True when there was more than is taken.
    pub cut: bool,
}

/// A run of signs that numbers are made of, and what stands before it.
#[derive(Debug, Clone, Default)]
struct Token {
    text: String,
    before: String,
    /// What it was put together from, when that is not certain.
    pieces: Vec<Token>,
}

impl Token {
    fn all_digits(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn has_digit(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }

    fn begins_with_letter(&self) -> bool {
        self.text
            .starts_with(|sign: char| sign.is_ascii_alphabetic())
    }

    /// True when nothing but white space stands between this token and the one before.
    fn follows(&self) -> bool {
        !self.before.is_empty() && self.before.chars().all(char::is_whitespace)
    }
}

/// Finds the numbers of a text. A number without any digit is one only when nothing else was pasted,
/// or when its label says so: elsewhere it cannot be told from a word.
#[must_use]
pub fn recognise(text: &str) -> Recognised {
    find(text, true)
}

fn find(text: &str, letters: bool) -> Recognised {
    let mut out = Recognised::default();
    let end = text.floor_char_boundary(MAX_TEXT_BYTES);
    out.cut = end < text.len();
    let text = text.get(..end).unwrap_or_default();
    // A key that was pasted along is no number, and is not to be shown or kept as one.
    let text = redact(text, &[]);
    let clean = normalise(&text, &mut out.cleaned);
    let clean = take_ruined(&clean, &mut out.ruined);
    let tokens = join(tokens(&clean, &mut out.cleaned), &mut out.cleaned);
    let alone = tokens.len() == 1;
    let letters = letters && alone;
    let mut seen = HashSet::new();
    let message = is_message(&clean);
    let mut field = None;
    for token in &tokens {
        if message && token.text != "CDATA" && is_field(&token.text) {
            field = Some(token.text.as_str());
            continue;
        }
        let named = field.take_if(|_| token.text != "CDATA");
        if out.numbers.len() >= MAX_NUMBERS {
            out.cut = true;
            break;
        }
        if !seen.insert(token.text.as_str()) {
            continue;
        }
        let judged = match named {
            Some(name) => judge_field(name, token),
            None => judge(token, alone),
        };
        match judged {
            TokenKind::Number(found) => out.numbers.push(found),
            TokenKind::Merchant => out.merchants.push(token.text.clone()),
            TokenKind::Nothing if letters && is_bare_word(token, &clean) => {
                out.numbers.push(number(token, labelled_as(token)));
            }
            TokenKind::Nothing => {}
        }
    }
    if out.numbers.is_empty() && tokens.len() < 4 {
        // Short numbers of small shops: taken when there is nothing better.
        let short = tokens
            .iter()
            .filter(|token| token.has_digit() && token.text.len() <= 64)
            .filter(|token| alone || !(is_sum(token) || is_date(&token.text)));
        let judged = short.map(|token| number(token, None));
        out.numbers.extend(judged);
    }
    out.cleaned.sort_unstable();
    out.cleaned.dedup();
    out
}

/// Finds the numbers of a list: a line never continues on the next, however short the numbers are.
/// Words without a digit are headings there.
#[must_use]
pub fn recognise_list(text: &str) -> Recognised {
    let mut out = Recognised::default();
    let mut seen = HashSet::new();
    for (at, line) in (1..).zip(text.lines()) {
        if is_formula(line) {
            out.unused.push(UnusedLine::new(at, line));
            continue;
        }
        let found = find(line, false);
        let is_heading = at == 1 && !line.chars().any(char::is_numeric);
        if found.numbers.is_empty()
            && found.ruined.is_empty()
            && !is_heading
            && !line.trim().is_empty()
        {
            out.unused.push(UnusedLine::new(at, line));
        }
        out.cut |= found.cut;
        out.cleaned.extend(found.cleaned);
        out.ruined.extend(found.ruined);
        out.merchants.extend(found.merchants);
        for number in found.numbers {
            if !seen.insert(number.number.clone()) {
                continue;
            }
            if out.numbers.len() >= MAX_NUMBERS {
                out.cut = true;
                break;
            }
            out.numbers.push(number);
        }
        if out.cut {
            break;
        }
    }
    out.cleaned.sort_unstable();
    out.cleaned.dedup();
    out
}

const fn is_number_sign(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '|' | '*' | '@')
}

fn is_quote(sign: char) -> bool {
    matches!(
        sign,
        '`' | '"' | '\'' | '“' | '”' | '‘' | '’' | '「' | '」' | '『' | '』' | '《' | '》'
    )
}

fn tokens(text: &str, cleaned: &mut Vec<Cleaning>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut before = String::new();
    let mut word = String::new();
    let mut quoted = false;
    for sign in text.chars().chain(std::iter::once('\n')) {
        if is_number_sign(sign) {
            word.push(sign);
            continue;
        }
        if !word.is_empty() {
            if quoted || is_quote(sign) {
                cleaned.push(Cleaning::Quotes);
            }
            out.push(Token {
                text: std::mem::take(&mut word),
                before: std::mem::take(&mut before),
                pieces: Vec::new(),
            });
        }
        quoted = is_quote(sign);
        before.push(sign);
    }
    out
}

/// Puts numbers together that blanks or line breaks took apart. Pieces of which two begin with a letter are numbers
/// of their own: a column of order numbers, not one that was cut.
fn join(mut tokens: Vec<Token>, cleaned: &mut Vec<Cleaning>) -> Vec<Token> {
    let heads = tokens.iter().filter(|token| token.begins_with_letter());
    let only_pieces = tokens.len() > 1
        && heads.count() < 2
        && tokens.iter().skip(1).all(Token::follows)
        && tokens
            .iter()
            .all(|token| token.text.len() < 10 && token.has_digit())
        && tokens.iter().map(|token| token.text.len()).sum::<usize>() <= 64;
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.as_mut_slice();
    while !rest.is_empty() {
        let count = if only_pieces {
            rest.len()
        } else {
            pieces_of_known_shape(rest)
        };
        let (pieces, tail) = rest.split_at_mut(count.clamp(1, rest.len()));
        let apart = if only_pieces {
            pieces.to_vec()
        } else {
            Vec::new()
        };
        out.extend(glue(pieces, cleaned).map(|whole| Token {
            pieces: apart,
            ..whole
        }));
        rest = tail;
    }
    out
}

/// How many tokens from the first on make one number of WeChat Pay; 1 when the first stands alone.
fn pieces_of_known_shape(tokens: &[Token]) -> usize {
    let mut digits = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if !token.all_digits() || (at > 0 && !token.follows()) || token.text.len() >= 28 {
            break;
        }
        digits.push_str(&token.text);
        if digits.len() > 32 {
            break;
        }
        if at > 0 && (is_transaction(&digits) || (digits.len() > 28 && is_refund(&digits))) {
            return at.saturating_add(1);
        }
    }
    1
}

/// One token out of its pieces.
fn glue(pieces: &mut [Token], cleaned: &mut Vec<Cleaning>) -> Option<Token> {
    let (first, rest) = pieces.split_first_mut()?;
    let mut whole = std::mem::take(first);
    for piece in rest {
        let broken = piece.before.contains(['\n', '\r']);
        cleaned.push(if broken {
            Cleaning::LineBreaks
        } else {
            Cleaning::Spaces
        });
        whole.text.push_str(&piece.text);
    }
    Some(whole)
}

/// 28 digits: `42…` since 2017, `40…` before, `10…` before that.
fn is_transaction(digits: &str) -> bool {
    digits.len() == 28
        && ["42", "40", "10"]
            .iter()
            .any(|head| digits.starts_with(head))
}

fn is_refund(digits: &str) -> bool {
    (28..=32).contains(&digits.len()) && digits.starts_with("50")
}

/// True for a message of the interfaces: there the names of fields say what the values are.
fn is_message(text: &str) -> bool {
    let fields = ["out_trade_no", "transaction_id", "return_code", "mch_id"];
    text.contains(['<', '{']) && fields.iter().any(|field| text.contains(field))
}

fn is_field(text: &str) -> bool {
    let letters = text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    // `refund_id_0` and its like are numbered.
    let numbered = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    letters || (text.contains('_') && FIELDS.iter().any(|(name, _)| *name == numbered))
}

/// The fields of the interfaces that hold numbers.
const FIELDS: [(&str, &[NumberKind]); 4] = [
    ("out_trade_no", &[K::OutTradeNo]),
    ("transaction_id", &[K::TransactionId]),
    ("out_refund_no", &[K::OutRefundNo]),
    ("refund_id", &[K::RefundId]),
];

/// The value of a field: what is no number of an order, such as an appid, a time or a sum, is passed over.
fn judge_field(name: &str, token: &Token) -> TokenKind {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    if matches!(name, "mch_id" | "mchid") {
        return TokenKind::Merchant;
    }
    match FIELDS.iter().find(|(field, _)| *field == name) {
        Some((_, kinds)) if token.text.len() <= 64 => TokenKind::Number(number(token, Some(kinds))),
        _ => TokenKind::Nothing,
    }
}

enum TokenKind {
    Number(FoundNumber),
    Merchant,
    Nothing,
}

fn judge(token: &Token, alone: bool) -> TokenKind {
    let text = &token.text;
    let label = label(&token.before);
    if !token.has_digit() || text.len() > 64 {
        return TokenKind::Nothing;
    }
    if label == Some(Label::Merchant) && token.all_digits() && (8..=10).contains(&text.len()) {
        return TokenKind::Merchant;
    }
    let labelled = matches!(label, Some(Label::Number(_)));
    if !alone && !labelled && (text.len() < 6 || is_date(text) || is_phone(text)) {
        return TokenKind::Nothing;
    }
    TokenKind::Number(number(token, labelled_as(token)))
}

/// True for letters that are all of the text, or all behind a label: what a person pastes alone is meant.
fn is_bare_word(token: &Token, clean: &str) -> bool {
    let rest = |c: char| c.is_whitespace() || is_quote(c);
    let text = token.text.as_str();
    let named = labelled_as(token).is_some() && clean.trim_end_matches(rest).ends_with(text);
    !token.has_digit()
        && text.len() <= 64
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && (named || clean.trim_matches(rest) == text)
}

fn labelled_as(token: &Token) -> Option<&'static [NumberKind]> {
    match label(&token.before) {
        Some(Label::Number(kinds)) => Some(kinds),
        _ => None,
    }
}

fn number(token: &Token, labelled: Option<&'static [NumberKind]>) -> FoundNumber {
    let text = &token.text;
    let shape = shape(text);
    let mut kinds: Vec<NumberKind> = labelled.unwrap_or_default().to_vec();
    for kind in shape {
        if !kinds.contains(kind) {
            kinds.push(*kind);
        }
    }
    let zeros = text.bytes().rev().take_while(|byte| *byte == b'0').count();
    FoundNumber {
        number: text.clone(),
        kinds,
        labelled: labelled.is_some(),
        suspect: token.all_digits() && text.len() > 16 && zeros >= text.len().saturating_sub(16),
        pieces: token.pieces.iter().map(|one| number(one, None)).collect(),
    }
}

use NumberKind as K;

/// What a number may be by its looks alone, likeliest first.
fn shape(text: &str) -> &'static [NumberKind] {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && is_transaction(text) {
        &[K::TransactionId, K::OutTradeNo, K::OutRefundNo, K::OrderNo]
    } else if digits && is_refund(text) {
        &[K::RefundId, K::OutRefundNo, K::OutTradeNo, K::OrderNo]
    } else if text.len() <= 32 {
        &[K::OutTradeNo, K::OrderNo, K::OutRefundNo, K::RefundId]
    } else {
        &[K::OutRefundNo, K::OrderNo]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Number(&'static [NumberKind]),
    Merchant,
}

/// What the words before a number call it. The longest word that fits decides.
fn label(before: &str) -> Option<Label> {
    const LABELS: &[(&str, Label)] = &[
        ("微信支付订单号", Label::Number(&[K::TransactionId])),
        ("微信订单号", Label::Number(&[K::TransactionId])),
        ("交易单号", Label::Number(&[K::TransactionId])),
        ("支付单号", Label::Number(&[K::TransactionId])),
        ("微信退款单号", Label::Number(&[K::RefundId])),
        ("商户退款单号", Label::Number(&[K::OutRefundNo])),
        ("退款单号", Label::Number(&[K::OutRefundNo, K::RefundId])),
        ("商户订单号", Label::Number(&[K::OutTradeNo])),
        ("商户单号", Label::Number(&[K::OutTradeNo])),
        ("订单编号", Label::Number(&[K::OrderNo, K::OutTradeNo])),
        ("订单号", Label::Number(&[K::OrderNo, K::OutTradeNo])),
        ("商户号", Label::Merchant),
    ];
    let tail: String = before
        .trim_end_matches(|c: char| c.is_whitespace() || ":：=是为「“\"'(（".contains(c))
        .to_owned();
    LABELS
        .iter()
        .find(|(word, _)| tail.ends_with(word))
        .map(|(_, label)| *label)
}

/// True for what stands behind a sign of money, or behind the point of such a sum.
fn is_sum(token: &Token) -> bool {
    let before = token.before.trim_end();
    token.all_digits() && (before.ends_with(['¥', '￥', '.']))
}

fn is_date(text: &str) -> bool {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let dashed = text.len() == 10 && text.contains('-');
    (dashed || text.len() == 8)
        && digits.len() == 8
        && chrono::NaiveDate::parse_from_str(&digits, "%Y%m%d")
            .is_ok_and(|date| (2010..2100).contains(&chrono::Datelike::year(&date)))
}

fn is_phone(text: &str) -> bool {
    text.len() == 11
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.starts_with('1')
        && !matches!(text.as_bytes().get(1), Some(b'0'..=b'2'))
}

#[cfg(test)]
mod tests;
