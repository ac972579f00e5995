/// What keeps the store right. Each can be taken out, and the search then finds what goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// An id that is known is not stored again.
    KnownOnSubmit,
    /// A claim gives a token that nobody has had.
    FreshTokenOnClaim,
    /// A claim gives a lease that ends.
    LeaseOnClaim,
    /// A turn that is sent again is answered from what it did.
    RememberedTurn,
    /// A copy of an older turn does nothing.
    LateTurn,
    /// A turn that is sent again brings only what is still this worker's.
    HeldOnRepeat,
    TokenOnFinish,
    StateOnFinish,
    /// An end that yields to a wish for cancellation does so.
    WishOnFinish,
    TokenOnRenew,
    StateOnRenew,
    /// A started task is only told of the wish, an ended one not even that.
    StateOnCancel,
    /// Only what is due is promoted.
    DueOnPromote,
    /// Nothing is listed as overdue until a lease has passed after the store was away.
    GraceOnOverdue,
    /// A lease that ended while the store was away does not count as lost.
    ExcuseOnOverdue,
    TokenOnReap,
    StateOnReap,
    LeaseOverOnReap,
    WishOnReap,
    /// A decision that is sent again is answered from how the attempt ended.
    RememberedEnd,
    TokenOnStall,
    StateOnStall,
    SilenceOnStall,
    WishOnStall,
    StateOnResubmit,
    /// A resubmission that is sent again does nothing.
    RequestOnResubmit,
    StateOnForget,
}

impl Guard {
    pub const ALL: [Self; 27] = [
        Self::KnownOnSubmit,
        Self::FreshTokenOnClaim,
        Self::LeaseOnClaim,
        Self::RememberedTurn,
        Self::LateTurn,
        Self::HeldOnRepeat,
        Self::TokenOnFinish,
        Self::StateOnFinish,
        Self::WishOnFinish,
        Self::TokenOnRenew,
        Self::StateOnRenew,
        Self::StateOnCancel,
        Self::DueOnPromote,
        Self::GraceOnOverdue,
        Self::ExcuseOnOverdue,
        Self::TokenOnReap,
        Self::StateOnReap,
        Self::LeaseOverOnReap,
        Self::WishOnReap,
        Self::RememberedEnd,
        Self::TokenOnStall,
        Self::StateOnStall,
        Self::SilenceOnStall,
        Self::WishOnStall,
        Self::StateOnResubmit,
        Self::RequestOnResubmit,
        Self::StateOnForget,
    ];
}
