//! The options of `output kubernetes { … }`.

use super::problems::{Problems, place, refused};
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
        minor
    });
    Options {
        gateway,
        ingress_class: text("ingress-class"),
        cluster_issuer: get("cluster-issuer").filter(|v| !v.value.is_empty()),
        minor: minor.unwrap_or(DEFAULT_MINOR),
    }
}
