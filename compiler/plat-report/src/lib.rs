//! What a project asks of its machines, and what that costs. In: a [`Project`](plat_model::Project). Out: a [`Report`] of
//! plain numbers, exact until they are shown; and the same as a table, as JSON, as a page. Nothing is rounded but what is
//! shown of money, and nothing here reads a file, a clock or the network.

mod amounts;
mod build;
mod groups;
mod html;
mod json;
mod report;
mod show;
mod table;
mod total;

pub use amounts::{Amounts, Qos};
pub use build::report;
pub use html::page;
pub use json::{VERSION, json};
pub use report::{Cost, Environment, Group, Kind, Per, PriceNote, Report, Runs, Workload};
pub use table::{Style, table};
pub use total::{Limit, Range, Total};
