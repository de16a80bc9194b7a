//! A workspace around the emitted Bazel package, and a Bazel that builds it without a network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::oracle;
use crate::platc::{Ran, run};
use crate::tree;

/// A workspace: the fixture's stand-in rules, the emitted package, and the targets that use it.
#[derive(Debug)]
pub struct Workspace {
    folder: PathBuf,
    outputs: PathBuf,
}

impl Workspace {
    /// The workspace for an example whose output is in `output`. It lies at the same place in every run,
    /// so that Bazel finds its caches again; tests that run at the same time have different purposes.
    pub fn new(example: &str, purpose: &str, output: &Path) -> Workspace {
        let base = crate::scratch::base().join("bazel");
        let folder = base.join(format!("{example}-{purpose}"));
        let _ = std::fs::remove_dir_all(&folder);
        let fixture = crate::root().join("tests/fixtures/bazel");
        for file in tree::files(&fixture) {
            // The uses of other examples do not concern this one.
            let foreign = file.components().next().is_some_and(|c| {
                let name = c.as_os_str().to_string_lossy();
                name.starts_with("example_") && name != format!("example_{example}")
            });
            if !foreign {
                let target = folder.join(&file);
                std::fs::create_dir_all(target.parent().expect("it lies below"))
                    .expect("folders can be made");
                std::fs::copy(fixture.join(&file), target).expect("readable");
            }
        }
        tree::copy(&output.join("bazel"), &folder);
        Workspace { folder, outputs: base.join("outputs") }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs Bazel. The server ends by itself soon after the tests.
    pub fn bazel(&self, command: &str, arguments: &[&str]) -> Ran {
        let mut bazel = oracle::command("bazel", &self.folder);
        bazel.arg(format!("--output_user_root={}", self.outputs.display()));
        bazel.args(["--max_idle_secs=20", "--nohome_rc", "--noworkspace_rc", command]);
        if command != "info" && command != "query" {
            bazel.args(["--symlink_prefix=/", "--spawn_strategy=local"]);
        }
        bazel.args(arguments);
        run(&mut bazel)
    }

    /// Builds `targets` on a platform and gives the JSON files of the targets, by `//package:name`.
    pub fn build(&self, platform: &str, targets: &[&str]) -> BTreeMap<String, Value> {
        let flag = format!("--platforms={platform}");
        let mut arguments = vec![flag.as_str()];
        arguments.extend(targets);
        self.bazel("build", &arguments).expect(0);
        let root = self.bazel("info", &["execution_root"]).expect(0).stdout;
        let root = Path::new(root.trim());
        // What a variant of a binary was made of is among the files that it needs to run.
        let files = "target.files.to_list() + (target.default_runfiles.files.to_list() if target.default_runfiles else [])";
        let print = format!(
            "'\\n'.join([str(target.label) + ' ' + f.path for f in {files} if f.extension == 'json'])"
        );
        let expression = format!("--starlark:expr={print}");
        // Only the targets themselves in the configuration of the command line: no host tools.
        let pattern = format!("set({})", targets.join(" "));
        let listed = self.bazel("cquery", &[&flag, "--output=starlark", &expression, &pattern]).expect(0);
        let mut found = BTreeMap::new();
        for line in listed.stdout.lines().filter(|l| !l.trim().is_empty()) {
            let (label, path) =
                line.split_once(' ').unwrap_or_else(|| panic!("`{line}` is no label and path"));
            let file = root.join(path);
            let bytes =
                std::fs::read(&file).unwrap_or_else(|e| panic!("cannot read {}: {e}", file.display()));
            let value: Value = serde_json::from_slice(&bytes)
                .unwrap_or_else(|e| panic!("{} is not JSON: {e}", file.display()));
            let label = label.trim_start_matches('@').to_owned();
            // A target that others reach by a transition is listed in their configurations too; asked for is
            // that of the command line.
            let asked =
                value["mode"] == "fastbuild" && platform.ends_with(&format!(":{}", text(&value["platform"])));
            if asked || !found.contains_key(&label) {
                found.insert(label, value);
            }
        }
        found
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
