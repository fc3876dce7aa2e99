//! How much a finding presses.

/// How much a finding presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Severity {
    /// Customer money at risk.
    Urgent = 0,
    /// Own money or books wrong.
    Fault = 1,
    /// Watch.
    Watch = 2,
    /// Information.
    Info = 3,
    /// Nothing to do.
    Ok = 4,
}

impl Severity {
    /// The stable word of exports and the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Fault => "fault",
            Self::Watch => "watch",
            Self::Info => "info",
            Self::Ok => "ok",
        }
    }

    /// True when a person must look at it.
    #[must_use]
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::Urgent | Self::Fault)
    }
}
