//! What the last stage says about the image. In: the image's fields, and what its steps have left. Out: `ENV`, `LABEL`,
//! `USER`, `EXPOSE`, `STOPSIGNAL`, `HEALTHCHECK`, `ENTRYPOINT` and `CMD`. Nothing here changes a file.

use super::errors;
use super::health;
use super::lower::{Lowering, State, account, ids, reference};
use super::tree::{Instruction, Node, Pairs};
use plat_model::{BaseImage, Health, Sourced};

/// The label that OCI has for what an image is.
const DESCRIPTION: &str = "org.opencontainers.image.description";

/// The first paragraph of a doc comment, on one line.
pub(super) fn paragraph(doc: &str) -> String {
    doc.lines().map(str::trim).take_while(|l| !l.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Lowering<'_> {
    /// The instructions that end the last stage.
    pub(super) fn configuration(&mut self, base: Option<&BaseImage>, state: &State, nodes: &mut Vec<Node>) {
        let spec = self.spec;
        if let Some(path) = &spec.workdir
            && state.workdir.as_ref() != Some(&path.value)
        {
            nodes.push(Node::new(Instruction::Workdir(path.value.clone()), path.origin));
        }
        nodes.extend(self.env());
        nodes.extend(self.labels());
        nodes.extend(self.user(base, nodes));
        nodes.extend(self.ports());
        if let Some(signal) = &spec.stop_signal {
            nodes.push(Node::new(Instruction::StopSignal(signal.value.clone()), signal.origin));
        }
        if let Some(health) = &spec.health {
            nodes.extend(self.health(health, base, state));
        }
        if let Some(argv) = &spec.entrypoint {
            nodes.push(Node::new(Instruction::Entrypoint(argv.value.clone()), argv.origin));
        }
        if let Some(argv) = &spec.cmd {
            nodes.push(Node::new(Instruction::Cmd(argv.value.clone()), argv.origin));
        }
    }

    /// The pairs that an `ENV` can have.
    pub(super) fn variables(&mut self, pairs: &Pairs) -> Pairs {
        let mut good = Pairs::new();
        for (name, text) in pairs {
            if !is_variable(name) {
                self.said.extend(errors::bad_variable_name(&self.image.name, name, text.origin));
            } else if !is_one_line(text) {
                self.said.extend(errors::several_lines(&self.image.name, name, text.origin));
            } else {
                good.push((name.clone(), text.clone()));
            }
        }
        good
    }

    fn env(&mut self) -> Option<Node> {
        let pairs = self.variables(&self.spec.env);
        let origin = pairs.first()?.1.origin;
        Some(Node::new(Instruction::Env { pairs, expands: false }, origin))
    }

    /// The labels of one line; the bake file has the others.
    fn labels(&self) -> Option<Node> {
        let spec = self.spec;
        let mut labels: Pairs = spec
            .labels
            .iter()
            .filter(|(name, text)| is_one_line(name) && is_one_line(text))
            .cloned()
            .collect();
        if let Some(doc) = &self.image.doc
            && !spec.labels.iter().any(|(name, _)| name == DESCRIPTION)
        {
            labels.push((DESCRIPTION.to_owned(), Sourced::new(paragraph(doc), self.image.origin)));
        }
        let origin = labels.first()?.1.origin;
        Some(Node::new(Instruction::Label(labels), origin))
    }

    /// `USER`, by number, so that a cluster can see that it is not root.
    fn user(&self, base: Option<&BaseImage>, nodes: &[Node]) -> Option<Node> {
        let Some(user) = &self.spec.user else {
            // The base image may say it by name only.
            let own = base.and_then(|b| b.user.as_ref()).filter(|u| u.uid != 0)?;
            return Some(Node::new(Instruction::User(ids(own)), self.image.origin));
        };
        let instruction = Instruction::User(ids(user));
        let is_user = |n: &&Node| matches!(n.instruction.value, Instruction::User(_));
        if nodes.iter().rfind(is_user).is_some_and(|n| n.instruction.value == instruction) {
            return None;
        }
        let mut node = Node::new(instruction, user.origin);
        if let Some(account) = account(base, user)
            && account.name != user.name
        {
            node.comment.push(format!("The base image has this user already, as `{}`.", account.name));
        }
        Some(node)
    }

    fn ports(&self) -> Option<Node> {
        let mut ports: Vec<i64> = Vec::new();
        for port in &self.spec.ports {
            if !ports.contains(&port.number.value) {
                ports.push(port.number.value);
            }
        }
        let origin = self.spec.ports.first()?.number.origin;
        Some(Node::new(Instruction::Expose(ports), origin))
    }

    fn health(&mut self, health: &Sourced<Health>, base: Option<&BaseImage>, state: &State) -> Option<Node> {
        let has = |name: &str| {
            state.installed.iter().any(|c| c == name)
                || base.is_some_and(|b| b.commands.iter().any(|c| c == name))
        };
        match health::command(health, &has) {
            Ok(command) => {
                let options = health::options(health);
                Some(Node::new(Instruction::HealthCheck { options, command }, health.origin))
            }
            Err(needed) => {
                let base = base.map(reference);
                self.said.extend(errors::no_health_command(&self.image.name, needed, base, health.origin));
                None
            }
        }
    }
}

/// Whether a name is one that a process can look up in a shell.
fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a value fits into an instruction, which ends with its line.
pub(super) fn is_one_line(text: &str) -> bool {
    !text.contains(['\n', '\r'])
}
