//! What the lowering of one environment knows.

use super::names::K8sName;
use super::options::Options;
use plat_model::{Config, ConfigEntry, Environment, Project, Workload};
use std::collections::HashMap;

/// An environment.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Its position in the project.
    pub(super) index: usize,
    pub(super) environment: &'a Environment,
    /// `app.kubernetes.io/part-of`.
    pub(super) part_of: &'a str,
    /// Where the project is named.
    pub(super) project: plat_model::Origin,
}

/// A workload in an environment.
#[derive(Clone)]
pub(super) struct Subject<'g> {
    pub(super) project: &'g Project,
    pub(super) index: &'g Index<'g>,
    pub(super) options: &'g Options<'g>,
    pub(super) place: Place<'g>,
    pub(super) workload: &'g Workload,
    pub(super) name: K8sName<'g>,
    /// The registry that replaces the images' own.
    pub(super) registry: Option<&'g str>,
}

impl<'g> Subject<'g> {
    /// What a config says here: it cannot vary by platform, so the first one stands for all.
    pub(super) fn config_entries(&self, name: &str) -> &'g [ConfigEntry] {
        let config = self.index.config(self.project, name);
        config.map_or(&[], |c| entries(c, self.project, self.place.index))
    }
}

/// Positions by name. For look-up only.
pub(super) struct Index<'a> {
    configs: HashMap<&'a str, usize>,
    workloads: HashMap<&'a str, usize>,
}

impl<'a> Index<'a> {
    pub(super) fn new(project: &'a Project) -> Index<'a> {
        Index {
            configs: project.configs.iter().enumerate().map(|(i, c)| (c.name.as_str(), i)).collect(),
            workloads: project.workloads.iter().enumerate().map(|(i, w)| (w.name.as_str(), i)).collect(),
        }
    }

    pub(super) fn config<'p>(&self, project: &'p Project, name: &str) -> Option<&'p Config> {
        project.configs.get(*self.configs.get(name)?)
    }

    pub(super) fn workload<'p>(&self, project: &'p Project, name: &str) -> Option<&'p Workload> {
        project.workloads.get(*self.workloads.get(name)?)
    }
}

/// The entries of a config in an environment.
pub(super) fn entries<'a>(config: &'a Config, project: &Project, environment: usize) -> &'a [ConfigEntry] {
    let cell = (0..project.platforms.len()).find_map(|p| config.entries.get(p, environment));
    cell.map_or(&[], |entries| entries.as_slice())
}
