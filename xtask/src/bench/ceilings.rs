//! What PostgreSQL alone needs for the same spans: the ceilings that the way in is held against.
//!
//! Each is a binary COPY from a file on the server, committed every [`SPANS_PER_COMMIT`] spans: of the span's columns with its
//! attributes as jsonb into a table without an index, of the same into a table with the indexes of a leaf, and of the very
//! rows we write into such a leaf.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::corpus;
use super::database::{Cost, Database};
use super::session::Session;

/// As many as a busy writer commits at once.
pub const SPANS_PER_COMMIT: u64 = 5_000;

/// The three tables, and files for each.
pub struct Ceilings<'a> {
    database: &'a Database,
    folder: PathBuf,
}

/// What copying one round's spans cost.
#[derive(Default)]
pub struct Copied {
    /// Attributes as jsonb, no index.
    pub bare_jsonb: Cost,
    /// Attributes as jsonb, with the indexes of a leaf.
    pub indexed_jsonb: Cost,
    /// Our rows, with the indexes of a leaf.
    pub indexed_rows: Cost,
    /// Bytes of heap and indexes of the last two.
    pub jsonb_bytes: u64,
    pub rows_bytes: u64,
}

impl<'a> Ceilings<'a> {
    /// Makes the tables, like the leaf that holds the spans of a round that is stored already.
    pub fn prepare(database: &'a Database, round: u64) -> Result<Self> {
        let first = hex(&corpus::trace_id(round, 0));
        let leaf = database.text(&format!("select tableoid::regclass from span where trace_id = '{first}' limit 1"))?;
        ensure!(!leaf.is_empty(), "no span of trace {first} was stored");
        database.run([
            format!("create table bench_rows (like {leaf} including all)"),
            format!("create table bench_indexed (like {leaf} including all)"),
            "alter table bench_indexed drop column payload, drop column tokens, add column attributes jsonb".to_owned(),
            "create table bench_bare (like bench_indexed)".to_owned(),
            "create unlogged table bench_sent (part int4, trace_id uuid, span_id int8, attributes jsonb)".to_owned(),
        ])?;
        // A folder that the user PostgreSQL runs as may write to.
        let folder = PathBuf::from(database.text("show data_directory")?).join("bench");
        database.run([format!(
            "copy (select 1) to program 'cat > /dev/null && mkdir -p {0} && chmod 777 {0}'",
            folder.display()
        )])?;
        Ok(Self { database, folder })
    }

    /// Writes the files for the spans of a round that are stored already.
    pub fn write_files(&self, round: u64, spans: u64) -> Result<()> {
        let path = self.folder.join("sent");
        let mut file = BufWriter::new(File::create(&path).with_context(|| format!("cannot write {}", path.display()))?);
        for number in 0..spans {
            let span = corpus::span(round, number, 1 << 60);
            let span_id = i64::from_be_bytes(span.span_id);
            let part = number / SPANS_PER_COMMIT;
            writeln!(file, "{part}\t{}\t{span_id}\t{}", hex(&span.trace_id), span.json())?;
        }
        file.flush()?;
        let fixed = "s.start_time, s.home, s.received_at, s.trace_id, s.span_id, s.parent_span_id, s.duration_ns, s.cost_pico, \
                     s.tenant_id, s.service_id, s.operation_id, s.capability_id, s.model_id, s.user_id, s.environment_id, \
                     s.peer_id, s.tokens_in, s.tokens_out, s.start_sub_us, s.kind, s.status, s.category, s.data_tag, s.cost_source, \
                     s.claimed_pico, s.verdict, s.owner_from";
        let mut statements =
            vec!["truncate bench_sent".to_owned(), format!("copy bench_sent from '{}'", path.display())];
        for part in 0..parts(spans) {
            let of_part = format!(
                "from bench_sent b join span s using (trace_id, span_id) where b.part = {part} order by trace_id, span_id"
            );
            statements.push(format!(
                "copy (select {fixed}, b.attributes {of_part}) to '{}' (format binary)",
                self.file("jsonb", part)
            ));
            statements.push(format!("copy (select s.* {of_part}) to '{}' (format binary)", self.file("rows", part)));
        }
        self.database.run(statements)
    }

    /// Copies the files of one part into the tables.
    pub fn copy(&self, part: u64, session: &mut Session, copied: &mut Copied) -> Result<()> {
        let mut copy = |table: &str, files: &str| {
            let statement = format!("copy {table} from '{}' (format binary)", self.file(files, part));
            session.cost_of(|session| session.run(&statement)).map(|(_, cost)| cost)
        };
        copied.bare_jsonb += copy("bench_bare", "jsonb")?;
        copied.indexed_jsonb += copy("bench_indexed", "jsonb")?;
        copied.indexed_rows += copy("bench_rows", "rows")?;
        Ok(())
    }

    /// Tells how large the tables are, and empties them.
    pub fn clear(&self, copied: &mut Copied) -> Result<()> {
        let size = |table: &str| self.database.number(&format!("select pg_total_relation_size('{table}')"));
        (copied.jsonb_bytes, copied.rows_bytes) = (size("bench_indexed")?, size("bench_rows")?);
        self.database.run(["truncate bench_bare, bench_indexed, bench_rows"])
    }

    fn file(&self, name: &str, part: u64) -> String {
        self.folder.join(format!("{name}-{part}")).display().to_string()
    }
}

impl Drop for Ceilings<'_> {
    fn drop(&mut self) {
        // The database is thrown away with its folder after the run.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn parts(spans: u64) -> u64 {
    spans.div_ceil(SPANS_PER_COMMIT)
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
