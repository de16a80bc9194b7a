//! Reads platforms.

use super::Reader;
use super::fields::{Place, name};
use crate::{Cpu, CpuFeature, GoTarget, NodeSelection, Platform, Sourced, TaintEffect, Toleration};
use plat_eval::{Context, Object};

impl Reader<'_, '_> {
    /// One platform. It is read in no context: a platform that depended on the platform would be a cycle.
    pub(super) fn platform(&mut self, object: Object) -> Platform {
        let place = self.place(object, Context::default());
        let declared = self.declared_name(object);
        let name = if declared.is_empty() { "linux-amd64".to_owned() } else { declared };
        let bazel = self.inner(place, name!("bazel"));
        let kubernetes = self.inner(place, name!("kubernetes"));
        let go = self.inner(place, name!("go"));
        let cpu_guaranteed = self
            .inner(place, name!("node"))
            .and_then(|node| self.boolean(node, name!("cpu-guaranteed")))
            .is_some_and(|g| g.value);
        Platform {
            name,
            origin: self.origin_of(object),
            doc: self.doc_of(object),
            os: self.required_text(place, name!("os")),
            arch: oci_architecture(self.required_text(place, name!("arch"))),
            variant: self.required_text(place, name!("variant")),
            oci: self.text(place, name!("oci")).unwrap_or_else(|| Sourced::new(String::new(), None)),
            bazel_name: self.inner_text(bazel, name!("name")),
            bazel_os: self.inner_text(bazel, name!("os")),
            bazel_cpu: self.inner_text(bazel, name!("cpu")),
            gnu: self.required_text(place, name!("gnu")),
            rust: self.texts(place, name!("rust")).map(|t| t.value).unwrap_or_default(),
            go: self.go_target(go, place),
            debian: self.required_text(place, name!("debian")),
            kubernetes_arch: self.inner_text(kubernetes, name!("arch")),
            kubernetes_os: self.inner_text(kubernetes, name!("os")),
            uname: self.texts(place, name!("uname")).map(|t| t.value).unwrap_or_default(),
            word_bits: self.int(place, name!("word-bits")).map_or(64, |n| n.value),
            cpu: self.cpu(place, cpu_guaranteed),
            cflags: self.texts(place, name!("cflags")).unwrap_or_else(|| Sourced::new(Vec::new(), None)),
            node: self.node_selection(place),
        }
    }

    fn inner_text(&mut self, place: Option<Place>, field: plat_base::Name) -> String {
        place.map(|p| self.required_text(p, field)).unwrap_or_default()
    }

    /// The level is that of the processor, if the platform names one that Go has a level for.
    fn go_target(&mut self, place: Option<Place>, platform: Place) -> GoTarget {
        let Some(place) = place else {
            return GoTarget { os: String::new(), arch: String::new(), level: None };
        };
        let variable = self.text(place, name!("level-variable"));
        let cpu = self.object(platform, name!("cpu")).map(|found| platform.into(found));
        let level = cpu.and_then(|cpu| self.text(cpu, name!("go")));
        let level = level.or_else(|| self.text(place, name!("level")));
        GoTarget {
            os: self.required_text(place, name!("os")),
            arch: self.required_text(place, name!("arch")),
            level: variable.zip(level).map(|(v, l)| (v.value, l.value)),
        }
    }

    fn cpu(&mut self, platform: Place, guaranteed: bool) -> Cpu {
        let Some(found) = self.object(platform, name!("cpu")) else {
            return Cpu {
                name: "baseline".to_owned(),
                origin: None,
                is_baseline: true,
                features: Vec::new(),
                require: Vec::new(),
                tune: None,
                cflags: Vec::new(),
                rustflags: Vec::new(),
                node_labels: Vec::new(),
            };
        };
        let place = platform.into(found);
        let origin = self.field_origin(place, name!("require"));
        let required = self.objects(place, name!("require"));
        let mut list = |field| self.texts(place, field).map(|t| t.value).unwrap_or_default();
        let rustflags = list(name!("rustflags"));
        let labels = list(name!("node-labels"));
        let cflags = self.texts(platform, name!("cpu-flags")).map(|t| t.value).unwrap_or_default();
        let unlabelled = self.objects(place, name!("unlabelled"));
        let tune = self.object(place, name!("tune")).map(|t| self.declared_name(t.value));
        let features =
            self.objects(place, name!("features")).iter().map(|f| self.declared_name(*f)).collect();
        let feature = |f: &Object| Sourced::new(CpuFeature { name: self.declared_name(*f) }, origin);
        let require = required.iter().map(feature).collect();
        Cpu {
            name: self.required_text(place, name!("name")),
            origin: found.origin,
            is_baseline: labels.is_empty() && unlabelled.is_empty(),
            features,
            require,
            tune,
            cflags,
            rustflags,
            node_labels: if guaranteed { Vec::new() } else { labels },
        }
    }

    fn node_selection(&mut self, platform: Place) -> NodeSelection {
        let Some(place) = self.inner(platform, name!("node")) else { return NodeSelection::default() };
        let labels = self.text_map(place, name!("labels"));
        let origin = self.field_origin(place, name!("tolerates"));
        let taints = self.objects(place, name!("tolerates"));
        let mut tolerations = Vec::new();
        for taint in taints {
            let taint = place.part(taint);
            let toleration = Toleration {
                key: self.required_text(taint, name!("key")),
                value: self.text(taint, name!("value")).map(|t| t.value),
                effect: self.text(taint, name!("effect")).and_then(|t| effect(&t.value)),
            };
            tolerations.push(Sourced::new(toleration, origin));
        }
        NodeSelection { labels, tolerations }
    }
}

/// OCI writes 386; the variant of the language is a word.
fn oci_architecture(variant: String) -> String {
    if variant == "i386" { "386".to_owned() } else { variant }
}

fn effect(name: &str) -> Option<TaintEffect> {
    Some(match name {
        "no-schedule" => TaintEffect::NoSchedule,
        "prefer-no-schedule" => TaintEffect::PreferNoSchedule,
        "no-execute" => TaintEffect::NoExecute,
        _ => return None,
    })
}
