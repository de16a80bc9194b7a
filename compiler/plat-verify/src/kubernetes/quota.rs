//! What a namespace admits: its ResourceQuota and its LimitRange.

use super::Folder;
use super::objects::Object;
use super::pod::{amount, claim};
use crate::claims;
use crate::fact::FactKind;
use crate::ledger::{Declared, Found, Ledger, Scope};
use crate::read::node::Node;
use plat_model::{Environment, Origin, Quota};

pub(super) fn verify(folder: &Folder<'_>, ledger: &mut Ledger) {
    let Some(environment) = folder.project.environments.get(folder.environment) else { return };
    let kinds = [("ResourceQuota", quota(environment)), ("LimitRange", range(environment))];
    for (kind, declared) in kinds {
        let objects: Vec<&Object<'_>> = folder.objects.iter().filter(|o| o.kind == kind).collect();
        let within = claims::within(folder.project, folder.environment);
        let subject = format!("{kind}{within}");
        match (objects.as_slice(), declared) {
            ([], None) => {}
            ([], Some((_, origin))) => {
                let file = folder.objects.first().map_or("", |o| o.file);
                let scope = Scope { subject, file, line: 0, origin };
                let declared = Some((kind.to_owned(), origin));
                ledger.compare_one(FactKind::Name, &scope, "object", None, declared);
            }
            ([object, further @ ..], declared) => {
                let origin = declared.as_ref().and_then(|(_, origin)| *origin);
                let scope = folder.scope(object, subject, origin);
                let declared = declared.map_or_else(Vec::new, |(declared, _)| declared);
                ledger.compare(FactKind::Quantity, &scope, "limit", found(object), declared);
                for object in further {
                    let scope = folder.scope(object, "the project".to_owned(), None);
                    let found = Some((object.title(), object.line));
                    ledger.compare_one(FactKind::Name, &scope, "object", found, None);
                }
            }
        }
    }
}

/// What a namespace's object says, as `requests.cpu` or `max.memory`.
fn found(object: &Object<'_>) -> Vec<Found> {
    let hard = object.node.at(&["spec", "hard"]).map_or(&[][..], Node::entries).iter();
    let mut found: Vec<Found> = hard.map(|(key, value)| amount(&key.text, value)).collect();
    for limit in object.node.list(&["spec", "limits"]) {
        let of = limit.text_of("type");
        for (part, amounts) in limit.entries().iter().filter(|(key, _)| key.text != "type") {
            let entries = amounts.entries().iter();
            let key = |key: &str| match of {
                "Container" => format!("{}.{key}", part.text),
                _ => format!("{of} {}.{key}", part.text),
            };
            found.extend(entries.map(|(name, value)| amount(&key(&name.text), value)));
        }
    }
    found
}

fn quota(environment: &Environment) -> Option<(Vec<Declared>, Origin)> {
    let quota = environment.quota.as_ref()?;
    let mut declared = amounts("requests", &quota.value.requests);
    declared.extend(amounts("limits", &quota.value.limits));
    if let Some(pods) = &quota.value.pods {
        let nano = i128::from(pods.value) * 1_000_000_000;
        declared.push(Declared::new("pods", nano.to_string(), pods.origin).shown(pods.value.to_string()));
    }
    Some((declared, quota.origin))
}

fn range(environment: &Environment) -> Option<(Vec<Declared>, Origin)> {
    let range = environment.limit_range.as_ref()?;
    let parts = [
        ("min", &range.value.min),
        ("max", &range.value.max),
        ("default", &range.value.default_limits),
        ("defaultRequest", &range.value.default_requests),
    ];
    Some((parts.into_iter().flat_map(|(part, quota)| amounts(part, quota)).collect(), range.origin))
}

fn amounts(part: &str, quota: &Quota) -> Vec<Declared> {
    let all =
        [("cpu", &quota.cpu), ("memory", &quota.memory), ("ephemeral-storage", &quota.ephemeral_storage)];
    let set = all.into_iter().filter_map(|(key, quantity)| Some((key, quantity.as_ref()?)));
    set.map(|(key, quantity)| claim(&format!("{part}.{key}"), quantity)).collect()
}
