//! Dockerfiles by a small reader: lines that go on, comments, here-documents, stages, quoting. Nothing is run, so what a
//! `RUN` does is only text.

use super::Refusal;

/// A Dockerfile.
#[derive(Debug, Default)]
pub(crate) struct Dockerfile {
    pub(crate) stages: Vec<Stage>,
}

/// A stage.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) line: u32,
    /// What it starts from, as it is written.
    pub(crate) from: String,
    pub(crate) name: String,
    /// What follows `FROM`.
    pub(crate) instructions: Vec<Instruction>,
}

/// An instruction.
#[derive(Debug)]
pub(crate) struct Instruction {
    pub(crate) line: u32,
    /// In capitals.
    pub(crate) word: String,
    /// The rest, with its lines joined.
    pub(crate) text: String,
    /// Where each line begins in the text.
    lines: Vec<(usize, u32)>,
}

/// A name and a text, in which a `$` that stands for itself is doubled.
#[derive(Debug, PartialEq)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) line: u32,
}

/// Reads a Dockerfile.
pub(crate) fn read(text: &str) -> Result<Dockerfile, Refusal> {
    let mut file = Dockerfile::default();
    for instruction in instructions(text)? {
        match (instruction.word.as_str(), file.stages.last_mut()) {
            ("FROM", _) => file.stages.push(stage(&instruction)?),
            (_, Some(stage)) => stage.instructions.push(instruction),
            ("ARG", None) => {}
            (_, None) => return Err((instruction.line, "an instruction before the first FROM".to_owned())),
        }
    }
    if file.stages.is_empty() { Err((0, "it has no FROM".to_owned())) } else { Ok(file) }
}

fn instructions(text: &str) -> Result<Vec<Instruction>, Refusal> {
    let mut found: Vec<Instruction> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let number = at as u32 + 1;
        let start = line.trim_start();
        if start.is_empty() || start.starts_with('#') {
            continue;
        }
        let (word, rest) = start.split_once(char::is_whitespace).unwrap_or((start, ""));
        let mut instruction = Instruction {
            line: number,
            word: word.to_ascii_uppercase(),
            text: String::new(),
            lines: vec![(0, number)],
        };
        let mut part = rest;
        while let Some(begun) = part.trim_end().strip_suffix('\\') {
            instruction.text.push_str(begun);
            let next = lines.by_ref().find(|(_, l)| {
                let l = l.trim_start();
                !l.is_empty() && !l.starts_with('#')
            });
            let (at, line) = next.ok_or((number, "it ends where a line goes on".to_owned()))?;
            instruction.lines.push((instruction.text.len(), at as u32 + 1));
            part = line;
        }
        instruction.text.push_str(part.trim_end());
        if matches!(instruction.word.as_str(), "RUN" | "COPY" | "ADD") {
            for end in documents(&instruction.text) {
                let closed = lines.by_ref().any(|(_, l)| l.trim_start_matches('\t') == end);
                if !closed {
                    return Err((number, format!("the here-document `{end}` has no end")));
                }
            }
        }
        found.push(instruction);
    }
    Ok(found)
}

/// The words that end here-documents.
fn documents(text: &str) -> Vec<String> {
    let starts = text.match_indices("<<").map(|(at, _)| text[at + 2..].trim_start_matches('-'));
    let word = |rest: &str| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let rest = rest.trim_start_matches(['"', '\'']);
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let closed = quote.is_none_or(|q| rest[end..].starts_with(q));
        (end > 0 && closed).then(|| rest[..end].to_owned())
    };
    starts.filter_map(word).collect()
}

fn stage(instruction: &Instruction) -> Result<Stage, Refusal> {
    let words: Vec<&str> = instruction.text.split_whitespace().filter(|w| !w.starts_with("--")).collect();
    let (from, name) = match words.as_slice() {
        [from] => (*from, ""),
        [from, r#as, name] if r#as.eq_ignore_ascii_case("as") => (*from, *name),
        _ => return Err((instruction.line, "a FROM that nobody can read".to_owned())),
    };
    Ok(Stage {
        line: instruction.line,
        from: from.to_owned(),
        name: name.to_ascii_lowercase(),
        instructions: Vec::new(),
    })
}

impl Instruction {
    /// The line of an offset in the text.
    pub(crate) fn line_at(&self, offset: usize) -> u32 {
        let after = self.lines.partition_point(|(start, _)| *start <= offset);
        self.lines.get(after.saturating_sub(1)).map_or(self.line, |(_, line)| *line)
    }

    /// The pairs of `ENV`.
    pub(crate) fn pairs(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for (offset, word) in words(&self.text) {
            if let Some((name, value)) = word.split_once('=') {
                pairs.push(Pair {
                    name: name.to_owned(),
                    value: value.to_owned(),
                    line: self.line_at(offset),
                });
            }
        }
        pairs
    }

    /// The words of an exec form, or the shell that runs a text.
    pub(crate) fn argv(&self) -> Vec<String> {
        argv(&self.text)
    }

    /// The options `--name=value`, and what follows them.
    pub(crate) fn options(&self) -> (Vec<(&str, &str)>, &str) {
        let mut options = Vec::new();
        let mut rest = self.text.trim_start();
        while let Some(option) = rest.strip_prefix("--") {
            let end = option.find(char::is_whitespace).unwrap_or(option.len());
            options.push(option[..end].split_once('=').unwrap_or((&option[..end], "")));
            rest = option[end..].trim_start();
        }
        (options, rest)
    }
}

/// The words of an exec form, or the shell that runs a text.
pub(crate) fn argv(text: &str) -> Vec<String> {
    match serde_json::from_str::<Vec<String>>(text.trim()) {
        Ok(words) => words,
        Err(_) => vec!["/bin/sh".to_owned(), "-c".to_owned(), text.trim().to_owned()],
    }
}

/// The words of a text with their offsets: quotes and backslashes taken away, a `$` that stands for itself doubled.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut word: Option<(usize, String)> = None;
    let mut quote: Option<char> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let (_, current) = word.get_or_insert((at, String::new()));
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(q)) if c == q => quote = None,
            ('\\', None | Some('"')) => match chars.peek().copied() {
                Some((_, '$')) => {
                    current.push_str("$$");
                    chars.next();
                }
                Some((_, next)) if quote.is_none() || matches!(next, '"' | '\\') => {
                    current.push(next);
                    chars.next();
                }
                _ => current.push('\\'),
            },
            ('$', Some('\'')) => current.push_str("$$"),
            (c, _) => current.push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_lines_and_documents() {
        let text = "# syntax=x\nARG A=1\nFROM --platform=$BUILDPLATFORM python:3.13 AS Build\nRUN a \\\n # no\n  && b\nRUN <<EOT\nUSER root\nEOT\nFROM build\nUSER 1000:1000\n";
        let file = read(text).unwrap();
        assert_eq!(file.stages.len(), 2);
        assert_eq!((file.stages[0].from.as_str(), file.stages[0].name.as_str()), ("python:3.13", "build"));
        assert_eq!(file.stages[0].instructions.len(), 2);
        assert!(file.stages[0].instructions[0].text.contains("&& b"));
        assert_eq!(file.stages[1].instructions[0].line, 11);
        assert!(
            read("RUN x\n").is_err()
                && read("FROM a\nRUN <<E\n").is_err()
                && read("FROM a\nRUN x \\\n").is_err()
        );
    }

    #[test]
    fn variables_with_quotes() {
        let text = "FROM a\nENV A=1 \\\n    B=\"it's \\\"\\$5\\\" \\\\o\" \\\n    C=/x:$PATH D='$E f'\n";
        let file = read(text).unwrap();
        let pairs = file.stages[0].instructions[0].pairs();
        let shown: Vec<(&str, &str, u32)> =
            pairs.iter().map(|p| (p.name.as_str(), p.value.as_str(), p.line)).collect();
        let expected = [("A", "1", 2), ("B", "it's \"$$5\" \\o", 3), ("C", "/x:$PATH", 4), ("D", "$$E f", 4)];
        assert_eq!(shown, expected);
    }

    #[test]
    fn options_and_commands() {
        let file =
            read("FROM a\nHEALTHCHECK --interval=30s \\\n  CMD [\"x\", \"y z\"]\nCMD run me\n").unwrap();
        let (options, rest) = file.stages[0].instructions[0].options();
        assert_eq!(options, [("interval", "30s")]);
        assert_eq!(argv(rest.strip_prefix("CMD ").unwrap()), ["x", "y z"]);
        assert_eq!(file.stages[0].instructions[1].argv(), ["/bin/sh", "-c", "run me"]);
    }
}
