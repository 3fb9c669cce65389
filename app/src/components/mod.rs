//! What two pages or more use. A component takes plain data or signals and fetches nothing itself,
//! except [`frame`], which shows the state of the server on every page.

pub mod copy;
pub mod figures;
pub mod frame;
pub mod icon;
pub mod live;
pub mod loaded;
pub mod page;
pub mod pager;
pub mod shortcuts;
pub mod states;
pub mod theme;
pub mod time_range;
pub mod trace_table;
