//! How long ten thousand services take. Run with `cargo test --release -p plat-eval -- --ignored --nocapture speed`.

#![allow(clippy::print_stderr)]

use crate::support::{AXES, with};
use plat_eval::Limits;

const KINDS: &str = r#"
type profile = { cpu: cores, memory: bytes, limit-cpu: cores, limit-memory: bytes }
fn profile-of() -> profile = match platform {
  amd64 => { cpu = 500m, memory = 1Gi, limit-cpu = 1, limit-memory = 2Gi },
  arm64 => { cpu = 250m, memory = 512Mi, limit-cpu = 500m, limit-memory = 1Gi },
  armv7 => { cpu = 125m, memory = 256Mi, limit-cpu = 250m, limit-memory = 512Mi },
}
let here = profile-of()
abstract service web {
  ports { http = 8000 }
  args = ["--port", "\(self.ports.http)"]
  health { live = http("/healthz", port = self.ports.http), ready = http("/readyz", port = self.ports.http) }
  env { REGION = "eu-west-1", PORT = self.ports.http, SERVICE_NAME = self.name }
  resources {
    requests { cpu = here.cpu, memory = here.memory }
    limits = { cpu = here.limit-cpu, memory = here.limit-memory }
  }
  replicas = 3
}

check enough for s in service { require s.replicas > 0  message "none" }
check fits for s in service {
  require s.resources.requests.memory <= s.resources.limits.memory
  message "no"
  label s.resources.limits.memory "here"
}
"#;

/// Time that this thread has had a processor, in milliseconds; the machine may be busy.
fn busy() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0) / 1_000_000
}

fn measure(what: &str, source: &str) {
    with(source, Limits::default(), |s| {
        let start = busy();
        let all = s.eval.all_instances().len();
        let made = busy();
        s.eval.force_all();
        let forced = busy();
        s.eval.run_checks();
        let checked = busy();
        assert_eq!(s.problems(), Vec::<String>::new());
        let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = memory.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("").to_owned();
        eprintln!(
            "{what}: {all} instances {} ms, forced {} ms, checked {} ms, {peak}",
            made - start,
            forced - made,
            checked - forced
        );
    });
}

#[test]
#[ignore = "measures; run it in release"]
fn speed_of_a_loop() {
    let source = format!(
        "{AXES}{KINDS}
for i in range(10000) {{
  image \"svc-\\(i)\" {{ registry = \"registry.example.com/team-\\(i mod 17)\", tag = \"1.\\(i mod 50).\\(i mod 7)\" }}
  service \"svc-\\(i)\" extends web {{
    image = image[\"svc-\\(i)\"]
    ports {{ http = 8000 + i mod 1000 }}
    env {{ FEATURE_SHARD = i mod 16 }}
  }}
}}"
    );
    measure("loop", &source);
}

#[test]
#[ignore = "measures; run it in release"]
fn speed_of_declarations() {
    let mut source = format!("{AXES}{KINDS}");
    for i in 0..10_000 {
        source.push_str(&format!(
            "image svc-{i} {{ registry = \"registry.example.com/team-{}\", tag = \"1.{}.{}\" }}
service svc-{i} extends web {{
  image = svc-{i}
  ports {{ http = {} }}
  env {{ FEATURE_SHARD = {} }}
}}\n",
            i % 17,
            i % 50,
            i % 7,
            8000 + i % 1000,
            i % 16
        ));
    }
    measure("written", &source);
}
