//! The fleet: N services that differ in their name, image, port and variables, each with a resource
//! profile that differs on three platforms. It measures the compiler from one service to ten thousand.

pub mod peers;
pub mod typed;

use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// How the services are spread over files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    /// All in `main.plat`.
    OneFile,
    /// Ten per file, under `services/`.
    Split,
}

impl Layout {
    /// As the tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Layout::OneFile => "one file",
            Layout::Split => "ten per file",
        }
    }
}

const PROJECT: &str =
    "/// A fleet of services of one kind, to measure with.\nproject fleet { edition = 2026 }\n";

const BASE: &str = r#"/// What every service of the fleet runs on, and how much it may use there.
use std.platforms

platform amd64 extends platforms.linux-amd64 {}
platform arm64 extends platforms.linux-arm64 {}
platform armv7 extends platforms.linux-arm-v7 {}

environment prod { namespace = "fleet" }

resources standard {
  requests { cpu = 500m, memory = 1Gi }
  limits   { cpu = 1,    memory = 2Gi }

  when platform == arm64 {
    requests { cpu = 250m, memory = 512Mi }
    limits   { cpu = 500m, memory = 1Gi }
  }
  when platform == armv7 {
    requests { cpu = 125m, memory = 256Mi }
    limits   { cpu = 250m, memory = 512Mi }
  }
}
"#;

/// Writes the project of `number` services to `folder`; gives the size of the source in bytes.
pub fn write(number: usize, layout: Layout, folder: &Path) -> io::Result<usize> {
    let mut bytes = 0;
    let mut file = |name: &str, text: &str| -> io::Result<()> {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        bytes += text.len();
        std::fs::write(path, text)
    };
    file("project.plat", PROJECT)?;
    file("base.plat", BASE)?;
    match layout {
        Layout::OneFile => {
            let mut text = head("The whole fleet.", ".");
            (0..number).for_each(|i| service(i, &mut text));
            file("main.plat", &text)?;
        }
        Layout::Split => {
            let mut main = String::from("/// The whole fleet.\n");
            for part in 0..number.div_ceil(10) {
                let mut text = head("Ten services of the fleet.", "..");
                (part * 10..number.min(part * 10 + 10)).for_each(|i| service(i, &mut text));
                file(&format!("services/part-{part:04}.plat"), &text)?;
                let _ = writeln!(main, "use \"./services/part-{part:04}.plat\"");
            }
            file("main.plat", &main)?;
        }
    }
    Ok(bytes)
}

fn head(doc: &str, base: &str) -> String {
    format!("/// {doc}\nuse std.images\nuse \"{base}/base.plat\".{{standard}}\n")
}

fn service(i: usize, text: &mut String) {
    let (team, minor, patch) = (i % 17, i % 50, i % 7);
    let (port, shard, region) = (8000 + i % 1000, i % 16, i % 3 + 1);
    let _ = write!(
        text,
        r#"
image svc-{i:05} {{
  registry   = "registry.example.com/team-{team}"
  tag        = "1.{minor}.{patch}"
  user       = {{ name = "app", uid = 1000 }}
  ports      {{ http = {port} }}
  stages     {{ runtime {{ from = images.python-slim("3.13"), steps = [copy("svc-{i:05}", to = "/app")] }} }}
  entrypoint = ["python", "/app/main.py"]
}}

service svc-{i:05} {{
  image     = svc-{i:05}
  resources = standard
  ports     {{ http = {port} }}
  env {{
    FEATURE_SHARD = {shard}
    LOG_LEVEL     = "info"
    PORT          = {port}
    REGION        = "eu-west-{region}"
    SERVICE_NAME  = "svc-{i:05}"
  }}
  health {{
    live  = http("/healthz", port = self.ports.http)
    ready = http("/readyz", port = self.ports.http)
  }}
  scale {{ min = 3, max = 9, cpu = 70% }}
}}
"#
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn both_layouts_hold_all_services() {
        let scratch = Scratch::new("fleet");
        for layout in [Layout::OneFile, Layout::Split] {
            let folder = scratch.path().join(layout.name());
            write(25, layout, &folder).expect("written");
            let all: String = crate::tree::contents(&folder)
                .into_values()
                .map(|bytes| String::from_utf8(bytes).expect("UTF-8"))
                .collect();
            assert_eq!(all.matches("\nservice svc-").count(), 25);
            assert!(all.contains("SERVICE_NAME  = \"svc-00024\""));
        }
    }
}
