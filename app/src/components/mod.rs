//! What two pages or more use. A component takes plain data and fetches nothing itself.

pub mod broken_file;
pub mod budgets;
pub mod code;
pub mod copy;
pub mod fields;
pub mod figures;
pub mod icon;
pub mod markup;
pub mod owner;
pub mod pager;
pub mod places;
pub mod states;
pub mod time_range;
pub mod trace_table;
