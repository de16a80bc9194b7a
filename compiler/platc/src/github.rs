//! Diagnostics as workflow commands: GitHub shows them beside the lines of a change.

use crate::files::Files;
use crate::machine::told;
use plat_base::{Diagnostic, Severity};

/// `::error file=…,line=…,endLine=…,col=…,endColumn=…,title=CODE::message`, on one line; what the other labels and the
/// help say follows the message.
pub(crate) fn command(diagnostic: &Diagnostic, files: &Files<'_>) -> String {
    let mut properties = Vec::new();
    if let Some(span) = diagnostic.span() {
        let place = files.place(span);
        properties.push(("file", place.file.to_owned()));
        properties.push(("line", place.start.line.to_string()));
        properties.push(("endLine", place.end.line.to_string()));
        // GitHub refuses columns of a span of several lines.
        if place.start.line == place.end.line {
            properties.push(("col", place.start.column.to_string()));
            properties.push(("endColumn", place.end.column.to_string()));
        }
    }
    properties.push(("title", diagnostic.code.clone()));
    let mut text = told(diagnostic);
    for (at, label) in diagnostic.labels.iter().enumerate().filter(|(_, l)| !l.text.is_empty()) {
        match at {
            0 => text.push_str(&format!("\n{}", label.text)),
            _ => {
                let place = files.place(label.span);
                text.push_str(&format!("\n{}:{}: {}", place.file, place.start.line, label.text));
            }
        }
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    let name = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "notice",
    };
    line(name, &properties, &text)
}

/// A failure of the command, which has no place.
pub(crate) fn failure(code: &str, message: &str, help: Option<&str>) -> String {
    let help = help.map(|h| format!("\nhelp: {h}")).unwrap_or_default();
    line("error", &[("title", code.to_owned())], &format!("{message}{help}"))
}

fn line(name: &str, properties: &[(&str, String)], text: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(key, value)| format!("{key}={}", escape_property(value))).collect();
    format!("::{name} {}::{}\n", properties.join(","), escape(text))
}

/// Text after the second `::`.
fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property's value, which also ends at `,` and `:`.
fn escape_property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_base::{FileId, SourceMap, Span};

    #[test]
    fn what_ends_a_command_is_escaped() {
        let mut sources = SourceMap::default();
        sources.add("main.plat", "let a = 50%\nlet b = 2g\n");
        let files = Files::named(&sources, vec!["a, b: c/main.plat".to_owned()]);
        let span = |start, end| Span::new(FileId(0), start, end);
        let diagnostic = Diagnostic::error("unknown-unit", "`50%`\r\nis: no, unit", span(20, 22))
            .primary("here")
            .label(span(8, 11), "100% of it")
            .help("write `2G`");
        let expected = "::error file=a%2C b%3A c/main.plat,line=2,endLine=2,col=9,endColumn=11,title=unknown-unit::\
            `50%25`%0D%0Ais: no, unit%0Ahere%0Aa, b: c/main.plat:1: 100%25 of it%0Ahelp: write `2G`\n";
        assert_eq!(command(&diagnostic, &files), expected);
        let long = Diagnostic::warning("x", "m", span(0, 22));
        let expected = "::warning file=a%2C b%3A c/main.plat,line=1,endLine=2,title=x::m\n";
        assert_eq!(command(&long, &files), expected);
        assert_eq!(failure("io", "no", Some("yes")), "::error title=io::no%0Ahelp: yes\n");
    }
}
