//! A reader of Dockerfiles, just good enough to ask questions about emitted ones.

/// One instruction, with its continuation lines joined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// In upper case: `FROM`, `RUN`.
    pub name: String,
    /// What follows the name.
    pub rest: String,
    /// The bodies of its heredocs, one after the other.
    pub heredoc: String,
}

impl Instruction {
    /// The words of the rest.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.rest.split_whitespace()
    }

    /// The shell text of a `RUN`, without its flags; nothing for the exec form.
    pub fn shell_body(&self) -> Option<String> {
        let mut rest = self.rest.trim_start();
        while let Some(flag) = rest.strip_prefix("--") {
            rest = flag.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).trim_start();
        }
        if rest.starts_with("<<") {
            return Some(self.heredoc.clone());
        }
        (!rest.starts_with('[')).then(|| rest.to_owned())
    }
}

/// The instructions of a Dockerfile, in order. Comments and parser directives are left out.
pub fn parse(text: &str) -> Vec<Instruction> {
    let mut instructions = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let mut joined = line.to_owned();
        while let Some(head) = joined.trim_end().strip_suffix('\\') {
            joined = head.trim_end().to_owned();
            // Comments may stand between continued lines.
            match lines.by_ref().find(|l| !l.trim_start().starts_with('#')) {
                Some(next) => joined = format!("{joined} {}", next.trim()),
                None => break,
            }
        }
        let (name, rest) = joined.trim().split_once(char::is_whitespace).unwrap_or((joined.trim(), ""));
        let mut heredoc = String::new();
        if let Some(delimiter) = rest.split_whitespace().find_map(|w| w.strip_prefix("<<")) {
            let delimiter = delimiter.trim_matches(['-', '"', '\'']);
            for line in lines.by_ref().take_while(|l| *l != delimiter) {
                heredoc.push_str(line);
                heredoc.push('\n');
            }
        }
        instructions.push(Instruction { name: name.to_uppercase(), rest: rest.trim().to_owned(), heredoc });
    }
    instructions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continued_lines_comments_and_heredocs() {
        let text = "# c\nFROM a AS b\nRUN --mount=type=cache,target=/x \\\n    # why\n    apt-get update && \\\n    true\nRUN <<EOT\nset -e\nls\nEOT\nCMD [\"x\"]\n";
        let all = parse(text);
        assert_eq!(all.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), ["FROM", "RUN", "RUN", "CMD"]);
        assert_eq!(all[1].shell_body().as_deref(), Some("apt-get update && true"));
        assert_eq!(all[2].shell_body().as_deref(), Some("set -e\nls\n"));
    }
}
