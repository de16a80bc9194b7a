//! Words of other tools for what the standard library calls otherwise: Kubernetes, Compose, Dockerfiles, Terraform.
//! In: what was written, and where. Out: the line to write instead. Only helps are made of this: no meaning depends on
//! it, and it is asked only about fields of the standard library.

/// Where each workload's own words are looked up.
const WORKLOADS: &[&str] = &["service", "stateful", "daemon", "job", "schedule", "workload"];

/// What to write for a field of another tool, by the kind or record that it was written in.
pub(crate) fn foreign_field(owner: &str, written: &str) -> Option<&'static str> {
    let word = fold(written);
    match owner {
        "image" => image(&word),
        "resources" => resources(&word),
        "memory" => memory(&word),
        "exposure" => exposure(&word),
        "scaling" => scaling(&word),
        "probes" => probes(&word),
        _ if WORKLOADS.contains(&owner) => workload(&word),
        _ => None,
    }
}

/// Without hyphens and underscores, in small letters.
fn fold(written: &str) -> String {
    written.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

fn workload(word: &str) -> Option<&'static str> {
    Some(match word {
        "containerport" | "containerports" | "targetport" | "hostport" | "nodeport" => {
            "write `ports { http = 8080 }`: one number serves the container, the service and the probes"
        }
        "livenessprobe" | "healthcheck" | "liveness" => {
            "write `health { live = http(\"/healthz\", port = self.ports.http) }`"
        }
        "readinessprobe" | "readiness" => {
            "write `health { ready = http(\"/ready\", port = self.ports.http) }`"
        }
        "startupprobe" => "write `health { start = http(\"/healthz\", port = self.ports.http) }`",
        "environment" | "variables" | "vars" | "envvars" => "write `env { NAME = \"value\" }`",
        "envfrom" | "configmap" | "configmapref" => {
            "write `config = [NAME]`, or `env { X = config.NAME.key }`"
        }
        "secretref" | "secretkeyref" => "write `secrets = [NAME]`, or `env { X = credentials.NAME.key }`",
        "volumemounts" | "mounts" | "tmpfs" => "write `volumes { cache = scratch(\"/cache\") }`",
        "memorylimit" | "memlimit" | "maxmemory" => "write `resources { limits { memory = 512Mi } }`",
        "cpulimit" | "cpus" => "write `resources { limits { cpu = 500m } }`",
        "deploy" => "write `replicas = 3` and `resources { limits { memory = 512Mi } }`",
        "restart" | "restartpolicy" => {
            "leave it out: a `service` is always started again, a `job` as often as its `retries` say"
        }
        "dependson" | "links" => "write `needs = [OTHER]`",
        "spec" | "template" | "containers" => {
            "leave out the nesting: `image`, `ports` and `env` stand directly in the workload"
        }
        "metadata" => "the name stands after the kind; labels are `labels { team = \"web\" }`",
        "apiversion" => "leave it out: it follows from the kind",
        "serviceaccount" | "serviceaccountname" => {
            "write `account { name = \"NAME\" }`, or leave it out: each workload has one"
        }
        "nodeselector" | "affinity" | "tolerations" => {
            "say where it runs with `platforms = [arm64]`; labels and taints of nodes belong to `platform NAME { node { … } }`"
        }
        "securitycontext" | "privileged" => "write `security { … }`; its defaults are the strictest",
        "autoscaling" | "hpa" | "minreplicas" | "maxreplicas" => {
            "write `scale { min = 2, max = 6, cpu = 70% }`"
        }
        "strategy" | "updatestrategy" => "write `rollout { strategy = recreate }`",
        "ingress" | "host" | "hostname" | "domain" => {
            "write `expose { port = 80, to = self.ports.http, host = \"api.example.com\" }`"
        }
        "terminationgraceperiodseconds" | "stopgraceperiod" => "write `grace = 30s`",
        "count" | "instances" | "desiredcount" => "write `replicas = 3`",
        "cronexpression" => "write `cron = \"0 4 * * *\"`",
        "backofflimit" => "write `retries = 3`",
        "build" | "dockerfile" => "declare an `image` and name it here: `image = NAME`",
        "pullpolicy" | "imagepullpolicy" => "leave it out: it follows from the image's tag or digest",
        _ => return None,
    })
}

fn image(word: &str) -> Option<&'static str> {
    Some(match word {
        "from" | "base" | "baseimage" => "write `stages { runtime { from = images.python-slim(\"3.13\") } }`",
        "expose" | "port" => "write `ports { http = 8080 }`",
        "run" | "copy" | "add" | "steps" => {
            "write `stages { runtime { steps = [copy(\"app\", to = \"/app\"), run(\"make\")] } }`"
        }
        "healthcheck" => "write `health = http(\"/healthz\", port = self.ports.http)`",
        "environment" | "variables" => "write `env { NAME = \"value\" }`",
        "repository" => "write `registry = \"ghcr.io/org\"` and `name = \"api\"`",
        "version" => "write `tag = \"1.4.0\"`",
        "args" | "buildargs" => "write `stages { build { steps = [arg(\"NAME\", value = \"x\")] } }`",
        "arch" | "architectures" => "write `platforms = [amd64, arm64]`",
        _ => return None,
    })
}

fn resources(word: &str) -> Option<&'static str> {
    Some(match word {
        "memorylimit" | "memlimit" | "maxmemory" => "write `limits { memory = 512Mi }`",
        "cpulimit" | "cpus" => "write `limits { cpu = 500m }`",
        "memoryrequest" | "memrequest" | "reservations" => "write `requests { memory = 512Mi }`",
        "cpurequest" => "write `requests { cpu = 250m }`",
        _ => return None,
    })
}

fn memory(word: &str) -> Option<&'static str> {
    Some(match word {
        "xmx" | "maxheap" | "heapsize" | "maxheapsize" | "gomemlimit" | "maxoldspacesize" => {
            "write `heap = 1Gi`: the flag of the runtime is derived from it"
        }
        "xss" | "stacksize" => "write `stack = 1Mi`",
        "limit" | "limits" => "a limit belongs to the container: `resources { limits { memory = 1Gi } }`",
        _ => return None,
    })
}

fn exposure(word: &str) -> Option<&'static str> {
    Some(match word {
        "hostname" | "domain" | "hosts" => "write `host = \"api.example.com\"`",
        "targetport" | "containerport" => "write `to = self.ports.http`",
        "serviceport" => "write `port = 80`",
        "pathprefix" | "paths" => "write `path = \"/\"`",
        "https" | "ssl" => "write `tls = true`",
        _ => return None,
    })
}

fn scaling(word: &str) -> Option<&'static str> {
    Some(match word {
        "minreplicas" => "write `min = 2`",
        "maxreplicas" => "write `max = 6`",
        "targetcpuutilizationpercentage" | "averageutilization" => "write `cpu = 70%`",
        _ => return None,
    })
}

fn probes(word: &str) -> Option<&'static str> {
    Some(match word {
        "liveness" | "livenessprobe" | "httpget" | "path" => {
            "write `live = http(\"/healthz\", port = self.ports.http)`"
        }
        "readiness" | "readinessprobe" => "write `ready = http(\"/ready\", port = self.ports.http)`",
        "startup" | "startupprobe" => "write `start = http(\"/healthz\", port = self.ports.http)`",
        _ => return None,
    })
}

/// The parameter that another tool calls `written`, if `known` has it.
pub(crate) fn foreign_parameter(written: &str, known: &[&str]) -> Option<&'static str> {
    let name = match fold(written).as_str() {
        "interval" | "period" | "periodseconds" => "every",
        "timeoutseconds" => "timeout",
        "initialdelay" | "initialdelayseconds" | "delay" | "startperiod" => "after",
        "failurethreshold" | "attempts" | "tries" => "retries",
        "containerport" | "targetport" => "port",
        "dest" | "destination" | "target" | "into" => "to",
        "mountpath" | "path" => "mount",
        "default" => "value",
        "from" | "stage" => "stage",
        _ => return None,
    };
    known.contains(&name).then_some(name)
}

/// What another tool calls a kind.
pub(crate) fn foreign_kind(written: &str) -> Option<&'static str> {
    Some(match fold(written).as_str() {
        "deployment" | "pod" | "replicaset" | "container" | "app" => {
            "what runs for ever is a `service`: `service NAME { image = … }`"
        }
        "statefulset" => "write `stateful NAME { image = … }`",
        "daemonset" => "write `daemon NAME { image = … }`",
        "cronjob" => "write `schedule NAME { image = …, cron = \"0 4 * * *\" }`",
        "configmap" => "write `config NAME { key = \"text\" }`",
        "secret" => "write `credentials NAME { password = secret() }`",
        "ingress" | "route" => "it is a field of a service: `expose { port = 80, to = 8080, host = \"…\" }`",
        "horizontalpodautoscaler" | "hpa" => {
            "it is a field of a service: `scale { min = 2, max = 6, cpu = 70% }`"
        }
        "poddisruptionbudget" | "pdb" => "it is a field of a service: `disruption { max-unavailable = 1 }`",
        "networkpolicy" => "it is a field of a service: `network { isolate = true }`",
        "namespace" => "it is a field of an environment: `environment prod { namespace = \"prod\" }`",
        "serviceaccount" => "it is a field of a service: `account { … }`",
        "persistentvolumeclaim" | "pvc" => {
            "write `storage { data = { size = 10Gi, mount = \"/data\" } }` in a `stateful`"
        }
        "resource" | "module" => {
            "a declaration begins with what it is: `service api { … }`, `image api { … }`"
        }
        "variable" | "locals" | "param" => "a constant is `let NAME = value`",
        "provider" | "terraform" | "backend" => "leave it out: Plat writes files and calls no service",
        _ => return None,
    })
}

/// The name that Plat uses, after OCI, for an architecture; also inside of a longer word such as `linux-x86_64`.
pub(crate) fn architecture(written: &str) -> Option<String> {
    const NAMES: &[(&str, &str)] = &[
        ("x86_64", "amd64"),
        ("x86-64", "amd64"),
        ("x64", "amd64"),
        ("aarch64", "arm64"),
        ("armv8", "arm64"),
        ("armv7l", "arm-v7"),
        ("armv7", "arm-v7"),
        ("armhf", "arm-v7"),
        ("armv6", "arm-v6"),
        ("armel", "arm-v6"),
        ("i486", "i386"),
        ("i586", "i386"),
        ("i686", "i386"),
        ("x86", "i386"),
        ("ppc64el", "ppc64le"),
        ("powerpc64le", "ppc64le"),
        ("loongarch64", "loong64"),
        ("mips64el", "mips64le"),
        ("wasm32", "wasm"),
    ];
    let lower = written.to_lowercase();
    let renamed = NAMES.iter().find(|(other, _)| lower.contains(other));
    match renamed {
        Some((other, ours)) => Some(lower.replace(other, ours)),
        None if lower == "386" => Some("i386".to_owned()),
        None => lower.strip_suffix("-386").map(|os| format!("{os}-i386")),
    }
}

/// Whether a platform of the standard library is meant by a name whose architecture is one of OCI: `macos-arm64` is
/// `darwin-arm64`, and an architecture alone is that of Linux.
pub(crate) fn is_platform(written: &str, known: &str) -> bool {
    let system = |os: &str| match os {
        "macos" | "osx" | "mac" => "darwin".to_owned(),
        "win" => "windows".to_owned(),
        other => other.to_owned(),
    };
    let lower = written.to_lowercase();
    known == lower
        || known.strip_prefix("linux-") == Some(&lower)
        || lower.split_once('-').is_some_and(|(os, arch)| known == format!("{}-{arch}", system(os)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_spelling() {
        for word in ["livenessProbe", "liveness_probe", "liveness-probe"] {
            assert!(foreign_field("service", word).is_some_and(|h| h.contains("live = http")), "{word}");
        }
        assert_eq!(foreign_field("box", "livenessProbe"), None);
        assert_eq!(foreign_parameter("periodSeconds", &["every"]), Some("every"));
        assert_eq!(foreign_parameter("periodSeconds", &["n"]), None);
    }

    #[test]
    fn architectures_have_their_oci_names() {
        assert_eq!(architecture("linux-x86_64").as_deref(), Some("linux-amd64"));
        assert_eq!(architecture("aarch64").as_deref(), Some("arm64"));
        assert_eq!(architecture("amd64"), None);
        for (written, ours) in
            [("i686", "i386"), ("386", "i386"), ("linux-386", "linux-i386"), ("x86", "i386")]
        {
            assert_eq!(architecture(written).as_deref(), Some(ours), "{written}");
        }
    }

    #[test]
    fn a_platform_is_known_by_its_system_elsewhere_and_by_its_architecture_alone() {
        assert!(is_platform("macos-arm64", "darwin-arm64") && is_platform("amd64", "linux-amd64"));
        assert!(is_platform("arm-v7", "linux-arm-v7") && !is_platform("arm", "linux-arm-v7"));
        assert!(!is_platform("macos-amd64", "linux-amd64"));
    }
}
