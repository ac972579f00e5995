use jobbers_core::model::Status;

use super::state::Token;

/// What the store says to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Stored,
    Exists,
    Cancelled,
    CancelRequested,
    HadEnded,
    WaitsAgain,
    DoesNotAllow,
    Forgotten,
    IsLive,
    /// To a new turn.
    Turn(TurnAnswer),
    /// To a turn that came before.
    TurnAgain(TurnAnswer),
    /// To a copy of an older turn.
    TooLate,
    Kept,
    KeptButAsked,
    Taken,
    Promoted,
    NotDue,
    Listed,
    NothingListed,
    Moved(Moved),
    /// Nobody asked.
    Silence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct TurnAnswer {
    pub finished: Option<Moved>,
    pub claimed: Option<Claimed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Claimed {
    pub task: usize,
    pub token: Token,
    pub failures: u8,
}

/// Of a started task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Moved {
    Applied(Status),
    Stale,
}

impl Answer {
    /// The kinds that every search is to meet.
    pub const WORDS: [&str; 22] = [
        "stored",
        "exists",
        "cancelled",
        "cancel requested",
        "had ended",
        "waits again",
        "does not allow",
        "forgotten",
        "is live",
        "new turn",
        "turn again",
        "too late",
        "kept",
        "kept but asked",
        "taken",
        "promoted",
        "not due",
        "listed",
        "nothing listed",
        "applied",
        "stale",
        "silence",
    ];

    pub const fn word(&self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Exists => "exists",
            Self::Cancelled => "cancelled",
            Self::CancelRequested => "cancel requested",
            Self::HadEnded => "had ended",
            Self::WaitsAgain => "waits again",
            Self::DoesNotAllow => "does not allow",
            Self::Forgotten => "forgotten",
            Self::IsLive => "is live",
            Self::Turn(_) => "new turn",
            Self::TurnAgain(_) => "turn again",
            Self::TooLate => "too late",
            Self::Kept => "kept",
            Self::KeptButAsked => "kept but asked",
            Self::Taken => "taken",
            Self::Promoted => "promoted",
            Self::NotDue => "not due",
            Self::Listed => "listed",
            Self::NothingListed => "nothing listed",
            Self::Moved(Moved::Applied(_)) => "applied",
            Self::Moved(Moved::Stale) => "stale",
            Self::Silence => "silence",
        }
    }
}
