//! The target as a whole, read back by an independent reader.

mod build;

use super::emit;
use crate::{Artifact, Emission};
use build::*;
use plat_model::*;
use serde::Deserialize;
use serde_yaml::Value;
use std::sync::Arc;

fn emitted(project: &Project, options: &[(&str, &str)]) -> Emission {
    let emission = emit(project, &output(options));
    for a in &emission.artifacts {
        assert_eq!(a.origins.len(), a.text.lines().count(), "{}", a.path);
        assert!(a.text.lines().all(|l| l.len() <= 80 || !l.trim_start().contains(' ')), "{}", a.text);
        assert!(a.text.ends_with('\n') && !a.text.contains(" \n"), "{}", a.path);
    }
    emission
}

/// Emission without anything to say.
fn clean(project: &Project) -> Vec<Artifact> {
    let emission = emitted(project, &[]);
    assert_eq!(emission.diagnostics, [], "nothing to say");
    emission.artifacts
}

fn documents(artifacts: &[Artifact], path: &str) -> Vec<Value> {
    let artifact =
        artifacts.iter().find(|a| a.path == path).unwrap_or_else(|| panic!("{path} is not written"));
    serde_yaml::Deserializer::from_str(&artifact.text).map(|d| Value::deserialize(d).unwrap()).collect()
}

fn object<'v>(documents: &'v [Value], kind: &str, name: &str) -> &'v Value {
    let same = |d: &&Value| d["kind"] == kind && d["metadata"]["name"] == name;
    documents.iter().find(same).unwrap_or_else(|| panic!("no {kind} {name}"))
}

fn kinds(documents: &[Value]) -> Vec<String> {
    let show =
        |d: &Value| format!("{}/{}", d["kind"].as_str().unwrap(), d["metadata"]["name"].as_str().unwrap());
    documents.iter().map(show).collect()
}

fn codes(emission: &Emission) -> Vec<&str> {
    emission.diagnostics.iter().map(|d| d.code.as_str()).collect()
}

/// A project of one platform and environment with one workload.
fn single(name: &str, kind: WorkloadKind, spec: WorkloadSpec) -> Project {
    let spec = Arc::new(spec);
    Project {
        name: "demo".into(),
        platforms: vec![platform("amd64", "amd64", "")],
        environments: vec![environment("prod", Some("demo"))],
        images: vec![image("app", "ghcr.io/demo", "1.0.0", 10001, 1)],
        workloads: vec![workload(name, kind, (1, 1), |_, _| WorkloadSpec::clone(&spec))],
        ..Project::default()
    }
}

fn app(name: &str) -> WorkloadSpec {
    WorkloadSpec { ports: ports(&[("http", 8000)]), ..spec(name, ImageRef::Built(0)) }
}

#[test]
fn pods_that_differ_get_a_deployment_per_platform() {
    let artifacts = clean(&tradestream());
    let docs = documents(&artifacts, "prod/strategy-engine.yaml");
    let per_platform = |p: &str| {
        ["Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"]
            .map(|k| format!("{k}/strategy-engine-{p}"))
    };
    let mut expected =
        vec!["ServiceAccount/strategy-engine".to_owned(), "Service/strategy-engine".to_owned()];
    ["amd64", "arm64", "armv7"].iter().for_each(|p| expected.extend(per_platform(p)));
    assert_eq!(kinds(&docs), expected);
    let memory = [("amd64", "2Gi"), ("arm64", "1Gi"), ("armv7", "512Mi")];
    for (platform, limit) in memory {
        let name = format!("strategy-engine-{platform}");
        let d = object(&docs, "Deployment", &name);
        let template = &d["spec"]["template"];
        assert_eq!(template["spec"]["containers"][0]["resources"]["limits"]["memory"], limit);
        for (key, value) in d["spec"]["selector"]["matchLabels"].as_mapping().unwrap() {
            assert_eq!(&template["metadata"]["labels"][key], value, "the selector finds its pods");
        }
        assert_eq!(d["spec"]["selector"]["matchLabels"]["app.kubernetes.io/instance"], name.as_str());
        assert!(d["spec"].get("replicas").is_none(), "the autoscaler decides");
        let scaler = object(&docs, "HorizontalPodAutoscaler", &name);
        assert_eq!(scaler["spec"]["scaleTargetRef"]["name"], name.as_str());
        let pods = &object(&docs, "PodDisruptionBudget", &name)["spec"]["selector"];
        assert_eq!(pods, &d["spec"]["selector"]);
    }
    let service = object(&docs, "Service", "strategy-engine");
    assert_eq!(
        service["spec"]["selector"].as_mapping().unwrap().len(),
        1,
        "it finds the pods of all platforms"
    );
}

#[test]
fn affinity_names_the_architecture_and_what_its_processors_must_have() {
    let artifacts = clean(&tradestream());
    let docs = documents(&artifacts, "prod/candle-ingestor.yaml");
    let expressions = |name: &str| {
        let d = object(&docs, "Deployment", name);
        let affinity = &d["spec"]["template"]["spec"]["affinity"]["nodeAffinity"];
        let terms = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
            .as_sequence()
            .unwrap();
        assert_eq!(terms.len(), 1);
        let all = terms[0]["matchExpressions"].as_sequence().unwrap().iter();
        all.map(|e| (e["key"].as_str().unwrap().to_owned(), e["values"][0].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let amd64 = expressions("candle-ingestor-amd64");
    assert!(amd64.contains(&("kubernetes.io/arch".into(), "amd64".into())));
    assert!(amd64.contains(&("feature.node.kubernetes.io/cpu-cpuid.AVX2".into(), "true".into())));
    assert!(expressions("candle-ingestor-armv7").contains(&("kubernetes.io/arch".into(), "arm".into())));
    assert_eq!(expressions("candle-ingestor-arm64").len(), 2, "any node of the architecture will do");
}

#[test]
fn equal_pods_share_a_deployment_with_a_term_per_requirement() {
    let mut project = fastapi();
    project.platforms[0].cpu.node_labels = vec!["example.com/avx2".into()];
    let artifacts = clean(&project);
    let docs = documents(&artifacts, "prod/api.yaml");
    let d = object(&docs, "Deployment", "api");
    let terms = &d["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        ["nodeSelectorTerms"];
    assert_eq!(terms[0]["matchExpressions"][1]["values"][0], "amd64");
    assert_eq!(terms[0]["matchExpressions"][2]["key"], "example.com/avx2");
    assert_eq!(terms[1]["matchExpressions"][1]["values"][0], "arm64");
    assert_eq!(terms[1]["matchExpressions"].as_sequence().unwrap().len(), 2);
    let docs = documents(&clean(&fastapi()), "prod/api.yaml");
    let d = object(&docs, "Deployment", "api");
    let terms = &d["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        ["nodeSelectorTerms"];
    assert_eq!(terms.as_sequence().unwrap().len(), 1);
    assert_eq!(terms[0]["matchExpressions"][1]["values"].as_sequence().unwrap().len(), 2);
}

#[test]
fn an_environment_is_a_folder_that_its_kustomization_lists() {
    let artifacts = clean(&fastapi());
    let paths: Vec<&str> = artifacts.iter().map(|a| a.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "dev/namespace.yaml",
            "dev/config-api-config.yaml",
            "dev/api.yaml",
            "dev/db.yaml",
            "dev/redis.yaml",
            "dev/kustomization.yaml",
            // The namespace `default` is the cluster's.
            "prod/config-api-config.yaml",
            "prod/api.yaml",
            "prod/db.yaml",
            "prod/redis.yaml",
            "prod/kustomization.yaml",
        ]
    );
    let k = &documents(&artifacts, "dev/kustomization.yaml")[0];
    assert_eq!(k["namespace"], "dev");
    let listed: Vec<String> = k["resources"]
        .as_sequence()
        .unwrap()
        .iter()
        .map(|r| format!("dev/{}", r.as_str().unwrap()))
        .collect();
    assert_eq!(listed, paths[..5]);
    let text = &artifacts[5].text;
    assert!(text.contains("# - api-secrets: database-url\n# - db: password\n"), "{text}");
    let of_prod = &artifacts[10].text;
    assert!(of_prod.contains("# - api-tls: tls.crt, tls.key (the certificate of "), "{of_prod}");
    let namespace = &documents(&artifacts, "dev/namespace.yaml")[0];
    assert_eq!(namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "restricted");
}

#[test]
fn ports_and_references_agree() {
    let artifacts = clean(&fastapi());
    let docs = documents(&artifacts, "prod/api.yaml");
    let container = &object(&docs, "Deployment", "api")["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["ports"][0]["name"], "http");
    assert_eq!(container["ports"][0]["containerPort"], 8000);
    let port = &object(&docs, "Service", "api")["spec"]["ports"][0];
    assert_eq!((&port["port"], &port["targetPort"]), (&Value::from(80), &Value::from("http")));
    assert_eq!(container["livenessProbe"]["httpGet"]["port"], 8000);
    let env = container["env"].as_sequence().unwrap();
    assert_eq!(env[0]["valueFrom"]["secretKeyRef"]["name"], "api-secrets");
    assert_eq!(env[1]["valueFrom"]["configMapKeyRef"]["key"], "redis-url");
    assert_eq!(env[2]["value"], "false", "text, not a boolean");
    let config = &documents(&artifacts, "prod/config-api-config.yaml")[0];
    assert_eq!(config["data"]["redis-url"], "redis://redis:6379");
    let route = object(&docs, "Ingress", "api");
    assert_eq!(route["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["port"]["name"], "http");
    assert_eq!(route["spec"]["tls"][0]["hosts"][0], "api.example.com");
    let docs = documents(&artifacts, "dev/api.yaml");
    assert!(object(&docs, "Ingress", "api")["spec"].get("tls").is_none());
}

#[test]
fn a_named_gateway_gets_a_route() {
    let emission = emitted(&fastapi(), &[("gateway", "infra/public")]);
    let docs = documents(&emission.artifacts, "prod/api.yaml");
    let route = object(&docs, "HTTPRoute", "api");
    let parent = &route["spec"]["parentRefs"][0];
    assert_eq!((&parent["name"], &parent["namespace"]), (&Value::from("public"), &Value::from("infra")));
    assert_eq!(parent["sectionName"], "https");
    assert_eq!(route["spec"]["rules"][0]["backendRefs"][0]["port"], 80);
}

#[test]
fn pods_satisfy_the_restricted_standard() {
    for project in [tradestream(), fastapi()] {
        for artifact in clean(&project) {
            for doc in documents(std::slice::from_ref(&artifact), &artifact.path) {
                let pod = &doc["spec"]["template"]["spec"];
                if pod.is_null() {
                    continue;
                }
                assert_eq!(pod["automountServiceAccountToken"], false);
                assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
                assert!(pod["securityContext"]["runAsUser"].as_i64().unwrap() > 0);
                assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
                let security = &pod["containers"][0]["securityContext"];
                assert_eq!(security["allowPrivilegeEscalation"], false);
                assert_eq!(security["readOnlyRootFilesystem"], true);
                assert_eq!(security["capabilities"]["drop"][0], "ALL");
                let mounts = pod["containers"][0]["volumeMounts"].as_sequence().unwrap();
                let claims = doc["spec"]["volumeClaimTemplates"].as_sequence();
                let volumes = pod["volumes"].as_sequence().unwrap().iter().map(|v| &v["name"]);
                let known: Vec<&Value> =
                    volumes.chain(claims.into_iter().flatten().map(|c| &c["metadata"]["name"])).collect();
                mounts.iter().for_each(|m| assert!(known.contains(&&m["name"]), "{m:?}"));
            }
        }
    }
}

#[test]
fn a_database_keeps_its_data_in_a_directory_of_its_own() {
    let docs = documents(&clean(&fastapi()), "prod/db.yaml");
    let set = object(&docs, "StatefulSet", "db");
    assert_eq!(set["spec"]["serviceName"], "db-headless");
    assert_eq!(object(&docs, "Service", "db-headless")["spec"]["clusterIP"], "None");
    assert_eq!(set["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"], "10Gi");
    let pod = &set["spec"]["template"]["spec"];
    assert_eq!(pod["securityContext"]["fsGroup"], 70);
    let env = pod["containers"][0]["env"].as_sequence().unwrap();
    assert_eq!(env[2]["name"], "PGDATA");
    assert_eq!(env[2]["value"], "/var/lib/postgresql/data/pgdata");
    assert!(!kinds(&docs).iter().any(|k| k.starts_with("PodDisruptionBudget")), "one replica cannot be kept");
}

#[test]
fn what_an_image_writes_is_an_empty_folder() {
    let mut project = fastapi();
    let image = &mut project.images[0];
    for platform in 0..project.platforms.len() {
        let mut spec = (**image.spec.get(platform, 0).unwrap()).clone();
        spec.writes = vec![Sourced::new("/var/cache/api".to_owned(), None)];
        image.spec.set(platform, 0, Arc::new(spec));
    }
    let docs = documents(&clean(&project), "prod/api.yaml");
    let pod = &object(&docs, "Deployment", "api")["spec"]["template"]["spec"];
    let mounts = pod["containers"][0]["volumeMounts"].as_sequence().unwrap();
    let mount = mounts.iter().find(|m| m["mountPath"] == "/var/cache/api").unwrap();
    let volumes = pod["volumes"].as_sequence().unwrap();
    assert!(volumes.iter().any(|v| v["name"] == mount["name"] && !v["emptyDir"].is_null()));
}

#[test]
fn an_empty_folder_has_a_name_that_a_volume_may_have() {
    let mut project = fastapi();
    let image = &mut project.images[0];
    let writes = ["/home/app/.cache", "/var/lib/My_App", "/srv/cache"];
    for platform in 0..project.platforms.len() {
        let mut spec = (**image.spec.get(platform, 0).unwrap()).clone();
        spec.writes = writes.iter().map(|path| s((*path).to_owned())).collect();
        image.spec.set(platform, 0, Arc::new(spec));
    }
    let docs = documents(&clean(&project), "prod/api.yaml");
    let pod = &object(&docs, "Deployment", "api")["spec"]["template"]["spec"];
    let names: Vec<&str> =
        pod["volumes"].as_sequence().unwrap().iter().map(|v| v["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["tmp", "cache", "my-app", "cache-2"]);
}

#[test]
fn a_change_of_a_config_changes_the_pods_that_read_it() {
    let hash = |project: &Project, file: &str, kind: &str, name: &str| {
        let docs = documents(&clean(project), file);
        object(&docs, kind, name)["spec"]["template"]["metadata"]["annotations"]["checksum/config"].clone()
    };
    let before = fastapi();
    let mut after = fastapi();
    let entries = vec![ConfigEntry { key: "redis-url".into(), text: s("redis://other:6379".into()) }];
    let shared = Arc::new(entries);
    for p in 0..2 {
        (0..2).for_each(|e| after.configs[0].entries.set(p, e, Arc::clone(&shared)));
    }
    let (a, b) = (
        hash(&before, "prod/api.yaml", "Deployment", "api"),
        hash(&after, "prod/api.yaml", "Deployment", "api"),
    );
    assert!(a.is_string() && a != b);
    assert!(hash(&after, "prod/redis.yaml", "Deployment", "redis").is_null());
}

#[test]
fn an_envelope_has_the_largest_of_each_quantity() {
    let mut project = tradestream();
    let of = |p: usize| {
        let both = [("500m", "1Gi"), ("250m", "2Gi"), ("125m", "256Mi")][p];
        WorkloadSpec {
            resources: resources(both, both),
            across_platforms: AcrossPlatforms::Envelope,
            ..app("api")
        }
    };
    project.workloads = vec![workload("api", WorkloadKind::Service, (3, 2), |p, _| of(p))];
    let docs = documents(&clean(&project), "prod/api.yaml");
    let limits = &object(&docs, "Deployment", "api")["spec"]["template"]["spec"]["containers"][0]["resources"]
        ["limits"];
    assert_eq!((&limits["cpu"], &limits["memory"]), (&Value::from("500m"), &Value::from("2Gi")));
    let text = |p: usize| EnvVar { name: "HEAP".into(), value: at(EnvValue::Text(format!("{p}")), p + 1) };
    project.workloads = vec![workload("api", WorkloadKind::Service, (3, 2), |p, _| WorkloadSpec {
        env: vec![text(p)],
        ..of(p)
    })];
    let emission = emitted(&project, &[]);
    assert_eq!(codes(&emission), ["varies-where-fixed"], "told once for both environments");
    let d = &emission.diagnostics[0];
    assert!(d.message.contains("`env.HEAP` of api") && d.contexts.is_empty() && d.labels.len() == 2, "{d:?}");
}

#[test]
fn what_there_is_one_of_may_not_vary_by_platform() {
    let mut project = tradestream();
    let of = |p: usize| WorkloadSpec { ports: ports(&[("http", 8000 + p as i64)]), ..app("api") };
    project.workloads = vec![workload("api", WorkloadKind::Service, (3, 2), |p, _| of(p))];
    let emission = emitted(&project, &[]);
    assert_eq!(codes(&emission), ["varies-where-fixed"]);
    assert!(emission.diagnostics[0].message.contains("`ports`"));
}

#[test]
fn thresholds_do_not_split_pods() {
    let mut project = fastapi();
    let of = |p: usize| WorkloadSpec {
        thresholds: Some(Thresholds { cpu: Some(s(q(["80%", "70%"][p]))), memory: None, disk: None }),
        ..app("api")
    };
    project.workloads = vec![workload("api", WorkloadKind::Service, (2, 2), |p, _| of(p))];
    let docs = documents(&clean(&project), "prod/api.yaml");
    assert_eq!(kinds(&docs), ["ServiceAccount/api", "Service/api", "Deployment/api"]);
}

#[test]
fn jobs_run_once_and_end() {
    let mut project = tradestream();
    let of = |p: usize| WorkloadSpec {
        resources: resources(("100m", ["1Gi", "512Mi", "256Mi"][p]), ("1", "2Gi")),
        retries: Some(s(3)),
        keep: seconds(86400),
        schedule: Some(s("0 3 * * *".into())),
        time_zone: Some(s("Etc/UTC".into())),
        overlap: Some(s(Overlap::Forbid)),
        start_within: seconds(600),
        ports: Vec::new(),
        ..app("nightly")
    };
    project.workloads = vec![workload("nightly", WorkloadKind::Schedule, (3, 2), |p, _| of(p))];
    let docs = documents(&clean(&project), "prod/nightly.yaml");
    assert_eq!(kinds(&docs), ["ServiceAccount/nightly", "CronJob/nightly"]);
    let spec = &docs[1]["spec"];
    assert_eq!((&spec["schedule"], &spec["timeZone"]), (&Value::from("0 3 * * *"), &Value::from("Etc/UTC")));
    assert_eq!(
        (&spec["concurrencyPolicy"], &spec["startingDeadlineSeconds"]),
        (&Value::from("Forbid"), &Value::from(600))
    );
    let job = &spec["jobTemplate"]["spec"];
    assert_eq!(
        (&job["backoffLimit"], &job["ttlSecondsAfterFinished"]),
        (&Value::from(3), &Value::from(86400))
    );
    let pod = &job["template"]["spec"];
    assert_eq!(pod["restartPolicy"], "Never");
    assert_eq!(pod["containers"][0]["resources"]["requests"]["memory"], "1Gi");
}

#[test]
fn isolation_lets_in_those_that_need_it() {
    let mut project = fastapi();
    for workload in &mut project.workloads {
        let mut isolated = PerContext::new(2, 2);
        for (p, e, spec) in workload.spec.iter() {
            let network = Some(NetworkRule { isolate: true, outside: false });
            isolated.set(p, e, Arc::new(WorkloadSpec { network, ..WorkloadSpec::clone(spec) }));
        }
        workload.spec = isolated;
    }
    let artifacts = clean(&project);
    let docs = documents(&artifacts, "prod/db.yaml");
    let policy = object(&docs, "NetworkPolicy", "db");
    let ingress = &policy["spec"]["ingress"][0];
    assert_eq!(ingress["from"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/name"], "api");
    assert_eq!(ingress["ports"][0]["port"], "postgres");
    let docs = documents(&artifacts, "prod/api.yaml");
    let policy = object(&docs, "NetworkPolicy", "api");
    assert_eq!(policy["spec"]["ingress"][0]["ports"][0]["port"], "http", "requests from outside");
    let egress = policy["spec"]["egress"].as_sequence().unwrap();
    assert_eq!(egress.len(), 3, "name servers, db, redis");
    assert_eq!(egress[1]["to"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/name"], "db");
}

#[test]
fn what_the_api_server_refuses_is_refused_here() {
    let refused = |spec: WorkloadSpec| {
        let emission = emitted(&single("app", WorkloadKind::Service, spec), &[]);
        codes(&emission).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        refused(WorkloadSpec { ports: ports(&[("a-very-long-port-name", 80)]), ..app("app") }),
        ["kubernetes-name"]
    );
    assert_eq!(refused(WorkloadSpec { env: vec![text("1 A", "x")], ..app("app") }), ["kubernetes-name"]);
    assert_eq!(
        refused(WorkloadSpec { labels: vec![("team".into(), s("a b".into()))], ..app("app") }),
        ["kubernetes-name"]
    );
    let mut stuck = app("app");
    stuck.rollout.max_surge = Some(s("0%".into()));
    assert_eq!(refused(stuck), ["kubernetes-refuses"]);
    let mut root = app("app");
    root.security.user = Some(s(0));
    assert_eq!(refused(root), ["pod-security"]);
    let mut capable = app("app");
    capable.security.capabilities = vec![s("SYS_ADMIN".into())];
    assert_eq!(refused(capable), ["pod-security"]);
    assert_eq!(
        codes(&emitted(&single("My_App", WorkloadKind::Service, app("my-app")), &[])),
        ["kubernetes-name"]
    );
    assert_eq!(
        codes(&emitted(&single(&"a".repeat(53), WorkloadKind::Service, app("a")), &[])),
        ["kubernetes-name"]
    );
}

#[test]
fn what_is_lost_is_told() {
    let mut project = single("app", WorkloadKind::Service, app("app"));
    project.platforms[0].variant = "v3".into();
    let emission = emitted(&project, &[]);
    assert_eq!(codes(&emission), ["lossy"]);
    let short = Some(s(q("1500ms")));
    let spec = WorkloadSpec { grace: short, ..app("app") };
    let emission = emitted(&single("app", WorkloadKind::Service, spec), &[]);
    assert_eq!(codes(&emission), ["lossy"]);
    assert!(emission.diagnostics[0].message.contains("1500ms becomes 2s"));
    let emission =
        emitted(&single("app", WorkloadKind::Service, app("app")), &[("kubernetes-version", "1.29")]);
    assert_eq!(codes(&emission), ["lossy"]);
    assert!(!emission.artifacts[1].text.contains("sleep"));
}

#[test]
fn a_low_port_is_opened_to_the_user() {
    let spec = WorkloadSpec { ports: ports(&[("http", 80), ("https", 443)]), ..app("app") };
    let docs = documents(&clean(&single("app", WorkloadKind::Service, spec)), "prod/app.yaml");
    let sysctl =
        &object(&docs, "Deployment", "app")["spec"]["template"]["spec"]["securityContext"]["sysctls"][0];
    assert_eq!(sysctl["name"], "net.ipv4.ip_unprivileged_port_start");
    assert_eq!(sysctl["value"], "80", "text, as the API wants it");
}

#[test]
fn one_name_belongs_to_one_workload() {
    let mut project = single("app", WorkloadKind::Service, app("app"));
    project.workloads.push(workload("app", WorkloadKind::Job, (1, 1), |_, _| app("app")));
    assert_eq!(codes(&emitted(&project, &[])), ["kubernetes-name"]);
}

#[test]
fn a_registry_of_the_environment_replaces_the_images_own() {
    let mut project = fastapi();
    project.environments[1].registry = Some(s("registry.example.com/mirror/".into()));
    let artifacts = clean(&project);
    let image = |path: &str, kind: &str, name: &str| {
        let docs = documents(&artifacts, path);
        object(&docs, kind, name)["spec"]["template"]["spec"]["containers"][0]["image"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(image("prod/api.yaml", "Deployment", "api"), "registry.example.com/mirror/api:1.0.0");
    assert_eq!(image("dev/api.yaml", "Deployment", "api"), "ghcr.io/org/api:1.0.0");
    assert_eq!(image("prod/redis.yaml", "Deployment", "redis"), "redis:7-alpine");
}

#[test]
fn lines_know_where_they_come_from() {
    let limit = at(q("2Gi"), 7);
    let limits = Quota { cpu: None, memory: Some(limit), ephemeral_storage: None };
    let spec =
        WorkloadSpec { resources: Some(Resources { requests: Quota::default(), limits }), ..app("app") };
    let artifacts = clean(&single("app", WorkloadKind::Service, spec));
    let file = artifacts.iter().find(|a| a.path == "prod/app.yaml").unwrap();
    let line = file.text.lines().position(|l| l.trim() == "memory: 2Gi").unwrap();
    assert_eq!(file.origins[line], limit.origin);
    let kind = file.text.lines().position(|l| l == "kind: Deployment").unwrap();
    assert!(file.origins[kind].is_some_and(|o| o.start == 1), "the declaration");
}

#[test]
fn labels_that_only_describe_are_the_users_to_set() {
    let labels = vec![
        ("app.kubernetes.io/part-of".into(), s("shop".into())),
        ("app.kubernetes.io/version".into(), s("2026.11".into())),
    ];
    let project = single("app", WorkloadKind::Service, WorkloadSpec { labels, ..app("app") });
    let documents = documents(&clean(&project), "prod/app.yaml");
    let read = &object(&documents, "Deployment", "app")["metadata"]["labels"];
    assert_eq!(read["app.kubernetes.io/part-of"], "shop");
    assert_eq!(read["app.kubernetes.io/version"], "2026.11");
}
