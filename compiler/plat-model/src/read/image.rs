//! Reads images and how they are built.

use super::Reader;
use super::fields::{Place, name};
use crate::{
    BaseImage, CacheMount, DataDirectory, Image, ImageSpec, Ownership, Sourced, Stage, StageSource, Step,
    StepKind, User,
};
use plat_eval::{Context, Object, Value};

impl Reader<'_, '_> {
    pub(super) fn image(&mut self, object: Object) -> Image {
        let exists = self.contexts_of(object);
        let distinct = |of: fn(&(usize, usize)) -> usize| -> Vec<usize> {
            let all: std::collections::BTreeSet<usize> = exists.iter().map(of).collect();
            all.into_iter().collect()
        };
        let (platforms, environments) = (distinct(|c| c.0), distinct(|c| c.1));
        let first = environments.first().and_then(|e| u16::try_from(*e).ok()).unwrap_or(0);
        let fixed = self.place(object, Context { platform: None, environment: Some(first) });
        let name = self.declared_name(object);
        let declared = self.origin_of(object);
        let or_declared = |value: Option<Sourced<String>>, default: &str| {
            value.unwrap_or_else(|| Sourced::new(default.to_owned(), declared))
        };
        let registry = self.text(fixed, name!("registry"));
        let repository = or_declared(self.text(fixed, name!("name")), &name);
        let tag = or_declared(self.text(fixed, name!("tag")), "latest");
        let prefix =
            registry.as_ref().map(|r| format!("{}/", r.value.trim_end_matches('/'))).unwrap_or_default();
        let reference = format!("{prefix}{}:{}", repository.value, tag.value);
        let platforms_origin = self.value(fixed, name!("platforms")).map_or(declared, |p| p.origin);
        let context = or_declared(self.text(fixed, name!("context")), ".");
        let cells: Vec<(usize, usize)> = platforms.iter().map(|p| (*p, 0)).collect();
        // What an image is does not vary by environment, but not every one has it for each platform.
        let home = |at: Context| {
            let known = exists.iter().find(|c| at.platform.map(usize::from) == Some(c.0));
            known.map_or(at, |c| crate::sourced::context(c.0, c.1))
        };
        let spec = self.per_context(&cells, |this, at| {
            let place = this.place(object, home(at));
            this.image_spec(place)
        });
        Image {
            name,
            origin: declared,
            doc: self.doc_of(object),
            registry,
            repository,
            tag,
            reference,
            platforms,
            environments,
            platforms_origin,
            context,
            spec,
        }
    }

    fn image_spec(&mut self, place: Place) -> ImageSpec {
        let user = self.object(place, name!("user"));
        let health = self.object(place, name!("health"));
        ImageSpec {
            labels: self.text_map(place, name!("labels")),
            env: self.text_map(place, name!("env")),
            workdir: self.text(place, name!("workdir")),
            user: user.map(|u| {
                let inner = place.into(u);
                let (user, origin) = self.whole(u.origin, |this| this.user(inner));
                Sourced::new(user, origin)
            }),
            writes: self.sourced_texts(place, name!("writes")),
            ports: self.ports(place),
            health: health.and_then(|h| {
                let (health, origin) = self.whole(h.origin, |this| this.health(h, place.at));
                health.map(|health| Sourced::new(health.value, origin))
            }),
            entrypoint: self.texts(place, name!("entrypoint")),
            cmd: self.texts(place, name!("cmd")),
            stop_signal: self.text(place, name!("stop-signal")),
            ignore: self.sourced_texts(place, name!("ignore")),
            stages: self.stages(place),
        }
    }

    fn user(&mut self, place: Place) -> User {
        let uid = self.int(place, name!("uid")).map_or(0, |n| n.value);
        User {
            name: self.required_text(place, name!("name")),
            uid,
            gid: self.int(place, name!("gid")).map_or(uid, |n| n.value),
            exists: false,
        }
    }

    fn stages(&mut self, image: Place) -> Vec<Stage> {
        let Some(map) = self.inner(image, name!("stages")) else { return Vec::new() };
        let keys = self.eval.keys(map.object, map.at);
        keys.into_iter().filter_map(|key| self.stage(map, key)).collect()
    }

    fn stage(&mut self, stages: Place, key: plat_base::Name) -> Option<Stage> {
        let found = self.object(stages, key)?;
        let place = stages.into(found);
        let from = self.value(place, name!("from"))?;
        let (source, from_origin) = self.whole(from.origin, |this| match from.value {
            Value::Object(base) => {
                let base = Place { object: base, origin: from.origin, ..place };
                StageSource::Base(this.base_image(base))
            }
            other => match this.as_text(&other) {
                text if text == "scratch" => StageSource::Scratch,
                text => StageSource::Stage(text),
            },
        });
        let steps = self.element_places(place, name!("steps"));
        let steps = steps.into_iter().filter_map(|step| self.step(step)).collect();
        Some(Stage {
            name: key.as_str().to_owned(),
            origin: found.origin,
            from: Sourced::new(source, from_origin),
            on_build_platform: self.boolean(place, name!("on-build-platform")).is_some_and(|b| b.value),
            steps,
        })
    }

    pub(super) fn base_image(&mut self, place: Place) -> BaseImage {
        let user = self.inner(place, name!("user")).map(|u| self.user(u));
        let accounts = self.objects(place, name!("accounts"));
        BaseImage {
            repository: self.required_text(place, name!("repository")),
            tag: self.required_text(place, name!("tag")),
            digest: self.text(place, name!("digest")).map(|d| d.value),
            platforms: self.texts(place, name!("platforms")).map(|t| t.value).unwrap_or_default(),
            user,
            accounts: accounts.into_iter().map(|o| self.user(place.part(o))).collect(),
            commands: self.texts(place, name!("commands")).map(|t| t.value).unwrap_or_default(),
            family: self.required_text(place, name!("family")),
            writes: self.texts(place, name!("writes")).map(|t| t.value).unwrap_or_default(),
            data: self.inner(place, name!("data")).map(|data| DataDirectory {
                path: self.required_text(data, name!("path")),
                variable: self.required_text(data, name!("variable")),
            }),
        }
    }

    fn step(&mut self, place: Place) -> Option<Step> {
        let kind = self.by_kind(place.object, |kind| kind.strip_suffix("-step").map(str::to_owned))?;
        let (kind, origin) = self.whole(place.origin, |this| this.step_kind(place, &kind));
        Some(Step { origin, kind: kind? })
    }

    fn step_kind(&mut self, place: Place, kind: &str) -> Option<StepKind> {
        let list = |this: &mut Self, field| this.texts(place, field).map(|t| t.value).unwrap_or_default();
        Some(match kind {
            "run" => StepKind::Run {
                command: self.required_text(place, name!("command")),
                caches: self.caches(place),
                secrets: list(self, name!("secrets")),
            },
            "copy" => StepKind::Copy {
                sources: list(self, name!("sources")),
                to: self.required_text(place, name!("to")),
                owner: self.ownership(place),
                mode: self.text(place, name!("mode")).map(|m| m.value),
            },
            "copy-from" => StepKind::CopyFrom {
                stage: self.required_text(place, name!("stage")),
                sources: list(self, name!("sources")),
                to: self.required_text(place, name!("to")),
                owner: self.ownership(place),
                mode: self.text(place, name!("mode")).map(|m| m.value),
            },
            "apt" => StepKind::Apt { packages: self.sourced_texts(place, name!("packages")) },
            "apk" => StepKind::Apk { packages: self.sourced_texts(place, name!("packages")) },
            "set-env" => {
                let variables = self.text_map(place, name!("variables"));
                StepKind::SetEnv(variables.into_iter().map(|(k, v)| (k, v.value)).collect())
            }
            "set-workdir" => StepKind::SetWorkdir(self.required_text(place, name!("path"))),
            "arg" => StepKind::Arg {
                name: self.required_text(place, name!("argument")),
                default: self.text(place, name!("value")).map(|v| v.value),
            },
            "as-user" => StepKind::AsUser(self.required_text(place, name!("user"))),
            _ => return None,
        })
    }

    fn ownership(&mut self, place: Place) -> Option<Ownership> {
        self.text(place, name!("owner")).map(|owner| match owner.value.as_str() {
            "user" => Ownership::ImageUser,
            _ => Ownership::Other(owner.value),
        })
    }

    fn caches(&mut self, place: Place) -> Vec<CacheMount> {
        let mounts = self.objects(place, name!("caches"));
        let mount = |this: &mut Self, object| {
            let place = place.part(object);
            CacheMount {
                target: this.required_text(place, name!("target")),
                per_platform: this.boolean(place, name!("per-platform")).is_some_and(|b| b.value),
                locked: this.boolean(place, name!("locked")).is_some_and(|b| b.value),
            }
        };
        mounts.into_iter().map(|object| mount(self, object)).collect()
    }
}
