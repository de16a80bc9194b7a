//! Test results as JUnit XML, the form that CI systems read: a suite per file, a case per test. There are no times in
//! it, so that the same results give the same bytes.

use crate::files::Files;
use crate::machine::short;
use plat_base::{Diagnostic, FileId};
use plat_driver::{Outcome, TestResult};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

type Xml = Writer<Vec<u8>>;

/// The report of a run of tests. A program that does not compile is one case that is in error.
pub(crate) fn report(outcome: &Outcome, files: &Files<'_>) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let errors: Vec<&Diagnostic> = outcome.diagnostics.iter().filter(|d| d.is_error()).collect();
    let failed = failed(outcome.tests.iter());
    let root = xml
        .create_element("testsuites")
        .with_attribute(("name", "platc"))
        .with_attribute((
            "tests",
            outcome.tests.len().max(usize::from(!errors.is_empty())).to_string().as_str(),
        ))
        .with_attribute(("failures", failed.to_string().as_str()))
        .with_attribute(("errors", usize::from(!errors.is_empty()).to_string().as_str()));
    root.write_inner_content(|xml| match errors.as_slice() {
        [] => suites(outcome).into_iter().try_for_each(|(file, tests)| suite(xml, files, file, &tests)),
        errors => broken(xml, files, errors),
    })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

/// The tests by file, in the order in which the files' first tests come.
fn suites(outcome: &Outcome) -> Vec<(FileId, Vec<&TestResult>)> {
    let mut suites: Vec<(FileId, Vec<&TestResult>)> = Vec::new();
    for test in &outcome.tests {
        match suites.iter_mut().find(|(file, _)| *file == test.span.file) {
            Some((_, tests)) => tests.push(test),
            None => suites.push((test.span.file, vec![test])),
        }
    }
    suites
}

fn failed<'a>(tests: impl Iterator<Item = &'a TestResult>) -> usize {
    tests.filter(|t| !t.failures.is_empty()).count()
}

fn suite(xml: &mut Xml, files: &Files<'_>, file: FileId, tests: &[&TestResult]) -> io::Result<()> {
    let name = legal(files.name(file));
    xml.create_element("testsuite")
        .with_attribute(("name", name.as_str()))
        .with_attribute(("tests", tests.len().to_string().as_str()))
        .with_attribute(("failures", failed(tests.iter().copied()).to_string().as_str()))
        .with_attribute(("errors", "0"))
        .write_inner_content(|xml| tests.iter().try_for_each(|test| case(xml, files, &name, test)))?;
    Ok(())
}

fn case(xml: &mut Xml, files: &Files<'_>, class: &str, test: &TestResult) -> io::Result<()> {
    let line = files.place(test.span).start.line.to_string();
    let case = xml
        .create_element("testcase")
        .with_attribute(("name", attribute(&test.name).as_str()))
        .with_attribute(("classname", class))
        .with_attribute(("file", class))
        .with_attribute(("line", line.as_str()));
    let Some(first) = test.failures.first() else {
        case.write_empty()?;
        return Ok(());
    };
    let text: String = test.failures.iter().map(|f| told(f, files)).collect();
    case.write_inner_content(|xml| problem(xml, "failure", first, &text))?;
    Ok(())
}

fn broken(xml: &mut Xml, files: &Files<'_>, errors: &[&Diagnostic]) -> io::Result<()> {
    let Some(first) = errors.first() else { return Ok(()) };
    let text: String = errors.iter().map(|e| short(e, files)).collect();
    xml.create_element("testsuite")
        .with_attribute(("name", "platc"))
        .with_attribute(("tests", "1"))
        .with_attribute(("failures", "0"))
        .with_attribute(("errors", "1"))
        .write_inner_content(|xml| {
            xml.create_element("testcase")
                .with_attribute(("name", "the program compiles"))
                .with_attribute(("classname", "platc"))
                .write_inner_content(|xml| problem(xml, "error", first, &text))?;
            Ok(())
        })?;
    Ok(())
}

fn problem(xml: &mut Xml, element: &str, first: &Diagnostic, text: &str) -> io::Result<()> {
    xml.create_element(element)
        .with_attribute(("message", attribute(&first.message).as_str()))
        .with_attribute(("type", first.code.as_str()))
        .write_text_content(BytesText::new(&legal(text)))?;
    Ok(())
}

/// A failure in the short form, with the values that it met on lines of their own.
fn told(failure: &Diagnostic, files: &Files<'_>) -> String {
    let mut text = short(failure, files);
    for label in failure.labels.iter().skip(1).filter(|l| !l.text.is_empty()) {
        let source: Vec<&str> = files.sources.slice(label.span).split_whitespace().collect();
        text.push_str(&format!("  {}: {}\n", source.join(" "), label.text));
    }
    if let Some(help) = &failure.help {
        text.push_str(&format!("  help: {help}\n"));
    }
    text
}

/// Text of an attribute, in which readers would turn a line break into a space.
fn attribute(text: &str) -> String {
    legal(text).replace(['\n', '\r', '\t'], " ")
}

/// XML has no way to write most control characters, not even escaped.
fn legal(text: &str) -> String {
    let legal =
        |c: char| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    text.chars().map(|c| if legal(c) { c } else { '\u{fffd}' }).collect()
}
