//! `platc report`: its sums are those of the manifests, its page stands alone, and its table fits its terminal.

use std::collections::BTreeMap;
use std::path::Path;

use plat_tests::platc::{command, platc, run};
use plat_tests::scratch::Scratch;
use plat_tests::{examples, manifests, oracle, tree};
use serde_json::Value;

/// Everything that a report tells apart: shared and split pods, scaling, storage, daemons, jobs, missing limits, prices
/// that differ.
const SHOP: &str = r#"/// Shop & <sons>.
use std.images
use std.platforms

platform amd64 extends platforms.linux-amd64 {}
platform arm64 extends platforms.linux-arm64 {}
environment staging { namespace = "shop-staging" }
environment prod    { namespace = "shop" }

/// By the list of May.
prices cloud {
  currency            = "EUR"
  core-hour           = 0.04
  memory-gib-hour     = 0.005
  ephemeral-gib-month = 0.02
  storage-gib-month   = 0.1
  when platform == arm64 { core-hour = 0.03 }
}
prices cellar { currency = "CHF", core-hour = 0.01 }

image app { user = { name = "app", uid = 1000 }, stages { runtime { from = "scratch" } } }

abstract service program { image = app, command = ["app"] }

/// Equal everywhere.
service shared extends program {
  resources { requests { cpu = 250m, memory = 256Mi }, limits { memory = 512Mi } }
  replicas = unset
  scale { min = 2, max = 6, cpu = 70% }
}
/// Smaller on one platform.
service split extends program {
  resources {
    requests { cpu = 1, memory = 1Gi, ephemeral-storage = 2Gi }
    limits { cpu = 1, memory = 1Gi, ephemeral-storage = 2Gi }
    when platform == arm64 { requests { cpu = 500m }, limits { cpu = 500m } }
  }
  replicas = if env == prod then 3 else 1
}
service bare extends program { environments = [prod], platforms = [arm64] }
stateful store {
  image = app
  command = ["store"]
  replicas = 2
  storage { data = { size = 10Gi, mount = "/data" } }
  resources { requests { cpu = 1, memory = 2Gi } }
}
daemon watch { image = app, command = ["watch"], resources { requests { cpu = 50m, memory = 32Mi } } }
job migrate { image = app, command = ["migrate"], resources { requests { cpu = 100m, memory = 64Mi } } }
schedule tidy { image = app, command = ["tidy"], cron = "0 3 * * *", resources { requests { cpu = 100m, memory = 64Mi } } }
"#;

fn shop(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.write("main.plat", SHOP);
    scratch
}

fn report(folder: &Path, more: &[&str]) -> Value {
    let arguments = ["report", "--format", "json"].iter().chain(more);
    serde_json::from_str(&platc(folder, arguments).expect(0).stdout).expect("one object")
}

/// An amount as Kubernetes writes it, in thousandths: `250m`, `2`, `512Mi`.
fn thousandths(text: &Value) -> i128 {
    let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: i128 = digits.parse().expect("a whole number");
    let unit = match &text[digits.len()..] {
        "m" => return number,
        "" => 1,
        "k" => 1000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        "Ti" => 1 << 40,
        other => panic!("unit {other} of {text}"),
    };
    number * unit * 1000
}

/// What the Deployments and StatefulSets of an environment come to at least and at most, by what is added up.
fn sums(folder: &Path) -> BTreeMap<&'static str, (i128, i128)> {
    let objects = manifests::read(&tree::matching(folder, |f| f.extension().is_some_and(|e| e == "yaml")));
    let of = |kind: &str| objects.iter().filter(|o| o["kind"] == kind).cloned().collect::<Vec<Value>>();
    let mut sums: BTreeMap<&'static str, (i128, i128)> = BTreeMap::new();
    for object in of("Deployment").into_iter().chain(of("StatefulSet")) {
        let scaler = of("HorizontalPodAutoscaler").into_iter().find(|s| {
            let target = &s["spec"]["scaleTargetRef"];
            target["name"] == object["metadata"]["name"] && target["kind"] == object["kind"]
        });
        let count = |value: &Value| i128::from(value.as_i64().unwrap_or(1));
        let pods = match scaler {
            Some(scaler) => (count(&scaler["spec"]["minReplicas"]), count(&scaler["spec"]["maxReplicas"])),
            None => (count(&object["spec"]["replicas"]), count(&object["spec"]["replicas"])),
        };
        let mut add = |name: &'static str, amount: i128| {
            let sum = sums.entry(name).or_default();
            *sum = (sum.0 + amount * pods.0, sum.1 + amount * pods.1);
        };
        add("pods", 1);
        let resources = &object["spec"]["template"]["spec"]["containers"][0]["resources"];
        for (name, side, field) in [
            ("cpu", "requests", "cpu"),
            ("memory", "requests", "memory"),
            ("ephemeral", "requests", "ephemeral-storage"),
            ("cpu limit", "limits", "cpu"),
            ("memory limit", "limits", "memory"),
        ] {
            let amount = &resources[side][field];
            let unit = if field == "cpu" { 1 } else { 1000 };
            add(name, if amount.is_null() { 0 } else { thousandths(amount) / unit });
        }
        for claim in object["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten() {
            add("claims", thousandths(&claim["spec"]["resources"]["requests"]["storage"]) / 1000);
        }
    }
    sums
}

fn assert_sums_agree(report: &Value, kubernetes: &Path) {
    for environment in report["environments"].as_array().expect("environments") {
        let name = environment["name"].as_str().expect("a name");
        let sums = sums(&kubernetes.join(name));
        let running = &environment["running"];
        for (what, path) in [
            ("pods", "/pods"),
            ("cpu", "/requests/cpu_millicores"),
            ("memory", "/requests/memory_bytes"),
            ("ephemeral", "/requests/ephemeral_bytes"),
            ("cpu limit", "/limits/cpu_millicores"),
            ("memory limit", "/limits/memory_bytes"),
            ("claims", "/claims_bytes"),
        ] {
            let said = running.pointer(path).expect("a range");
            let said = (
                i128::from(said["min"].as_i64().expect("min")),
                i128::from(said["max"].as_i64().expect("max")),
            );
            let made = sums.get(what).copied().unwrap_or_default();
            assert_eq!(said, made, "{what} in {name}");
        }
    }
}

#[test]
fn a_claim_that_exists_counts_once() {
    let scratch = shop("report-claims");
    let mount = |name: &str| {
        format!(
            "service {name} {{ image = app, replicas = 2, volumes {{ media = claim(\"media\", mount = \"/media\", shared = true, size = 5Gi) }} }}\n"
        )
    };
    scratch.write("main.plat", format!("{SHOP}{}{}", mount("first"), mount("second")));
    let said = report(scratch.path(), &[]);
    let environment = &said["environments"][0];
    let group = |name: &str| {
        let all = environment["workloads"].as_array().expect("workloads");
        all.iter().find(|w| w["name"] == name).expect("it is there")["groups"][0].clone()
    };
    let size = 5_i64 << 30;
    assert_eq!(group("first")["existing_claims_bytes"], size);
    assert_eq!(group("first")["cost"]["max"], "0.500000", "not for each replica");
    assert_eq!(group("second")["existing_claims_bytes"], 0);
    let before = report(shop("report-claims-before").path(), &[]);
    let claims = |of: &Value| of["environments"][0]["running"]["claims_bytes"]["max"].as_i64();
    assert_eq!(claims(&said), claims(&before).map(|n| n + size));
}

#[test]
fn sums_are_those_of_the_manifests() {
    for (name, generated) in examples::compiled() {
        let said = report(&examples::folder(name), &[]);
        assert_sums_agree(&said, &generated.join("kubernetes"));
    }
    let scratch = shop("report-sums");
    platc(scratch.path(), ["compile", "-o", "out", "--target", "kubernetes"]).expect(0);
    assert_sums_agree(&report(scratch.path(), &[]), &scratch.path().join("out/kubernetes"));
}

#[test]
fn costs_are_exact() {
    let scratch = shop("report-costs");
    let said = report(scratch.path(), &[]);
    let prod = &said["environments"][1];
    assert_eq!(prod["name"], "prod");
    let cost = |workload: usize, group: usize| {
        let cost = &prod["workloads"][workload]["groups"][group]["cost"];
        let text = |key: &str| cost[key].as_str().expect("text").to_owned();
        (text("min"), text("max"), text("per"))
    };
    // 730 hours × (a quarter of a core + a quarter of a GiB × 0.005), on arm64 at least and on amd64 at most.
    let month = |text: &str, most: &str, per: &str| (text.to_owned(), most.to_owned(), per.to_owned());
    assert_eq!(cost(0, 0), month("12.775000", "49.275000", "month"));
    // 3 × (730 × (0.04 + 0.005) + 2 × 0.02), bound to amd64.
    assert_eq!(cost(1, 0), month("98.670000", "98.670000", "month"));
    assert_eq!(cost(1, 1), month("43.920000", "43.920000", "month"));
    assert_eq!(cost(2, 0), month("0.000000", "0.000000", "month"));
    // 2 × (730 × (0.03 + 0.01) + 1) and with 0.04.
    assert_eq!(cost(3, 0), month("60.400000", "75.000000", "month"));
    assert_eq!(cost(4, 0), month("1.209063", "1.574063", "node-month"));
    assert_eq!(cost(5, 0).2, "hour");
    let sum = &prod["running"]["cost"];
    assert_eq!((sum["min"].as_str(), sum["max"].as_str()), (Some("215.765000"), Some("266.865000")));
    let other = report(scratch.path(), &["--prices", "cellar", "--env", "prod", "--platform", "arm64"]);
    assert_eq!(other["prices"]["currency"], "CHF");
    assert_eq!(other["platforms"], serde_json::json!(["arm64"]));
    let near = platc(scratch.path(), ["report", "--prices", "clod"]).expect(2);
    assert!(near.stderr.contains("did you mean `cloud`?"), "{}", near.stderr);
}

#[test]
fn classes_and_what_runs_when_are_told() {
    let scratch = shop("report-classes");
    let said = report(scratch.path(), &["--env", "prod"]);
    let workloads = said["environments"][0]["workloads"].as_array().expect("workloads");
    let told: Vec<String> = workloads
        .iter()
        .map(|w| {
            let groups = w["groups"].as_array().expect("groups");
            let groups: Vec<String> =
                groups.iter().map(|g| format!("{} {}", g["runs"]["as"], g["qos"])).collect();
            format!("{} {}", w["name"], groups.join(", ")).replace('"', "")
        })
        .collect();
    assert_eq!(
        told,
        [
            "shared replicas Burstable",
            "split replicas Guaranteed, replicas Guaranteed",
            "bare replicas BestEffort",
            "store replicas Burstable",
            "watch each-node Burstable",
            "migrate once Burstable",
            "tidy schedule Burstable",
        ]
    );
}

#[test]
fn tables_fit_their_terminal() {
    let scratch = shop("report-width");
    for columns in [40, 60, 80, 100, 120] {
        let ran = run(command(scratch.path(), ["report"]).env("COLUMNS", columns.to_string())).expect(0);
        assert!(!ran.stdout.contains('\u{1b}'));
        for line in ran.stdout.lines() {
            assert!(line.chars().count() <= columns, "{columns}: {line}");
        }
        for name in ["shared", "split", "bare", "store", "watch", "migrate", "tidy"] {
            assert!(ran.stdout.contains(name), "{columns}: {name}");
        }
    }
    let coloured = platc(scratch.path(), ["report", "--color", "always"]).expect(0);
    assert!(coloured.stdout.contains('\u{1b}'));
}

/// Reads a page as a browser does, and prints what is wrong with it.
const READER: &str = r##"
import sys
from html.parser import HTMLParser
VOID = {"meta", "link", "br", "img", "hr", "input"}
class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.wrong, self.text = [], [], [], [], []
    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            if name == "href":
                self.links.append(value)
            if name in ("aria-labelledby", "data-table"):
                self.links.append("#" + value)
            if name in ("src", "srcset", "action") or name.startswith("on"):
                self.wrong.append(f"{tag} has {name}")
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")
    def handle_data(self, data):
        self.text.append(data)
page = open(sys.argv[1], encoding="utf-8").read()
reader = Reader()
reader.feed(page)
reader.close()
wrong = reader.wrong + [f"<{tag}> is not closed" for tag in reader.open]
wrong += [f"the id {i} is there twice" for i in set(reader.ids) if reader.ids.count(i) > 1]
wrong += [f"{link} leads nowhere" for link in reader.links if link[1:] not in reader.ids or link[0] != "#"]
wrong += [word for word in ("http:", "https:", "url(", "@import", "@font-face") if word in page]
print("\n".join(wrong), end="")
print("".join(reader.text), file=sys.stderr)
"##;

#[test]
fn the_page_stands_alone_and_says_what_the_table_says() {
    let scratch = shop("report-page");
    let reader = scratch.write("reader.py", READER);
    platc(scratch.path(), ["report", "--format", "html", "-o", "report.html"]).expect(0);
    let page = scratch.path().join("report.html");
    let ran = oracle::python(&reader, &[&page.to_string_lossy()]).expect(0);
    assert_eq!(ran.stdout, "", "what is wrong with the page");
    for said in [
        "Shop & <sons>.",
        "shared",
        "2–6 replicas",
        "one on each node",
        "0 3 * * *",
        "215.77–266.87",
        "BestEffort",
    ] {
        assert!(ran.stderr.contains(said), "{said} is not on the page:\n{}", ran.stderr);
    }
    for name in examples::names() {
        let ran = platc(&examples::folder(&name), ["report", "--format", "html"]).expect(0);
        let page = scratch.write(&format!("{name}.html"), &ran.stdout);
        assert_eq!(oracle::python(&reader, &[&page.to_string_lossy()]).expect(0).stdout, "", "{name}");
    }
}

#[test]
fn a_program_with_errors_has_no_report() {
    let scratch = Scratch::new("report-error");
    scratch.write("main.plat", "let a = 2g\n");
    let ran = platc(scratch.path(), ["report"]).expect(1);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("unknown-unit"), "{}", ran.stderr);
}
