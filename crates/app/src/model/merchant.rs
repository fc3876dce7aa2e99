//! Merchants, and the form that edits one: what was typed, and what is meant.

use recondesk_domain::{
    ApiVersion, FeeRate, MerchantProfile, ProfileId, ProfileProblem, SecretKind, SignType,
};

/// What is known of a stored secret without showing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretState {
    /// Which one.
    pub kind: SecretKind,
    /// Length in bytes, when one is stored.
    pub length: Option<usize>,
}

/// A merchant of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerchantRow {
    /// Its number in the workspace.
    pub id: ProfileId,
    /// Everything about it that is not secret.
    pub profile: MerchantProfile,
    /// Its secrets, without their values; empty when the vault is locked.
    pub secrets: Vec<SecretState>,
    /// True when the vault could not be asked.
    pub locked: bool,
}

impl MerchantRow {
    /// True when bills can be fetched for it, as far as is known; else it works with files alone.
    #[must_use]
    pub fn can_fetch(&self) -> bool {
        let key = match self.profile.api {
            ApiVersion::V2 => SecretKind::V2Key,
            ApiVersion::V3 => SecretKind::ClientKey,
        };
        let stored = |secret: &SecretState| secret.kind == key && secret.length.is_some();
        self.locked || self.secrets.iter().any(stored)
    }
}

/// The form as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileDraft {
    /// The merchant that is edited; `None` for a new one.
    pub id: Option<ProfileId>,
    /// Name.
    pub name: String,
    /// Merchant number.
    pub mch_id: String,
    /// App ids, separated by commas or blanks.
    pub appids: String,
    /// Sub-merchants, likewise.
    pub sub_mch_ids: String,
    /// Generation of the API.
    pub api: ApiVersion,
    /// How messages are signed.
    pub sign_type: SignType,
    /// Gateway address.
    pub gateway: String,
    /// Cut-off minutes.
    pub cut_off: String,
    /// Days that an unpaid order stays a candidate.
    pub lookback: String,
    /// Minutes within which goods must be delivered.
    pub fulfil: String,
    /// Contract rate in per cent, such as `0.60`; empty for none.
    pub rate: String,
    /// The shop's own address, for reissues.
    pub shop_url: String,
    /// The shop's address for notifications.
    pub notify_url: String,
    /// True when nothing may be moved for it from here.
    pub read_only: bool,
    /// What the form does not show, kept as it was.
    pub base: Option<Box<MerchantProfile>>,
}

/// Why the form cannot be saved, by field.
pub type DraftErrors = Vec<(&'static str, ProfileProblem)>;

impl ProfileDraft {
    /// An empty form with the defaults of the rules.
    #[must_use]
    pub fn new() -> Self {
        Self::from_profile(None, &MerchantProfile::new("", ""))
    }

    /// The form of a stored merchant.
    #[must_use]
    pub fn edit(row: &MerchantRow) -> Self {
        Self::from_profile(Some(row.id), &row.profile)
    }

    fn from_profile(id: Option<ProfileId>, profile: &MerchantProfile) -> Self {
        Self {
            id,
            name: profile.name.clone(),
            mch_id: profile.mch_id.clone(),
            appids: profile.appids.join(", "),
            sub_mch_ids: profile.sub_mch_ids.join(", "),
            api: profile.api,
            sign_type: profile.sign_type,
            gateway: profile.gateway.clone(),
            cut_off: profile.cut_off_minutes.to_string(),
            lookback: profile.lookback_days.to_string(),
            fulfil: profile.fulfil_minutes.to_string(),
            rate: profile
                .fee_rates
                .first()
                .map(|rate| rate_text(rate.rate))
                .unwrap_or_default(),
            shop_url: profile.shop_url.clone(),
            notify_url: profile.notify_url.clone(),
            read_only: profile.read_only,
            base: Some(Box::new(profile.clone())),
        }
    }

    /// What the form means.
    ///
    /// # Errors
    /// One reason a field that cannot be saved.
    pub fn parse(&self) -> Result<MerchantProfile, DraftErrors> {
        let mut errors = DraftErrors::new();
        let mut profile = self
            .base
            .as_deref()
            .cloned()
            .unwrap_or_else(|| MerchantProfile::new("", ""));
        self.name.trim().clone_into(&mut profile.name);
        self.mch_id.trim().clone_into(&mut profile.mch_id);
        profile.appids = words(&self.appids);
        profile.sub_mch_ids = words(&self.sub_mch_ids);
        profile.api = self.api;
        profile.sign_type = self.sign_type;
        self.gateway
            .trim()
            .trim_end_matches('/')
            .clone_into(&mut profile.gateway);
        self.shop_url.trim().clone_into(&mut profile.shop_url);
        self.notify_url.trim().clone_into(&mut profile.notify_url);
        profile.read_only = self.read_only;
        match self.cut_off.trim().parse() {
            Ok(minutes) => profile.cut_off_minutes = minutes,
            Err(_) => errors.push(("cut_off", ProfileProblem::CutOff)),
        }
        match self.lookback.trim().parse() {
            Ok(days) => profile.lookback_days = days,
            Err(_) => errors.push(("lookback", ProfileProblem::Lookback)),
        }
        match self.fulfil.trim().parse::<u32>() {
            Ok(minutes) if minutes <= 100_000 => profile.fulfil_minutes = minutes,
            _ => errors.push(("fulfil", ProfileProblem::Fulfil)),
        }
        match parse_rate(self.rate.trim()) {
            Ok(None) => profile.fee_rates.clear(),
            Ok(Some(rate)) => match profile.fee_rates.first_mut() {
                Some(first) => first.rate = rate,
                None => profile.fee_rates.push(FeeRate {
                    trade_type: String::new(),
                    rate,
                    from: String::new(),
                }),
            },
            Err(problem) => errors.push(("rate", problem)),
        }
        errors.extend(profile.problems());
        if errors.is_empty() {
            Ok(profile)
        } else {
            Err(errors)
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | ';' | '；' | '、'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `0.60` for 6000.
fn rate_text(rate: i32) -> String {
    let digits = format!("{}.{:04}", rate / 10_000, rate % 10_000);
    let trimmed = digits.trim_end_matches('0');
    match trimmed.rsplit_once('.') {
        Some((whole, part)) if part.len() < 2 => format!("{whole}.{part:0<2}"),
        _ => trimmed.to_owned(),
    }
}

/// Reads a rate in per cent with at most four decimals, below 100; empty text is no rate.
fn parse_rate(text: &str) -> Result<Option<i32>, ProfileProblem> {
    let text = text.trim_end_matches('%').trim_end();
    if text.is_empty() {
        return Ok(None);
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |t: &str, most: usize| {
        (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(whole, 2) || !digits(part, 4) {
        return Err(ProfileProblem::Rate);
    }
    let number = |t: &str| {
        t.parse::<i32>()
            .map_err(|_not_a_number| ProfileProblem::Rate)
    };
    Ok(Some(
        number(whole)? * 10_000 + number(&format!("{part:0<4}"))?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_back_as_the_profile_it_shows() {
        let mut profile = MerchantProfile::new("青禾商城", "1900000109");
        profile.appids = vec!["wx2b00000000007c10".into(), "wx2b00000000007c11".into()];
        profile.fee_rates = vec![FeeRate {
            trade_type: String::new(),
            rate: 6000,
            from: String::new(),
        }];
        let row = MerchantRow {
            id: ProfileId(1),
            profile: profile.clone(),
            secrets: Vec::new(),
            locked: false,
        };

        let draft = ProfileDraft::edit(&row);

        assert_eq!(draft.rate, "0.60");
        assert_eq!(draft.parse(), Ok(profile));
    }

    #[test]
    fn every_unreadable_field_is_named() {
        let draft = ProfileDraft {
            name: "a".into(),
            mch_id: "12".into(),
            gateway: "http://example.com".into(),
            cut_off: "x".into(),
            rate: "0.6.0".into(),
            ..ProfileDraft::new()
        };

        let fields: Vec<_> = draft.parse().unwrap_err().iter().map(|e| e.0).collect();

        assert_eq!(fields, ["cut_off", "rate", "mch_id", "gateway"]);
    }

    #[test]
    fn rates_have_at_most_four_decimals() {
        assert_eq!(parse_rate("0.6%"), Ok(Some(6000)));
        assert_eq!(parse_rate("0.38"), Ok(Some(3800)));
        assert_eq!(parse_rate("1"), Ok(Some(10_000)));
        assert_eq!(parse_rate(""), Ok(None));
        for bad in ["-1", "100", "0.60001", "a", ".", "1."] {
            assert_eq!(parse_rate(bad), Err(ProfileProblem::Rate), "{bad}");
        }
    }
}
