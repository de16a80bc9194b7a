//! A part of a project: only some platforms and environments, as `--platform` and `--env` ask for it. What does not
//! exist in that part is left out.

use crate::{Image, ImageRef, PerContext, Project, Workload, WorkloadSpec};
use std::sync::Arc;

impl Project {
    /// Keeps the platforms and environments at these positions (ascending). An image that is built for none of the
    /// platforms or environments goes, and so does a workload that exists in none of their combinations.
    #[must_use]
    pub fn restrict(mut self, platforms: &[usize], environments: &[usize]) -> Project {
        let part = Part { platforms, environments };
        self.platforms = pick(self.platforms, platforms);
        self.environments = pick(self.environments, environments);
        let mut positions = Vec::new();
        let mut images = Vec::new();
        for image in self.images {
            let image = part.image(image);
            let is_kept = !image.platforms.is_empty() && !image.environments.is_empty();
            positions.push(is_kept.then_some(images.len()));
            if is_kept {
                images.push(image);
            }
        }
        self.images = images;
        let workloads = self.workloads.into_iter().filter_map(|w| part.workload(w, &positions));
        self.workloads = workloads.collect();
        self.resources.iter_mut().for_each(|r| r.spec = part.table(&r.spec));
        self.memories.iter_mut().for_each(|m| m.spec = part.table(&m.spec));
        self.dependencies.iter_mut().for_each(|d| d.labels = part.table(&d.labels));
        self.thresholds.iter_mut().for_each(|t| t.spec = part.table(&t.spec));
        self.thresholds.retain(|t| t.spec.first().is_some());
        self.configs.iter_mut().for_each(|c| c.entries = part.table(&c.entries));
        self.prices.iter_mut().for_each(|p| p.spec = part.table(&p.spec));
        self
    }
}

impl Project {
    /// The same project, with other origins: where several platforms have equal values, targets take the origins of
    /// the first one; here, the first one has those of the `turn`th. So the turns together tell all the origins of a
    /// line that stands for several platforms.
    #[must_use]
    pub fn turned(mut self, turn: usize) -> Project {
        self.images.iter_mut().for_each(|i| turn_equal(&mut i.spec, turn));
        self.resources.iter_mut().for_each(|r| turn_equal(&mut r.spec, turn));
        self.memories.iter_mut().for_each(|m| turn_equal(&mut m.spec, turn));
        self.dependencies.iter_mut().for_each(|d| turn_equal(&mut d.labels, turn));
        self.thresholds.iter_mut().for_each(|t| turn_equal(&mut t.spec, turn));
        self.configs.iter_mut().for_each(|c| turn_equal(&mut c.entries, turn));
        for workload in &mut self.workloads {
            // Thresholds belong to no pod: where they alone differ, the pods are one.
            let put = |first: &Arc<WorkloadSpec>, other: &Arc<WorkloadSpec>| {
                let thresholds = first.thresholds.clone();
                Arc::new(WorkloadSpec { thresholds, ..WorkloadSpec::clone(other) })
            };
            let same = |a: &WorkloadSpec, b: &WorkloadSpec| {
                a == &WorkloadSpec { thresholds: a.thresholds.clone(), ..b.clone() }
            };
            workload.spec.turn(turn, same, put);
        }
        self
    }
}

fn turn_equal<T: PartialEq>(table: &mut PerContext<T>, turn: usize) {
    table.turn(turn, |a, b| a == b, |_, other| Arc::clone(other));
}

struct Part<'a> {
    platforms: &'a [usize],
    environments: &'a [usize],
}

impl Part<'_> {
    fn table<T>(&self, table: &PerContext<T>) -> PerContext<T> {
        self.table_of(table, self.environments)
    }

    fn table_of<T>(&self, table: &PerContext<T>, environments: &[usize]) -> PerContext<T> {
        let mut kept = PerContext::new(self.platforms.len(), environments.len());
        for (platform, from_platform) in self.platforms.iter().enumerate() {
            for (environment, from_environment) in environments.iter().enumerate() {
                if let Some(value) = table.get(*from_platform, *from_environment) {
                    kept.set(platform, environment, Arc::clone(value));
                }
            }
        }
        kept
    }

    fn image(&self, mut image: Image) -> Image {
        let kept = self.platforms.iter().enumerate().filter(|(_, p)| image.platforms.contains(p));
        image.platforms = kept.map(|(at, _)| at).collect();
        let kept = self.environments.iter().enumerate().filter(|(_, e)| image.environments.contains(e));
        image.environments = kept.map(|(at, _)| at).collect();
        // An image does not vary by environment.
        image.spec = self.table_of(&image.spec, &[0]);
        image
    }

    fn workload(&self, mut workload: Workload, images: &[Option<usize>]) -> Option<Workload> {
        let table = self.table(&workload.spec);
        table.first()?;
        let mut moved = PerContext::new(self.platforms.len(), self.environments.len());
        for (platform, environment, spec) in table.iter() {
            let mut spec = Arc::clone(spec);
            if let ImageRef::Built(at) = spec.image.value {
                let to = images.get(at).copied().flatten()?;
                if to != at {
                    Arc::make_mut(&mut spec).image.value = ImageRef::Built(to);
                }
            }
            moved.set(platform, environment, spec);
        }
        workload.spec = moved;
        Some(workload)
    }
}

fn pick<T>(items: Vec<T>, positions: &[usize]) -> Vec<T> {
    items.into_iter().enumerate().filter(|(at, _)| positions.contains(at)).map(|(_, item)| item).collect()
}
