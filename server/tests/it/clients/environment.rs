//! Where the clients are installed, and how they are run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Settings of the person who runs the tests that a client would obey: where to send, under which name, how to start.
const FOREIGN: [&str; 6] = ["OTEL_", "LANGFUSE_", "TRACELOOP_", "OPENAI_", "PYTHON", "NODE_OPTIONS"];

/// A client with all its packages, installed for exactly its lock file and kept under `target/` for the next test.
pub struct Environment {
    folder: PathBuf,
    program: PathBuf,
    options: &'static [&'static str],
    script: Option<PathBuf>,
}

impl Environment {
    /// A Python environment with the `requirements.txt` of this folder of `server/tests/clients`, and the `send.py` there.
    pub fn python(name: &str) -> Self {
        let list = sources(name).join("requirements.txt");
        let folder = installed(name, &list, |folder| {
            run(folder, "python3", &["-m", "venv", "."], "making a Python environment (apt install python3-venv)");
            // The list is complete: there is nothing to resolve.
            let pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--requirement"];
            let pip = [&pip, &[list.to_str().unwrap()][..]].concat();
            run(folder, folder.join("bin/python"), &pip, "installing Python packages from PyPI");
        });
        Self {
            program: folder.join("bin/python"),
            options: &["-"],
            script: Some(sources(name).join("send.py")),
            folder,
        }
    }

    /// The packages of the `package-lock.json` of this folder, and the `send.mjs` there.
    pub fn javascript(name: &str) -> Self {
        let lock = sources(name).join("package-lock.json");
        let folder = installed(name, &lock, |folder| {
            for file in ["package.json", "package-lock.json"] {
                fs::copy(sources(name).join(file), folder.join(file)).unwrap();
            }
            let ci = ["ci", "--no-audit", "--no-fund", "--loglevel", "error"];
            run(folder, "npm", &ci, "installing packages from npm");
        });
        // A file finds its packages beside itself, standard input beside the folder it is run in.
        let options = &["--input-type=module", "-"];
        Self { folder, program: "node".into(), options, script: Some(sources(name).join("send.mjs")) }
    }

    /// The program that the cargo package of this folder is.
    pub fn rust(name: &str) -> Self {
        let folder = installed(name, &sources(name).join("Cargo.lock"), |_| ());
        let build = ["build", "--quiet", "--locked", "--target-dir", folder.to_str().unwrap()];
        // Cargo itself lets one build wait for another.
        run(&sources(name), env!("CARGO"), &build, "building a client with packages from crates.io");
        let program = folder.join("debug").join(format!("tracetab-test-client-{name}"));
        Self { folder, program, options: &[], script: None }
    }

    /// The same packages with another script of their folder.
    pub fn with_script(self, file: &str) -> Self {
        let script = self.script.map(|script| script.with_file_name(file));
        Self { script, ..self }
    }

    /// The same packages with the script of another folder.
    pub fn with_script_of(self, name: &str) -> Self {
        let script = self.script.map(|script| sources(name).join(script.file_name().unwrap()));
        Self { script, ..self }
    }

    /// Lets the client send its trace; the trace's id. A client that complains has failed, even if it goes on.
    pub fn send(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let client = self.script.as_ref().unwrap_or(&self.program).display();
        assert!(output.status.success() && said.is_empty(), "{client} {arguments:?}: {}\n{said}", output.status);
        String::from_utf8(output.stdout).unwrap().lines().last().unwrap_or_default().to_owned()
    }

    /// What runs the script.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(self.options).args(arguments).current_dir(&self.folder);
        if let Some(script) = &self.script {
            command.stdin(Stdio::from(File::open(script).unwrap()));
        }
        for (name, _) in std::env::vars().filter(|(name, _)| FOREIGN.iter().any(|foreign| name.starts_with(foreign))) {
            command.env_remove(name);
        }
        // Nothing is to be sent through a proxy, and what a package says of its own age is of no interest here.
        command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1").env("PYTHONWARNINGS", "ignore");
        command
    }
}

fn sources(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

/// Where the client's packages are, put there by `install` unless that was done for exactly this lock file before. Tests
/// are processes of their own: the first one installs, those that want the same packages wait for it.
fn installed(name: &str, lock: &Path, install: impl FnOnce(&Path)) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("client-{name}"));
    let turn = File::create(folder.with_extension("lock")).unwrap();
    turn.lock().unwrap();
    let wanted = fs::read_to_string(lock).unwrap();
    let stamp = folder.join("installed");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(wanted.as_str()) {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        install(&folder);
        fs::write(&stamp, wanted).unwrap();
    }
    folder
}

fn run(folder: &Path, program: impl AsRef<Path>, arguments: &[&str], purpose: &str) {
    let program = program.as_ref();
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|error| panic!("{purpose}: cannot run {}: {error}", program.display()));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{purpose} failed ({}):\n{said}", output.status);
}
