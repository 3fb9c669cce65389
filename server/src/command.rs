//! The command line: what `tracetab` can be asked to do.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::keys::make;
use crate::postgres::{PrivatePostgres, child, cluster};
use crate::rules::Rules;
use crate::{allocator, bill, config, demo, import, logging};

/// Traces and their money: takes spans in, keeps them exactly, shows them.
#[derive(Debug, Parser)]
#[command(name = "tracetab", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    config: Config,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Runs the server (the default)
    Serve {
        #[command(flatten)]
        config: Box<Config>,
    },
    /// Sends invented traffic to a running server: two weeks of history, then live
    Demo {
        #[command(flatten)]
        args: demo::terminal::Args,
    },
    /// Sends files of spans to a running server, whichever program wrote them
    Import {
        #[command(flatten)]
        args: import::Args,
    },
    /// Sends a provider's bill to a running server, to be laid beside what spans cost
    Bill {
        #[command(flatten)]
        args: bill::Args,
    },
    /// Makes a key for keys.yaml and prints it, once
    Key {
        #[command(flatten)]
        args: make::Args,
    },
    /// Prints every setting: name, type, default, meaning
    Config,
    /// Reads the rules without starting anything, and says what is wrong with them
    CheckRules {
        /// The folder they are in; without it, the built-in rules
        #[arg(long, env = "TRACETAB_RULES", value_name = "FOLDER")]
        rules: Option<PathBuf>,
    },
    /// Runs a command with DATABASE_URL set to a private PostgreSQL, and stops that afterwards
    WithPostgres {
        /// Where the database lives; without it, a folder that is removed afterwards
        #[arg(long, env = "TRACETAB_DATA_DIR")]
        data_dir: Option<PathBuf>,
        /// The command and its arguments
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    #[command(name = child::SUBCOMMAND, hide = true)]
    PostgresChild {
        parent: i32,
        postgres: PathBuf,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

/// Does what was asked.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.what {
        None => serve(cli.config),
        Some(What::Serve { config }) => serve(*config),
        Some(What::Demo { args }) => {
            runtime()?.block_on(async { demo::terminal::run(args, crate::shutdown::requested()).await })?;
            Ok(ExitCode::SUCCESS)
        }
        Some(What::Import { args }) => {
            runtime()?.block_on(async { import::run(args, crate::shutdown::requested()).await })
        }
        Some(What::Bill { args }) => runtime()?.block_on(bill::run(args)),
        Some(What::Key { args }) => {
            print!("{}", make::words(&args, rand::random()));
            Ok(ExitCode::SUCCESS)
        }
        Some(What::Config) => {
            print!("{}", config::describe());
            Ok(ExitCode::SUCCESS)
        }
        Some(What::CheckRules { rules }) => check_rules(rules.as_deref()),
        Some(What::WithPostgres { data_dir, command }) => with_postgres(data_dir, &command),
        Some(What::PostgresChild { parent, postgres, args }) => {
            match child::become_postgres(parent, &postgres, &args)? {}
        }
    }
}

fn serve(mut config: Config) -> anyhow::Result<ExitCode> {
    allocator::settle();
    logging::start(&config)?;
    // Read again when it is built; a mistake in a file is told before a database is made for nothing.
    let rules = Rules::load(config.rules.as_deref())?;
    config.check_exposure(rules.keys.is_some())?;
    let private = match config.database_url {
        Some(_) => None,
        None => Some(start_postgres(config.data_dir.clone())?),
    };
    if let Some(private) = &private {
        config.database_url = Some(private.url().to_owned());
        config.private_folder = Some(private.folder().to_owned());
    }
    let result = runtime()?.block_on(async {
        let application = crate::build(config).await?;
        // Before anybody is told that it runs, and may stop it.
        let requested = crate::shutdown::requested();
        application.announce();
        let stopped = async {
            requested.await;
            say("stopping: no new connections, finishing what was accepted");
        };
        application.run_until_stopped(stopped).await
    });
    if let Some(private) = private {
        say("stopping the private PostgreSQL");
        private.stop();
    }
    result?;
    say("stopped");
    Ok(ExitCode::SUCCESS)
}

fn check_rules(folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let Rules { alerts, prices, budgets, keys, receivers } = Rules::load(folder)?;
    for rule in alerts {
        println!(
            "{}  {}: fires at {} within {} s: {}",
            rule.name, rule.severity, rule.threshold, rule.window_seconds, rule.query_text
        );
    }
    for (place, entry) in prices.entries().iter().enumerate() {
        println!("{}, entry {}: {entry}", prices.revision(), place + 1);
    }
    print!("{budgets}");
    match keys {
        Some(keys) => keys.iter().for_each(|key| println!("{key}")),
        None => println!("nobody is asked for a key"),
    }
    receivers.iter().for_each(|receiver| println!("{receiver}"));
    Ok(ExitCode::SUCCESS)
}

fn with_postgres(data_dir: Option<PathBuf>, command: &[OsString]) -> anyhow::Result<ExitCode> {
    let Some((program, args)) = command.split_first() else { bail!("expected a command after `--`") };
    let temporary =
        data_dir.is_none().then(|| std::env::temp_dir().join(format!("tracetab-db-{}", std::process::id())));
    let private = start_postgres(data_dir.or_else(|| temporary.clone()))?;
    let status = Command::new(program).args(args).env("DATABASE_URL", private.url()).status();
    private.stop();
    if let Some(folder) = temporary {
        std::fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    let status = status.with_context(|| format!("cannot run {}", program.to_string_lossy()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn start_postgres(data_dir: Option<PathBuf>) -> anyhow::Result<PrivatePostgres> {
    let folder = data_dir.map_or_else(cluster::default_folder, Ok)?;
    say(&format!("starting the private PostgreSQL in {}", folder.display()));
    PrivatePostgres::start(&folder, &say)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the async runtime")
}

/// Progress for whoever started us; the log goes to the same place, but may be filtered.
fn say(line: &str) {
    eprintln!("tracetab: {line}");
}
