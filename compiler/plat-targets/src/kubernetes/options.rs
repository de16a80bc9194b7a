//! The options of `output kubernetes { … }`.

use super::names::{K8sName, LABEL_LENGTH};
use super::problems::{Problems, bad_name, place, refused};
use plat_model::{Output, Sourced};

/// How the target is to write.
pub(super) struct Options<'a> {
    /// `gateway = "infra/public"`: hosts become HTTPRoutes of this Gateway (its namespace, if it is another one, and
    /// its name). Without it they become Ingresses, which every cluster knows without further definitions.
    pub(super) gateway: Option<(Option<&'a str>, &'a str)>,
    /// `ingress-class = "traefik"`; the cluster's default class if absent.
    pub(super) ingress_class: Option<&'a str>,
    /// `cluster-issuer = "letsencrypt"`: cert-manager makes the certificates of Ingresses.
    pub(super) cluster_issuer: Option<&'a Sourced<String>>,
    /// `kubernetes-version = "1.31"`: the oldest minor version that has to accept the objects.
    pub(super) minor: u32,
}

/// The oldest version with security support when this was written.
const DEFAULT_MINOR: u32 = 34;

/// The oldest version that knows all that is written: time zones of CronJobs and `unhealthyPodEvictionPolicy` came last.
const LEAST_MINOR: u32 = 27;

/// Reads the options.
pub(super) fn read<'a>(output: &'a Output, problems: &mut Problems) -> Options<'a> {
    let get = |name: &str| output.options.iter().find(|(k, _)| k == name).map(|(_, v)| v);
    let text = |name: &str| get(name).map(|v| v.value.as_str()).filter(|v| !v.is_empty());
    let gateway = text("gateway").map(|g| match g.split_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, g),
    });
    let version = get("kubernetes-version");
    let minor = version.and_then(|v| {
        let minor = v.value.strip_prefix("1.").and_then(|m| m.split('.').next());
        let minor = minor.and_then(|m| m.parse().ok());
        if minor.is_none() {
            let message = format!("`{}` is no version of Kubernetes", v.value);
            problems.report(refused(message, "write it as `\"1.34\"`", place(&[v.origin, output.origin])));
        }
        if minor.is_some_and(|m| m < LEAST_MINOR) {
            let message = format!(
                "manifests are written for Kubernetes 1.{LEAST_MINOR} and later, not for {}",
                v.value
            );
            let help = "leave `kubernetes-version` out, or name a version that still gets security fixes";
            problems.report(refused(message, help, place(&[v.origin, output.origin])));
        }
        minor
    });
    let classes = [("class of Ingresses", "ingress-class"), ("ClusterIssuer", "cluster-issuer")];
    for (what, option) in classes {
        if let Some(v) = get(option).filter(|v| !v.value.is_empty())
            && let Err(error) = K8sName::subdomain(v.value.as_str())
        {
            let at = place(&[v.origin, output.origin]);
            problems.report(bad_name(what, &v.value, &error, LABEL_LENGTH, at));
        }
    }
    Options {
        gateway,
        ingress_class: text("ingress-class"),
        cluster_issuer: get("cluster-issuer").filter(|v| !v.value.is_empty()),
        minor: minor.unwrap_or(DEFAULT_MINOR),
    }
}
