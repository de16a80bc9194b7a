//! The emitted manifests, judged by the schemas of several Kubernetes versions and by kustomize, and
//! read as the person on call would read them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plat_tests::oracle::{self, Findings};
use plat_tests::platc::platc;
use plat_tests::scratch::Scratch;
use plat_tests::{examples, manifests, tree};
use serde_json::Value;

/// The oldest that is still run, two in between, and the newest that the schemas know.
const VERSIONS: [&str; 4] = ["1.29.0", "1.31.0", "1.34.0", "1.37.0"];

/// All files of an example's manifests, without the kustomizations.
fn objects(output: &Path) -> Vec<PathBuf> {
    tree::matching(&output.join("kubernetes"), |f| {
        f.extension().is_some_and(|e| e == "yaml") && f.file_name().is_some_and(|n| n != "kustomization.yaml")
    })
}

/// The folders that hold a kustomization: one per environment.
fn environments(output: &Path) -> Vec<PathBuf> {
    tree::matching(&output.join("kubernetes"), |f| f.file_name().is_some_and(|n| n == "kustomization.yaml"))
        .into_iter()
        .filter_map(|f| f.parent().map(Path::to_owned))
        .collect()
}

#[test]
fn the_schemas_of_every_version_accept_every_object() {
    let mut findings = Findings::default();
    for version in VERSIONS {
        for (name, output) in examples::compiled() {
            let files: Vec<String> =
                objects(output).iter().map(|f| f.to_string_lossy().into_owned()).collect();
            assert!(!files.is_empty(), "{name} has no manifests");
            let mut arguments = vec!["--strict", "-k", version];
            arguments.extend(files.iter().map(String::as_str));
            let ran = oracle::ask("kubernetes-validate", output, &arguments);
            if ran.status != 0 {
                findings.add(format!("{name}, Kubernetes {version}:\n{}{}", ran.stdout, ran.stderr));
            }
        }
    }
    findings.none("kubernetes-validate");
}

/// What a namespace admits, which the examples do not say.
#[test]
fn the_schemas_of_every_version_accept_quotas_and_limit_ranges() {
    let scratch = Scratch::new("kubernetes-quota");
    scratch.write(
        "main.plat",
        r#"use std.images
environment prod {
  namespace = "shop"
  quota { requests { cpu = 7500m, memory = 8Gi, ephemeral-storage = 20G }, limits { memory = 12Gi }, pods = 40 }
  limit-range {
    min { memory = 8Mi }
    max { cpu = 4, memory = 4Gi, ephemeral-storage = 2G }
    default-limits { memory = 128Mi }
    default-requests { cpu = 10m }
  }
}
service api {
  image = images.published("ghcr.io/shop/api", "1.4.0")
  security { user = 10001 }
  resources { requests { cpu = 500m, memory = 1Gi } }
}
"#,
    );
    platc(scratch.path(), ["compile", "-o", "out"]).expect(0);
    let mut findings = Findings::default();
    for version in VERSIONS {
        let files = ["out/kubernetes/prod/quota.yaml", "out/kubernetes/prod/limit-range.yaml"];
        let arguments = ["--strict", "-k", version].into_iter().chain(files);
        let ran = oracle::ask("kubernetes-validate", scratch.path(), &arguments.collect::<Vec<_>>());
        findings.check(scratch.path(), &ran);
    }
    findings.none("kubernetes-validate");
}

#[test]
fn kustomize_builds_every_environment_and_loses_nothing() {
    let mut findings = Findings::default();
    for (name, output) in examples::compiled() {
        let folders = environments(output);
        assert!(folders.len() >= 2, "{name} has two environments: {folders:?}");
        for folder in folders {
            let path = folder.to_string_lossy().into_owned();
            let ran = oracle::ask("kubectl", output, &["kustomize", &path]);
            if ran.status != 0 || !ran.stderr.trim().is_empty() {
                findings.add(format!("{path}:\n{}", ran.stderr));
                continue;
            }
            let built = manifests::identities(&manifests::parse(&ran.stdout));
            let files = tree::matching(&folder, |f| {
                f.extension().is_some_and(|e| e == "yaml")
                    && f.file_name().is_some_and(|n| n != "kustomization.yaml")
            });
            let written = manifests::identities(&manifests::read(&files));
            if built != written {
                findings.add(format!("{path}: kustomize builds {built:?}, the files hold {written:?}"));
            }
        }
    }
    findings.none("kubectl kustomize");
}

/// References that the schemas do not follow.
#[test]
fn every_reference_has_its_target() {
    let mut findings = Findings::default();
    for (_, output) in examples::compiled() {
        for folder in environments(output) {
            let all = manifests::read(&tree::matching(&folder, |f| {
                f.extension().is_some_and(|e| e == "yaml")
                    && f.file_name().is_some_and(|n| n != "kustomization.yaml")
            }));
            references(&folder, &all, &mut findings);
        }
    }
    findings.none("references");
}

fn references(folder: &Path, all: &[Value], findings: &mut Findings) {
    let named =
        |kind: &str, name: &Value| all.iter().any(|o| o["kind"] == kind && o["metadata"]["name"] == *name);
    let mut complain = |object: &Value, what: String| {
        let kind = object["kind"].as_str().unwrap_or_default();
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        findings.add(format!("{}: {kind} {name}: {what}", folder.display()));
    };
    for object in all {
        match object["kind"].as_str().unwrap_or_default() {
            "HorizontalPodAutoscaler" => {
                let target = &object["spec"]["scaleTargetRef"];
                if !named(target["kind"].as_str().unwrap_or_default(), &target["name"]) {
                    complain(object, format!("scales {target}, which is not there"));
                }
                let scaled = all
                    .iter()
                    .find(|o| o["kind"] == target["kind"] && o["metadata"]["name"] == target["name"]);
                if scaled.is_some_and(|s| s["spec"].get("replicas").is_some()) {
                    complain(
                        object,
                        "its target also says `replicas`, so each apply undoes the scaling".to_owned(),
                    );
                }
            }
            "Service" | "PodDisruptionBudget" => {
                let selector = match object["kind"].as_str() {
                    Some("Service") => &object["spec"]["selector"],
                    _ => &object["spec"]["selector"]["matchLabels"],
                };
                let pods = all
                    .iter()
                    .filter(|o| is_workload(o))
                    .filter(|o| contains(&o["spec"]["template"]["metadata"]["labels"], selector));
                if pods.count() == 0 || selector.as_object().is_none_or(|s| s.is_empty()) {
                    complain(object, format!("selects {selector}, which is nobody"));
                }
            }
            "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => workload(object, all, &mut complain),
            _ => {}
        }
    }
}

fn is_workload(object: &Value) -> bool {
    ["Deployment", "StatefulSet", "DaemonSet", "Job"].iter().any(|k| object["kind"] == *k)
}

fn contains(labels: &Value, wanted: &Value) -> bool {
    wanted.as_object().is_some_and(|w| w.iter().all(|(key, value)| labels[key] == *value))
}

fn workload(object: &Value, all: &[Value], complain: &mut impl FnMut(&Value, String)) {
    let spec = &object["spec"]["template"]["spec"];
    let labels = &object["spec"]["template"]["metadata"]["labels"];
    if object["kind"] != "Job" && !contains(labels, &object["spec"]["selector"]["matchLabels"]) {
        complain(object, "its selector does not select its own pods".to_owned());
    }
    if let Some(account) = spec.get("serviceAccountName") {
        let found = all.iter().any(|o| o["kind"] == "ServiceAccount" && o["metadata"]["name"] == *account);
        if !found {
            complain(object, format!("service account {account} is not there"));
        }
    }
    for container in spec["containers"].as_array().into_iter().flatten() {
        let ports: Vec<&Value> = container["ports"].as_array().into_iter().flatten().collect();
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            for action in ["httpGet", "tcpSocket", "grpc"] {
                let port = &container[probe][action]["port"];
                let known = ports.iter().any(|p| p["containerPort"] == *port || p["name"] == *port);
                if !port.is_null() && !known {
                    complain(object, format!("{probe} asks port {port}, which is not open"));
                }
            }
        }
        for variable in container["env"].as_array().into_iter().flatten() {
            let reference = &variable["valueFrom"]["configMapKeyRef"];
            let found = all.iter().any(|o| {
                o["kind"] == "ConfigMap"
                    && o["metadata"]["name"] == reference["name"]
                    && o["data"].get(reference["key"].as_str().unwrap_or_default()).is_some()
            });
            if !reference.is_null() && !found {
                complain(object, format!("{} reads {reference}, which is not there", variable["name"]));
            }
            if variable.get("value").is_some_and(|v| !v.is_string()) {
                complain(object, format!("{} is not a string", variable["name"]));
            }
        }
        let mounts = container["volumeMounts"].as_array().into_iter().flatten();
        for mount in mounts {
            let volumes = spec["volumes"].as_array().into_iter().flatten();
            let claims = object["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten();
            let known = volumes.map(|v| &v["name"]).chain(claims.map(|c| &c["metadata"]["name"]));
            if !known.into_iter().any(|n| *n == mount["name"]) {
                complain(object, format!("mounts {}, which is no volume", mount["name"]));
            }
        }
    }
}

/// Pod Security `restricted`, read from the objects as the admission controller reads them.
#[test]
fn every_pod_is_restricted() {
    let mut findings = Findings::default();
    for (name, output) in examples::compiled() {
        for object in manifests::read(&objects(output)).iter().filter(|o| is_workload(o)) {
            let spec = &object["spec"]["template"]["spec"];
            let mut complain = |what: &str| {
                findings.add(format!("{name}: {} {}: {what}", object["kind"], object["metadata"]["name"]));
            };
            let pod = &spec["securityContext"];
            if pod["seccompProfile"]["type"] != "RuntimeDefault" {
                complain("no seccomp profile");
            }
            for container in spec["containers"].as_array().into_iter().flatten() {
                let context = &container["securityContext"];
                if context["allowPrivilegeEscalation"] != false {
                    complain("may gain privileges");
                }
                if context["capabilities"]["drop"] != serde_json::json!(["ALL"]) {
                    complain("keeps capabilities");
                }
                if pod["runAsNonRoot"] != true && context["runAsNonRoot"] != true {
                    complain("may run as root");
                }
                let resources = &container["resources"];
                for path in [("requests", "cpu"), ("requests", "memory"), ("limits", "memory")] {
                    if resources[path.0][path.1].is_null() {
                        complain(&format!("no {} of {}", path.0, path.1));
                    }
                }
                if container["image"].as_str().is_none_or(|i| i.ends_with(":latest") || !i.contains(':')) {
                    complain("its image has no fixed tag");
                }
            }
        }
    }
    findings.none("restricted");
}

/// The figures of the first platform README, platform by platform.
#[test]
fn tradestream_splits_its_deployments_by_architecture() {
    let (_, output) = examples::compiled().iter().find(|(n, _)| n == "tradestream").expect("an example");
    let folder = output.join("kubernetes/prod");
    let all = manifests::read(&tree::matching(&folder, |f| {
        f.extension().is_some_and(|e| e == "yaml") && f.file_name().is_some_and(|n| n != "kustomization.yaml")
    }));
    let mut seen = BTreeMap::new();
    for object in all.iter().filter(|o| o["kind"] == "Deployment") {
        let spec = &object["spec"]["template"]["spec"];
        let container = &spec["containers"][0];
        if container["image"].as_str().is_some_and(|i| i.contains("candle-ingestor")) {
            let architecture = architecture(spec);
            let figure =
                |a: &str, b: &str| container["resources"][a][b].as_str().unwrap_or_default().to_owned();
            seen.insert(
                architecture,
                [
                    figure("requests", "cpu"),
                    figure("requests", "memory"),
                    figure("limits", "cpu"),
                    figure("limits", "memory"),
                ],
            );
        }
    }
    let figures = |a: [&str; 4]| a.map(str::to_owned);
    let wanted = BTreeMap::from([
        ("amd64".to_owned(), figures(["500m", "1Gi", "1", "2Gi"])),
        ("arm64".to_owned(), figures(["250m", "512Mi", "500m", "1Gi"])),
        ("arm".to_owned(), figures(["125m", "256Mi", "250m", "512Mi"])),
    ]);
    assert_eq!(seen, wanted);
}

/// The architecture that a pod's affinity or selector asks for.
fn architecture(spec: &Value) -> String {
    if let Some(selected) = spec["nodeSelector"]["kubernetes.io/arch"].as_str() {
        return selected.to_owned();
    }
    let terms = &spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
    let expressions = terms.as_array().into_iter().flatten();
    let all = expressions.flat_map(|t| t["matchExpressions"].as_array().into_iter().flatten());
    let mut values = all
        .filter(|e| e["key"] == "kubernetes.io/arch")
        .flat_map(|e| e["values"].as_array().into_iter().flatten())
        .filter_map(Value::as_str);
    values.next().unwrap_or_default().to_owned()
}
