//! Names that are grouped and searched by, kept to a length that an index can hold.

use crate::raw::warn;

/// Bytes of a tenant, service, user, model, ...: a PostgreSQL index entry holds 2704, and one may have several of them.
const LABEL_BYTES_MAX: usize = 256;

/// Bytes of an operation name: long ones are statements or URLs, which the attributes have in full.
const NAME_BYTES_MAX: usize = 1024;

const ELLIPSIS: &str = "…";

/// The label, cut if it must be, which is then said.
pub fn fit(what: &str, label: &str, warnings: &mut Vec<String>) -> String {
    if label.len() <= LABEL_BYTES_MAX { label.to_owned() } else { cut(what, label, LABEL_BYTES_MAX, warnings) }
}

/// The operation name, likewise.
pub fn fit_name(name: String, warnings: &mut Vec<String>) -> String {
    if name.len() <= NAME_BYTES_MAX { name } else { cut("the name", &name, NAME_BYTES_MAX, warnings) }
}

fn cut(what: &str, label: &str, bytes_max: usize, warnings: &mut Vec<String>) -> String {
    warn(warnings, format!("{what} has {} bytes and was cut to {bytes_max}", label.len()));
    let end = label.floor_char_boundary(bytes_max - ELLIPSIS.len());
    format!("{}{ELLIPSIS}", &label[..end])
}
