use anstyle::{AnsiColor, Style};
use jobbers_client::Status;

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tint {
    #[default]
    Plain,
    Title,
    Faint,
    Good,
    Bad,
    Busy,
    Waiting,
}

impl Tint {
    pub(crate) const fn of(status: &Status) -> Self {
        match status {
            Status::Completed => Self::Good,
            Status::Failed | Status::Stalled | Status::Dropped => Self::Bad,
            Status::Started => Self::Busy,
            Status::Submitted | Status::Scheduled => Self::Waiting,
            Status::Cancelled => Self::Faint,
            Status::Other(_) => Self::Plain,
        }
    }

    pub(super) const fn style(self) -> Style {
        let style = Style::new();
        match self {
            Self::Plain => style,
            Self::Title => style.bold(),
            Self::Faint => style.dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
            Self::Busy => AnsiColor::Cyan.on_default(),
            Self::Waiting => AnsiColor::Yellow.on_default(),
        }
    }

    /// The text in this colour, if there are colours.
    pub(crate) fn paint(self, text: &str, colour: bool) -> String {
        if colour && self != Self::Plain {
            let style = self.style();
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}
