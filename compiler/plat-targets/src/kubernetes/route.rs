//! How requests from outside the cluster reach a workload: an Ingress, or a route of a Gateway if the output names one.

use super::network::exposed_port;
use super::scope::Subject;
use super::tree::{Body, HttpRoute, Ingress, Object};
use super::workload::shared_meta;
use plat_model::{Sourced, WorkloadSpec};
use std::borrow::Cow;

/// The route of a workload that has a host.
pub(super) fn lower<'g>(subject: &Subject<'g>, spec: &'g WorkloadSpec) -> Option<Object<'g>> {
    let expose = spec.expose.as_ref()?;
    let host = expose.value.host.as_ref()?;
    let port = exposed_port(spec)?;
    let path = &expose.value.path;
    let mut meta = shared_meta(subject, spec, expose.origin);
    let body = match subject.options.gateway {
        Some(gateway) => Body::HttpRoute(HttpRoute {
            gateway,
            host,
            path,
            service: subject.name.clone(),
            port: expose.value.port.value,
            tls: expose.value.tls.value,
        }),
        None => {
            let tls = &expose.value.tls;
            let secret = || Sourced::new(certificate(&subject.workload.name), tls.origin);
            if let Some(issuer) = subject.options.cluster_issuer.filter(|_| tls.value) {
                let text = Cow::Borrowed(issuer.value.as_str());
                meta.annotations.push(("cert-manager.io/cluster-issuer", text, issuer.origin));
            }
            Body::Ingress(Ingress {
                class: subject.options.ingress_class,
                host,
                path,
                service: subject.name.clone(),
                port: &port.name,
                tls: tls.value.then(secret),
            })
        }
    };
    Some(Object { meta, body })
}

/// The Secret with the certificate of a workload's host.
pub(super) fn certificate(workload: &str) -> String {
    format!("{workload}-tls")
}
