//! The title of the document: how many alerts fire stands before the name of the page, where a tab behind others shows it.

use std::cell::Cell;

use leptos::prelude::*;

thread_local! {
    static FIRING: Cell<i64> = const { Cell::new(0) };
}

/// Another page is shown.
pub fn of_page(title: &str) {
    document().set_title(&counted(title, FIRING.get()));
}

/// So many alerts fire now.
pub fn firing(count: i64) {
    FIRING.set(count);
    let title = document().title();
    let counted = counted(&title, count);
    if counted != title {
        document().set_title(&counted);
    }
}

/// The title with the count before it, in place of one that is there.
fn counted(title: &str, firing: i64) -> String {
    let name = match title.strip_prefix('(').and_then(|rest| rest.split_once(") ")) {
        Some((count, name)) if count.parse::<i64>().is_ok() => name,
        _ => title,
    };
    if firing > 0 { format!("({firing}) {name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_stands_before_the_name_once_and_not_at_all_when_nothing_fires() {
        assert_eq!(counted("Costs · Tracetab", 3), "(3) Costs · Tracetab");
        assert_eq!(counted("(3) Costs · Tracetab", 12), "(12) Costs · Tracetab");
        assert_eq!(counted("(12) Costs · Tracetab", 0), "Costs · Tracetab");
        assert_eq!(counted("(beta) acme · Tracetab", 1), "(1) (beta) acme · Tracetab");
    }
}
