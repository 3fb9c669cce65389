//! Background jobs: what keeps the books when no request does.
//!
//! Any number of servers may share a database: each job is run by the one that holds its advisory lock. A job that fails
//! says so once, waits longer each time, and never takes the server with it.
//! To add one: a module with `run(db, ..., now)`, a line in `all`. Only [`budgets`], [`forecasts`] and [`rulebook`] run on every
//! server: each answers from its own memory.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use app::context::{BooksInUse, PricesInUse};
use chrono::{DateTime, Utc};
use metrics::{counter, histogram};
use model::alert::query::Query;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::alert_rules::AlertBook;
use crate::budgets::BudgetBook;
use crate::config::Config;
use crate::rules::fetched::FetchedPrices;
use failures::Failures;
use pace::Pace;
use rulebook::in_force;

pub mod again;
pub mod alarms;
mod anomalies;
pub mod books;
pub mod budgets;
pub mod detect;
mod failures;
pub mod finaliser;
pub mod forecasts;
pub mod notify;
mod pace;
pub mod partitions;
pub mod prices;
pub mod refusals;
pub mod repricing;
pub mod roller;
pub mod rulebook;

/// How often a server that does not run a job tries to become the one that does: the longest gap after its death.
const ELECTION_INTERVAL: Duration = Duration::from_secs(5);
/// Longest one round of a job, in transactions at their longest: it is bounded to seconds of work, so past this it hangs, and
/// gives its connection up.
const ROUND_WRITES_MAX: u32 = 6;
/// How long a round may go on when the server is told to stop: the database may not answer at all.
const FINISH_MAX: Duration = Duration::from_secs(10);
/// How often rollups are brought up to date. Pages and rules add what waits, which is more after a longer time; after a shorter one
/// fewer transactions are merged into each total.
const ROLL_INTERVAL: Duration = Duration::from_secs(1);
/// How often quiet traces are looked for.
const FINALISE_INTERVAL: Duration = Duration::from_secs(2);
/// How often traces are looked for that are on nobody's list, which only another release leaves behind.
const SWEEP_INTERVAL: Duration = Duration::from_secs(3_600);
/// How often budgets and running traces are looked at for alarms: one is to be known within two seconds of its commit.
const ALARM_INTERVAL: Duration = Duration::from_millis(800);
/// How often it is looked whether there are leaves for the days ahead, and indexes by arrival are brought up to date: what came
/// since is read by everyone who asks for the last minutes. A clock that was set right by a month is followed before `/readyz`
/// has sent the senders elsewhere for long.
const PARTITION_INTERVAL: Duration = Duration::from_secs(10);
/// How often it is looked whether calls are to be priced again: one row is read, and whoever asked waits.
const REPRICING_INTERVAL: Duration = Duration::from_secs(2);
/// How often it is looked whether traces are to be settled again: one row is read, and whoever asked waits.
const AGAIN_INTERVAL: Duration = Duration::from_secs(2);
/// How often it is looked whether it is time to ask for newer prices.
const PRICES_INTERVAL: Duration = Duration::from_secs(1);
/// How often it is looked whether it is time to add the books up: counters are read.
const BOOKS_INTERVAL: Duration = Duration::from_secs(1);
/// How often it is looked whether another minute is over, to hold what was spent in it against what is expected.
const ANOMALIES_INTERVAL: Duration = Duration::from_secs(5);
/// How often it is looked whether anybody is to be told of an alert: two look-ups in tables that are empty most of the time.
const NOTIFY_INTERVAL: Duration = Duration::from_secs(1);
/// How often refused spans are pruned: what a flood of them adds meanwhile is bounded by what one connection can write.
const REFUSALS_INTERVAL: Duration = Duration::from_secs(60);

/// Whether there is more to do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The backlog is not empty.
    More,
    /// Nothing to do until the next time.
    Idle,
}

type Run = Pin<Box<dyn Future<Output = anyhow::Result<Progress>> + Send>>;

/// One job.
#[derive(Clone)]
struct Job {
    name: &'static str,
    every: Duration,
    /// The longest it waits after rounds that took long ([`pace`]), if it does.
    paced: Option<Arc<dyn Fn() -> Duration + Send + Sync>>,
    run: Arc<dyn Fn(DateTime<Utc>) -> Run + Send + Sync>,
}

/// What jobs are about.
pub struct Matter {
    /// What fires alerts.
    pub alert_rules: Arc<AlertBook>,
    /// What may be spent, and how it stands.
    pub budgets: Arc<BudgetBook>,
    /// The prices in use.
    pub prices: Arc<dyn PricesInUse>,
    /// What adds the books up.
    pub books: Arc<dyn BooksInUse>,
    /// Prices that are fetched, if any are.
    pub fetched: Option<Arc<FetchedPrices>>,
    /// Who hears of alerts.
    pub notify: Arc<notify::Notify>,
}

/// What jobs run with.
#[derive(Clone)]
struct Running {
    db: PgPool,
    now: fn() -> DateTime<Utc>,
    round_max: Duration,
    stopping: watch::Receiver<bool>,
}

impl Job {
    fn new<F>(name: &'static str, every: Duration, run: impl Fn(DateTime<Utc>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = anyhow::Result<Progress>> + Send + 'static,
    {
        Self { name, every, paced: None, run: Arc::new(move |now| Box::pin(run(now))) }
    }

    fn paced(self, pause_max: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self { paced: Some(Arc::new(pause_max)), ..self }
    }

    /// How long to wait after a round that took `took` and left nothing to do.
    fn pause(&self, pace: &mut Pace, took: Duration) -> Duration {
        self.paced.as_ref().map_or(self.every, |pause_max| self.every.max(pace.pause(took).min(pause_max())))
    }
}

/// The jobs that run until the server stops.
pub struct Jobs(JoinSet<()>);

impl Jobs {
    /// Starts every job.
    pub fn start(
        config: &Config,
        matter: Matter,
        db: &PgPool,
        now: fn() -> DateTime<Utc>,
        stopping: &watch::Receiver<bool>,
    ) -> Self {
        let mut tasks = JoinSet::new();
        let round_max = config.write_max() * ROUND_WRITES_MAX;
        let running = Running { db: db.clone(), now, round_max, stopping: stopping.clone() };
        for job in all(config, &matter, db) {
            tasks.spawn(run_elected(job, running.clone()));
        }
        let budgets = &matter.budgets;
        tasks.spawn(budgets::keep(running.clone(), budgets.follow(), budgets.board().clone()));
        tasks.spawn(forecasts::keep(running.clone(), budgets.board().clone()));
        rulebook::spawn(&mut tasks, &running, matter);
        Self(tasks)
    }

    /// Waits until each has finished what it was doing.
    pub async fn finish(mut self) {
        while self.0.join_next().await.is_some() {}
    }
}

fn all(config: &Config, matter: &Matter, db: &PgPool) -> Vec<Job> {
    let quiet = chrono::TimeDelta::seconds(i64::from(config.quiet_seconds));
    let pools = || db.clone();
    let rules = || matter.alert_rules.follow();
    let alarms = alarms::Alarms::new(matter.budgets.follow(), rules(), matter.budgets.board().reader());
    let (alarms, for_alarms) = (Arc::new(alarms), pools());
    let seen = Arc::new(detect::Seen::default());
    let auditor = Arc::new(books::Auditor::new(Arc::clone(&matter.books), config.balance_seconds));
    let anomalies = Arc::new(anomalies::Anomalies::default());
    let (for_books, for_again, for_anomalies) = (pools(), pools(), pools());
    let (prices, fetched, for_repricing, for_prices) =
        (Arc::clone(&matter.prices), matter.fetched.clone(), pools(), pools());
    let (for_roller, for_finaliser, for_sweep, for_detect, for_partitions, for_refusals) =
        (pools(), pools(), pools(), pools(), pools(), pools());
    let (for_spans, paced_by, for_spend) = (rules(), rules(), rules());
    let mut jobs = vec![
        Job::new("roller", ROLL_INTERVAL, move |_| roller::run(for_roller.clone())),
        Job::new("finaliser", FINALISE_INTERVAL, move |now| finaliser::run(for_finaliser.clone(), quiet, now)),
        Job::new("sweep", SWEEP_INTERVAL, move |now| finaliser::sweep(for_sweep.clone(), now)),
        Job::new("detect", Duration::from_secs(config.detect_seconds), move |now| {
            let rules = in_force(&for_spans.borrow(), detect::is_about_arrivals);
            detect::run(for_detect.clone(), rules.into(), Arc::clone(&seen), now)
        })
        .paced(move || {
            let rules = in_force(&paced_by.borrow(), detect::is_about_arrivals);
            pace::pause_max(rules.iter().map(|rule| rule.window_seconds).min())
        }),
        Job::new("alarms", ALARM_INTERVAL, move |now| alarms::run(for_alarms.clone(), Arc::clone(&alarms), now)),
        Job::new("anomalies", ANOMALIES_INTERVAL, move |now| {
            let rules = in_force(&for_spend.borrow(), |query| matches!(query, Query::OddSpend(_)));
            anomalies::run(for_anomalies.clone(), rules, Arc::clone(&anomalies), now)
        }),
        Job::new("again", AGAIN_INTERVAL, move |now| again::run(for_again.clone(), now)),
        Job::new("books", BOOKS_INTERVAL, move |now| books::run(for_books.clone(), Arc::clone(&auditor), now)),
        Job::new("partitions", PARTITION_INTERVAL, move |now| partitions::run(for_partitions.clone(), now)),
        Job::new("refusals", REFUSALS_INTERVAL, move |now| refusals::run(for_refusals.clone(), now)),
        Job::new("repricing", REPRICING_INTERVAL, move |now| {
            repricing::run(for_repricing.clone(), Arc::clone(&prices), now)
        }),
    ];
    let (notify, for_notify) = (Arc::clone(&matter.notify), pools());
    jobs.push(Job::new("notify", NOTIFY_INTERVAL, move |now| {
        notify::run(for_notify.clone(), Arc::clone(&notify), now)
    }));
    if let Some(fetched) = fetched {
        let run = move |now| prices::run(for_prices.clone(), Arc::clone(&fetched), now);
        jobs.push(Job::new("prices", PRICES_INTERVAL, run));
    }
    jobs
}

/// Tries to be elected, runs the job while elected, until the server stops.
async fn run_elected(job: Job, mut running: Running) {
    let mut failures = Failures::new(job.name);
    loop {
        let pause = match elect(&job, &running).await {
            Ok(Some(mut elected)) => run_while(&job, &mut elected, &mut running, &mut failures).await,
            Ok(None) => ELECTION_INTERVAL,
            Err(error) => failures.note(&error),
        };
        if stops_within(pause, &mut running.stopping).await {
            return;
        }
    }
}

async fn elect(job: &Job, running: &Running) -> anyhow::Result<Option<store::jobs::Elected>> {
    Ok(tokio::time::timeout(running.round_max, store::jobs::elect(&running.db, job.name)).await??)
}

/// Runs the job until the election is lost, the job fails or the server stops; tells how long to wait then.
async fn run_while(
    job: &Job,
    elected: &mut store::jobs::Elected,
    running: &mut Running,
    failures: &mut Failures,
) -> Duration {
    let mut pace = Pace::default();
    while elected.still().await {
        let begun = Instant::now();
        // On a task of its own: a panic is a failed run, not the end of the job.
        let mut round = tokio::spawn(tokio::time::timeout(running.round_max, (job.run)((running.now)())));
        let outcome = tokio::select! {
            outcome = &mut round => outcome,
            () = stopped_for(FINISH_MAX, &mut running.stopping) => {
                // As when the server dies: a round is made of transactions, and the next one goes on.
                round.abort();
                return Duration::ZERO;
            }
        };
        histogram!("tracetab_job_seconds", "job" => job.name).record(begun.elapsed().as_secs_f64());
        let pause = match outcome {
            Ok(Ok(Ok(progress))) => {
                failures.over();
                counter!("tracetab_job_runs_total", "job" => job.name, "outcome" => "done").increment(1);
                if progress == Progress::More { Duration::ZERO } else { job.pause(&mut pace, begun.elapsed()) }
            }
            Ok(Ok(Err(error))) => failures.note(&error),
            Ok(Err(late)) => failures.note(&late.into()),
            Err(panic) => failures.note(&panic.into()),
        };
        if stops_within(pause, &mut running.stopping).await {
            return Duration::ZERO;
        }
    }
    ELECTION_INTERVAL
}

/// Is over that long after the server was told to stop.
async fn stopped_for(grace: Duration, stopping: &mut watch::Receiver<bool>) {
    // An error means that whoever could tell us to stop is gone, which is the same.
    let _ = stopping.wait_for(|stop| *stop).await;
    tokio::time::sleep(grace).await;
}

async fn stops_within(pause: Duration, stopping: &mut watch::Receiver<bool>) -> bool {
    // An error means that whoever could tell us to stop is gone, which is the same.
    tokio::time::timeout(pause, stopping.wait_for(|stop| *stop)).await.is_ok()
}
