//! The real binary in a process of its own, with a private Postgres of its own: for tests that kill them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Longest a start may take: making a database and replaying a crashed one's log, on a busy machine.
const START_MAX: Duration = Duration::from_secs(60);

/// A data folder that is removed when the test ends, however it ends.
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// An empty folder named after the test.
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tracetab-test-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl DataFolder {
    /// A file in it.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server process on ports the system chose.
pub struct ServerProcess {
    child: Child,
    folder: PathBuf,
    /// Where its API is, `http://127.0.0.1:12345`.
    pub http: String,
    /// Where it takes OTLP over gRPC.
    pub grpc: String,
}

impl ServerProcess {
    /// Starts a server on the folder, as a user would, and waits until it takes requests.
    pub fn start(folder: &DataFolder) -> Self {
        Self::run(tracetab(folder), folder)
    }

    /// The same with these settings.
    pub fn start_with(folder: &DataFolder, settings: &[(&str, &str)]) -> Self {
        let mut command = tracetab(folder);
        command.envs(settings.iter().copied());
        Self::run(command, folder)
    }

    /// The same with the rules that are in the folder.
    pub fn start_with_rules(folder: &DataFolder) -> Self {
        Self::start_with(folder, &[("TRACETAB_RULES", folder.path().to_str().unwrap())])
    }

    /// Starts a server that may have so many files open.
    pub fn start_with_descriptors(folder: &DataFolder, descriptors: u32) -> Self {
        let program = tracetab(folder);
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {descriptors}; exec \"$0\"")]).arg(program.get_program());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Self::run(command, folder)
    }

    fn run(mut command: Command, folder: &DataFolder) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        // Reads to the end, so that the server never waits for somebody to read what it says.
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                eprintln!("{line}");
                for door in ["Dashboard and API", "OTLP over gRPC"] {
                    if let Some(url) = line.trim().strip_prefix(door) {
                        let _ = tell.send(url.trim().to_owned());
                    }
                }
            }
        });
        let [http, grpc] = [(); 2].map(|()| told.recv_timeout(START_MAX).expect("the server says where it is"));
        Self { child, folder: folder.0.clone(), http, grpc }
    }

    /// The value of a setting in its environment.
    pub fn setting(&self, name: &str) -> Option<String> {
        let environment = std::fs::read_to_string(format!("/proc/{}/environ", self.child.id())).unwrap();
        let value = environment.split('\0').find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.map(str::to_owned)
    }

    /// Bytes of memory it has now.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most it ever had.
    pub fn memory_peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Ends the server as a crash would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends its database as a crash would; the server stays.
    pub fn kill_postgres(&self) {
        kill_process(postmaster_of(&self.folder), Signal::KILL).unwrap();
    }

    /// Asks it to end, as Ctrl-C does, and waits.
    pub fn stop(mut self) -> std::process::ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, set up to use this folder and ports the system chooses.
pub fn tracetab(folder: &DataFolder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tracetab"));
    command
        .env_remove("DATABASE_URL")
        .env("TRACETAB_DATA_DIR", &folder.0)
        .env("TRACETAB_HTTP_ADDR", "127.0.0.1:0")
        .env("TRACETAB_OTLP_GRPC_ADDR", "127.0.0.1:0")
        .envs(["OTLP_HTTP", "ZIPKIN", "JAEGER"].map(|door| (format!("TRACETAB_{door}_ADDR"), "off")));
    command
}

fn postmaster_of(folder: &Path) -> Pid {
    let text = std::fs::read_to_string(folder.join("postgres/postmaster.pid")).unwrap();
    Pid::from_raw(text.lines().next().unwrap().trim().parse().unwrap()).unwrap()
}
