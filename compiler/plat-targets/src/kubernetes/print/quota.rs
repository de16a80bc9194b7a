//! What a namespace admits.

use super::super::quantity::canonical;
use super::pod::{amounts, first_amount};
use crate::yaml::YamlWriter;
use plat_model::{ContainerRange, NamespaceQuota, Quota, around};

pub(super) fn resource_quota(w: &mut YamlWriter, quota: &NamespaceQuota) {
    w.map("hard", |w| {
        if let Some(pods) = &quota.pods {
            w.from(pods.origin, |w| w.text("pods", &pods.value.to_string()));
        }
        let names = ["requests.cpu", "requests.memory", "requests.ephemeral-storage"];
        counted(w, names, &quota.requests);
        counted(w, ["limits.cpu", "limits.memory", "limits.ephemeral-storage"], &quota.limits);
    });
}

fn counted(w: &mut YamlWriter, names: [&'static str; 3], quota: &Quota) {
    for (name, quantity) in names.into_iter().zip([&quota.cpu, &quota.memory, &quota.ephemeral_storage]) {
        if let Some(quantity) = quantity {
            w.from(quantity.origin, |w| w.text(name, &canonical(quantity.value)));
        }
    }
}

pub(super) fn limit_range(w: &mut YamlWriter, range: &ContainerRange) {
    w.list("limits", |w| {
        w.item(|w| {
            w.word("type", "Container");
            let parts = [
                ("min", &range.min),
                ("max", &range.max),
                ("default", &range.default_limits),
                ("defaultRequest", &range.default_requests),
            ];
            for (key, quota) in parts {
                if *quota != Quota::default() {
                    w.from(around(first_amount(quota)), |w| w.map(key, |w| amounts(w, quota)));
                }
            }
        });
    });
}
