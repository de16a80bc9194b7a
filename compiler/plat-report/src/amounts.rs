//! Amounts of one pod: what it requests, where it is stopped, and the class that Kubernetes makes of that.

use plat_base::Quantity;
use plat_model::{Quota, Sourced, VolumeSource, WorkloadSpec};

/// An amount of each resource; absent where nothing is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Amounts {
    /// Thousandths of a core.
    pub cpu: Option<i128>,
    /// Bytes of memory.
    pub memory: Option<i128>,
    /// Bytes of local disk.
    pub ephemeral: Option<i128>,
}

/// The quality-of-service class of a pod: which pods are stopped first where memory runs out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Qos {
    /// Requests are limits, of CPU and memory: stopped last.
    Guaranteed,
    /// Something is requested or limited.
    Burstable,
    /// Nothing is: stopped first.
    BestEffort,
}

impl Qos {
    /// As Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Qos::Guaranteed => "Guaranteed",
            Qos::Burstable => "Burstable",
            Qos::BestEffort => "BestEffort",
        }
    }
}

impl Amounts {
    fn of(quota: &Quota) -> Amounts {
        Amounts {
            cpu: whole(quota.cpu.as_ref()),
            memory: whole(quota.memory.as_ref()),
            ephemeral: whole(quota.ephemeral_storage.as_ref()),
        }
    }

    /// With each entry as `f` joins it with that of another.
    fn join(self, other: Amounts, f: impl Fn(Option<i128>, Option<i128>) -> Option<i128>) -> Amounts {
        Amounts {
            cpu: f(self.cpu, other.cpu),
            memory: f(self.memory, other.memory),
            ephemeral: f(self.ephemeral, other.ephemeral),
        }
    }

    /// The larger of each.
    pub(crate) fn larger(self, other: Amounts) -> Amounts {
        self.join(other, Option::max)
    }
}

/// What one pod of a specification requests and where it is stopped. What is limited and not requested is requested, as
/// Kubernetes does it.
pub(crate) fn of_pod(spec: &WorkloadSpec) -> (Amounts, Amounts) {
    let Some(resources) = &spec.resources else { return Default::default() };
    let limits = Amounts::of(&resources.limits);
    (Amounts::of(&resources.requests).join(limits, Option::or), limits)
}

/// The storage that one replica claims, in bytes.
pub(crate) fn claimed(spec: &WorkloadSpec) -> i128 {
    let sizes = spec.storage.iter().filter_map(|claim| whole(Some(&claim.size)));
    sizes.fold(0, i128::saturating_add)
}

/// The claims that exist and that a specification mounts, with their sizes where these are known.
pub(crate) fn existing(spec: &WorkloadSpec) -> impl Iterator<Item = (&str, i128)> {
    spec.volumes.iter().filter_map(|volume| match &volume.source {
        VolumeSource::Claim { name, size: Some(size) } => Some((name.as_str(), size.amount.floor())),
        _ => None,
    })
}

/// The class of a pod with one container.
pub(crate) fn qos(requests: Amounts, limits: Amounts) -> Qos {
    let judged = |a: Amounts| [a.cpu, a.memory];
    let is_fixed = judged(limits).iter().all(Option::is_some) && judged(requests) == judged(limits);
    match is_fixed {
        true => Qos::Guaranteed,
        false if judged(requests).iter().any(Option::is_some) => Qos::Burstable,
        false => Qos::BestEffort,
    }
}

/// Base units; the evaluator lets nothing but whole ones be bound.
fn whole(quantity: Option<&Sourced<Quantity>>) -> Option<i128> {
    quantity.map(|q| q.value.amount.floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(cpu: Option<i128>, memory: Option<i128>) -> Amounts {
        Amounts { cpu, memory, ephemeral: None }
    }

    #[test]
    fn the_class_follows_from_requests_and_limits() {
        let (small, large) = (amounts(Some(100), Some(1 << 20)), amounts(Some(200), Some(1 << 20)));
        assert_eq!(qos(small, small), Qos::Guaranteed);
        assert_eq!(qos(small, large), Qos::Burstable);
        assert_eq!(qos(small, amounts(None, Some(1 << 20))), Qos::Burstable);
        assert_eq!(qos(amounts(None, None), amounts(None, None)), Qos::BestEffort);
        let disk = Amounts { ephemeral: Some(1), ..Amounts::default() };
        assert_eq!(qos(disk, disk), Qos::BestEffort, "the disk does not count");
    }
}
