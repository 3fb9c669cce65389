//! The section on queries.

use std::fmt::Write;
use std::time::Duration;

use anyhow::Result;

use super::setting;
use crate::bench::queries::Question;

/// What was measured.
pub struct Queries {
    pub rows: Vec<(String, u64)>,
    pub questions: Vec<Question>,
    pub version: String,
}

/// The section as Markdown.
pub fn queries(figures: &Queries) -> Result<String> {
    let mut text = format!("\n{}\n\n", setting(&figures.version)?);
    let rows: Vec<_> = figures.rows.iter().map(|(table, count)| format!("{count} in `{table}`")).collect();
    writeln!(text, "Rows: {}.\n", rows.join(", "))?;
    writeln!(text, "| question | the API's whole answer, ms | PostgreSQL from spans, ms | times faster | bar | |")?;
    writeln!(text, "|---|---:|---:|---:|---:|---|")?;
    for question in &figures.questions {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let faster = ms(question.spans) / ms(question.totals);
        let verdict = if faster >= question.bar { "holds" } else { "**missed**" };
        writeln!(
            text,
            "| {} | {:.1} | {:.0} | {faster:.0} | ≥ {:.0} | {verdict} |",
            question.name,
            ms(question.totals),
            ms(question.spans),
            question.bar
        )?;
    }
    writeln!(text)?;
    Ok(text)
}
