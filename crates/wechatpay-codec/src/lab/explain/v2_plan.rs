//! How a string to sign may have been built elsewhere: one plan is one way, with at most two deviations.

use serde_json::Value;

use super::edits::{Edit, camel};
use super::escapes::{
    html_escaped, json_ascii, script_address, script_encoded, unpercent, xml_escaped,
};
use super::v2_key::KeyText;
use super::v2_mutation::{
    FieldOrder, Joiner, KeyForm, KeyPlace, MissingFields, Mutation, ValueEncoding, WholeText,
};
use crate::Params;
use crate::v3::api::percent;

/// The message, its keys, and room to build strings without allocating anew.
pub(super) struct Builder<'a> {
    names: Vec<&'a str>,
    values: Vec<&'a str>,
    encoded: Vec<(ValueEncoding, Vec<Vec<u8>>)>,
    keys: &'a [&'a [u8]],
    order: Vec<usize>,
    shown: bool,
}

/// A string as built, and where the key was taken from.
pub(super) struct Built {
    pub(super) text: Vec<u8>,
    pub(super) key: Vec<u8>,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent deviation"
)]
struct SearchWay<'e> {
    keep_empty: bool,
    keep_sign: bool,
    order: FieldOrder,
    encoding: ValueEncoding,
    joiner: Joiner,
    place: KeyPlace,
    form: KeyForm,
    key: usize,
    newline: bool,
    repeated: Option<bool>,
    names_lower: bool,
    names_camel: Option<bool>,
    dropped: Option<MissingFields>,
    whole: Option<(WholeText, bool)>,
    edits: [Option<&'e Edit>; MOST_EDITS],
}

/// So many fields can be changed at once: the search leaves out up to this many.
pub(super) const MOST_EDITS: usize = 4;

impl<'a> Builder<'a> {
    pub(super) fn new(params: &'a Params, keys: &'a [&'a [u8]]) -> Self {
        let names: Vec<&str> = params.iter().map(|p| p.name.as_str()).collect();
        let values: Vec<&str> = params.iter().map(|p| p.value.as_str()).collect();
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by_key(|at| names.get(*at).copied());
        Self {
            names,
            values,
            encoded: Vec::new(),
            keys,
            order,
            shown: false,
        }
    }

    /// A builder for strings that are shown: the keys are placeholders, and their rewriting is told, not done.
    pub(super) fn shown(params: &'a Params, placeholders: &'a [&'a [u8]]) -> Self {
        Self {
            shown: true,
            ..Self::new(params, placeholders)
        }
    }

    /// How many fields the message has.
    pub(super) const fn count(&self) -> usize {
        self.names.len()
    }

    /// Builds the string of a way with these twists into `out`.
    pub(super) fn build(&mut self, twists: &[Mutation<'_>], out: &mut Built) {
        let way = way(twists);
        out.text.clear();
        self.write_key(&way, &mut out.key);
        let fields = self.fields(&way);
        let Built { text, key } = out;
        if way.place == KeyPlace::Front {
            text.extend_from_slice(b"key=");
            text.extend_from_slice(key);
            text.extend_from_slice(joint(way.joiner));
        }
        match way.joiner {
            Joiner::AmpersandFirst => text.push(b'&'),
            Joiner::QuestionFirst => text.push(b'?'),
            Joiner::Printed | Joiner::Json => text.push(b'{'),
            Joiner::Ampersand
            | Joiner::Nothing
            | Joiner::Escaped
            | Joiner::Comma
            | Joiner::Semicolon
            | Joiner::Bare
            | Joiner::ValuesOnly
            | Joiner::AmpersandEnd => {}
        }
        let mut key_pending = way.place == KeyPlace::Sorted;
        let mut first = true;
        for (name, value) in fields {
            let other = renamed(&way, name);
            let name = other.as_deref().unwrap_or(name);
            if key_pending && name.as_bytes() > b"key".as_slice() {
                key_pending = false;
                pair(text, &mut first, way.joiner, "key", key);
            }
            match value {
                FieldValue::Own(at) => {
                    let value = self.encoded(way.encoding, at);
                    pair(text, &mut first, way.joiner, name, value);
                }
                FieldValue::Edited(bytes) => {
                    let value = encode_bytes(bytes, way.encoding);
                    pair(text, &mut first, way.joiner, name, &value);
                }
            }
        }
        if key_pending {
            pair(text, &mut first, way.joiner, "key", key);
        }
        match way.joiner {
            Joiner::AmpersandEnd => text.push(b'&'),
            Joiner::Printed | Joiner::Json => text.push(b'}'),
            Joiner::Ampersand
            | Joiner::Nothing
            | Joiner::Escaped
            | Joiner::Comma
            | Joiner::Semicolon
            | Joiner::Bare
            | Joiner::ValuesOnly
            | Joiner::AmpersandFirst
            | Joiner::QuestionFirst => {}
        }
        if let Some((whole, false)) = way.whole {
            whole.rewrite(text);
        }
        append_key(text, way.place, way.joiner, key);
        match way.whole {
            // A digest over a placeholder would say nothing: what was hashed is shown.
            Some((WholeText::Digest(_), true)) if self.shown => {
                text.splice(0..0, *b"MD5(");
                text.push(b')');
            }
            Some((whole, true)) => whole.rewrite(text),
            Some((_, false)) | None => {}
        }
        if way.newline {
            text.push(b'\n');
        }
    }

    fn fields<'f>(&self, way: &SearchWay<'f>) -> Vec<(&'f str, FieldValue<'f>)>
    where
        'a: 'f,
    {
        let mut out: Vec<(&'f str, FieldValue<'f>)> = Vec::with_capacity(self.names.len() + 2);
        let mut changed_name = false;
        for at in 0..self.names.len() {
            let at = match way.order {
                FieldOrder::AsWritten => at,
                FieldOrder::Sorted | FieldOrder::Descending | FieldOrder::IgnoringCase => {
                    self.order.get(at).copied().unwrap_or(at)
                }
            };
            let (name, value) = self.field(at);
            let edit = way.edits.iter().flatten().find(|edit| edit.at == Some(at));
            if let Some(edit) = edit {
                changed_name |= edit.name != name;
                if let Some(bytes) = &edit.value {
                    out.push((edit.name.as_str(), FieldValue::Edited(bytes)));
                }
                continue;
            }
            if (value.is_empty() && !way.keep_empty) || (name == "sign" && !way.keep_sign) {
                continue;
            }
            if way.dropped.is_some_and(|dropped| dropped.has(name)) {
                continue;
            }
            if let Some(last) = way.repeated {
                let same = |at: &usize| self.names.get(*at) == Some(&name);
                let chosen = if last {
                    (0..self.names.len()).rev().find(same)
                } else {
                    (0..self.names.len()).find(same)
                };
                if chosen != Some(at) {
                    continue;
                }
            }
            out.push((name, FieldValue::Own(at)));
        }
        for edit in way.edits.iter().flatten() {
            if let (None, Some(bytes)) = (edit.at, &edit.value) {
                changed_name = true;
                out.push((edit.name.as_str(), FieldValue::Edited(bytes)));
            }
        }
        match way.order {
            FieldOrder::Sorted if way.names_lower => {
                out.sort_by_key(|(name, _)| name.to_ascii_lowercase());
            }
            FieldOrder::Sorted if way.names_camel.is_some() => {
                out.sort_by_key(|(name, _)| renamed(way, name));
            }
            FieldOrder::Sorted if changed_name => out.sort_by(|a, b| a.0.cmp(b.0)),
            FieldOrder::Sorted | FieldOrder::AsWritten => {}
            FieldOrder::Descending => out.sort_by(|a, b| b.0.cmp(a.0)),
            FieldOrder::IgnoringCase => {
                out.sort_by_key(|(name, _)| name.to_ascii_lowercase());
            }
        }
        out
    }

    fn field(&self, at: usize) -> (&'a str, &'a str) {
        (
            self.names.get(at).copied().unwrap_or_default(),
            self.values.get(at).copied().unwrap_or_default(),
        )
    }

    fn encoded(&mut self, encoding: ValueEncoding, at: usize) -> &[u8] {
        if encoding == ValueEncoding::Raw {
            return self.field(at).1.as_bytes();
        }
        let known = self
            .encoded
            .iter()
            .position(|(known, _)| *known == encoding);
        let index = if let Some(index) = known {
            index
        } else {
            let all = self.values.iter().map(|v| encode(v, encoding)).collect();
            self.encoded.push((encoding, all));
            self.encoded.len() - 1
        };
        self.encoded
            .get(index)
            .and_then(|(_, all)| all.get(at))
            .map_or(&[], Vec::as_slice)
    }

    fn write_key(&self, way: &SearchWay<'_>, out: &mut Vec<u8>) {
        out.clear();
        if let KeyForm::OfField(at) = way.form {
            out.extend_from_slice(self.field(at).1.as_bytes());
            return;
        }
        let key = KeyText {
            key: self.keys.get(way.key).copied().unwrap_or_default(),
            is_shown: self.shown,
        };
        key.write(way.form, out);
    }
}

#[derive(Clone, Copy)]
enum FieldValue<'f> {
    Own(usize),
    Edited(&'f [u8]),
}

fn way<'e>(twists: &[Mutation<'e>]) -> SearchWay<'e> {
    let mut way = SearchWay {
        keep_empty: false,
        keep_sign: false,
        order: FieldOrder::Sorted,
        encoding: ValueEncoding::Raw,
        joiner: Joiner::Ampersand,
        place: KeyPlace::End,
        form: KeyForm::AsIs,
        key: 0,
        newline: false,
        repeated: None,
        names_lower: false,
        names_camel: None,
        dropped: None,
        whole: None,
        edits: [None; MOST_EDITS],
    };
    for twist in twists {
        match *twist {
            Mutation::KeepEmpty => way.keep_empty = true,
            Mutation::KeepSign => way.keep_sign = true,
            Mutation::FieldOrder(order) => way.order = order,
            Mutation::ValueEncoding(encoding) => way.encoding = encoding,
            Mutation::Joiner(joiner) => way.joiner = joiner,
            Mutation::KeyPlace(place) => way.place = place,
            Mutation::KeyForm(form) => way.form = form,
            Mutation::OtherKey(key) => way.key = key,
            Mutation::NewlineEnd => way.newline = true,
            Mutation::FirstOfRepeated => way.repeated = Some(false),
            Mutation::LastOfRepeated => way.repeated = Some(true),
            Mutation::NamesLower => way.names_lower = true,
            Mutation::NamesCamel(joined) => way.names_camel = Some(joined),
            Mutation::Dropped(dropped) => way.dropped = Some(dropped),
            Mutation::Whole(whole, with_key) => way.whole = Some((whole, with_key)),
            Mutation::Edit(edit) => {
                if let Some(slot) = way.edits.iter_mut().find(|slot| slot.is_none()) {
                    *slot = Some(edit);
                }
            }
        }
    }
    way
}

/// The name that a field was signed under, where all names were rewritten.
fn renamed(way: &SearchWay<'_>, name: &str) -> Option<String> {
    if way.names_lower {
        return Some(name.to_ascii_lowercase());
    }
    way.names_camel.map(|joined| camel_name(name, joined))
}

/// `mch_id` as `mchId`; the joined names of apps as the pages write them.
fn camel_name(name: &str, joined: bool) -> String {
    match name {
        name if !joined => camel(name),
        "appid" => "appId".to_owned(),
        "mchid" => "mchId".to_owned(),
        "partnerid" => "partnerId".to_owned(),
        "prepayid" => "prepayId".to_owned(),
        "noncestr" => "nonceStr".to_owned(),
        "timestamp" => "timeStamp".to_owned(),
        "openid" => "openId".to_owned(),
        name => camel(name),
    }
}

fn joint(joiner: Joiner) -> &'static [u8] {
    match joiner {
        Joiner::Ampersand
        | Joiner::AmpersandEnd
        | Joiner::AmpersandFirst
        | Joiner::QuestionFirst => b"&",
        Joiner::Printed => b", ",
        Joiner::Nothing | Joiner::ValuesOnly | Joiner::Bare => b"",
        Joiner::Escaped => b"&amp;",
        Joiner::Comma | Joiner::Json => b",",
        Joiner::Semicolon => b";",
    }
}

fn pair(out: &mut Vec<u8>, first: &mut bool, joiner: Joiner, name: &str, value: &[u8]) {
    if !*first {
        out.extend_from_slice(joint(joiner));
    }
    *first = false;
    match joiner {
        Joiner::ValuesOnly => {}
        Joiner::Json => {
            let value = String::from_utf8_lossy(value);
            let (name, value) = (Value::from(name), Value::from(value.as_ref()));
            out.extend_from_slice(format!("{name}:{value}").as_bytes());
            return;
        }
        Joiner::Bare => out.extend_from_slice(name.as_bytes()),
        Joiner::Ampersand
        | Joiner::Nothing
        | Joiner::Escaped
        | Joiner::Comma
        | Joiner::Semicolon
        | Joiner::AmpersandEnd
        | Joiner::AmpersandFirst
        | Joiner::QuestionFirst
        | Joiner::Printed => {
            out.extend_from_slice(name.as_bytes());
            out.push(b'=');
        }
    }
    out.extend_from_slice(value);
}

fn append_key(out: &mut Vec<u8>, place: KeyPlace, joiner: Joiner, key: &[u8]) {
    let name: &[u8] = match place {
        KeyPlace::Missing | KeyPlace::Front | KeyPlace::Sorted => return,
        KeyPlace::Bare => b"",
        KeyPlace::BareAfterAmpersand => b"&",
        KeyPlace::NoAmpersand => b"key=",
        KeyPlace::NamedUpper => b"&KEY=",
        KeyPlace::NamedCapital => b"&Key=",
        KeyPlace::NamedSecret => b"&secret=",
        KeyPlace::NamedApiKey => b"&api_key=",
        KeyPlace::NamedAppKey => b"&appkey=",
        KeyPlace::NamedPaySignKey => b"&paySignKey=",
        KeyPlace::NamedAppSecret => b"&appsecret=",
        KeyPlace::NoEquals => b"&key",
        KeyPlace::End => {
            if joiner == Joiner::Bare {
                out.extend_from_slice(key);
                return;
            }
            if matches!(joiner, Joiner::Printed | Joiner::Json) {
                out.push(b'&');
            } else if !out.is_empty() {
                out.extend_from_slice(joint(joiner));
            }
            b"key="
        }
    };
    out.extend_from_slice(name);
    out.extend_from_slice(key);
}

fn encode(value: &str, encoding: ValueEncoding) -> Vec<u8> {
    match encoding {
        ValueEncoding::Raw => value.into(),
        ValueEncoding::Url => percent(value).into(),
        ValueEncoding::UrlLower => {
            let mut after = 0;
            percent(value)
                .bytes()
                .map(|byte| {
                    if byte == b'%' {
                        after = 2;
                        byte
                    } else if after > 0 {
                        after -= 1;
                        byte.to_ascii_lowercase()
                    } else {
                        byte
                    }
                })
                .collect()
        }
        ValueEncoding::Form => percent(value)
            .replace("%20", "+")
            .replace("%2A", "*")
            .replace('~', "%7E")
            .into(),
        ValueEncoding::Script => script_encoded(value).into(),
        ValueEncoding::ScriptAddress => script_address(value).into(),
        ValueEncoding::PythonForm => percent(value).replace("%20", "+").into(),
        ValueEncoding::PythonPath => percent(value).replace("%2F", "/").into(),
        ValueEncoding::Html(double, single) => html_escaped(value, double, single).into(),
        ValueEncoding::JsonAscii => json_ascii(value).into(),
        ValueEncoding::QuotesEscaped => value.replace('"', "\\\"").into(),
        ValueEncoding::Decoded => unpercent(value).unwrap_or_else(|| value.to_owned()).into(),
        ValueEncoding::Xml => xml_escaped(value).into(),
        ValueEncoding::Cdata => format!("<![CDATA[{value}]]>").into(),
        ValueEncoding::Gbk => encoding_rs::GBK.encode(value).0.into_owned(),
        ValueEncoding::TwiceUtf8 => value.bytes().map(char::from).collect::<String>().into(),
        ValueEncoding::Quoted => format!("\"{value}\"").into(),
        ValueEncoding::QuestionMarks => {
            let ascii = |c: char| if c.is_ascii() { c } else { '?' };
            value.chars().map(ascii).collect::<String>().into()
        }
        ValueEncoding::Trimmed => value.trim().into(),
    }
}

fn encode_bytes(value: &[u8], encoding: ValueEncoding) -> Vec<u8> {
    if encoding == ValueEncoding::Raw {
        return value.to_vec();
    }
    std::str::from_utf8(value).map_or_else(|_| value.to_vec(), |text| encode(text, encoding))
}
