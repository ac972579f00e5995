//! From figures to tables, plots and the document that holds them. Nothing here measures.

mod document;
mod machine;
mod number;
mod plot;
mod section;
mod spread;
mod table;

pub use document::replace;
pub use machine::Machine;
pub use number::{grouped, runs};
pub use plot::{Line, draw};
pub use section::{Plot, Section};
pub use spread::Spread;
pub use table::Table;
