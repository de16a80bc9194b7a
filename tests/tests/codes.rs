//! Every code that the compiler or a built-in check can give has a page whose example gets exactly this code and whose
//! mend gets nothing, a picture of the diagnostic, and an annotated program that says where it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use plat_tests::annotations::{self, Annotations, Where};
use plat_tests::scratch::Scratch;
use plat_tests::{pages, platc, root, tree};

/// Codes that no `platc check` of a program under `tests/suite` can place, and the text elsewhere that expects them.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("disagreement", "tests/tests/verify.rs", "disagreement"),
    ("io", "compiler/docs/codes/io.md", "error=io"),
    ("misuse", "compiler/docs/codes/misuse.md", "error=misuse"),
    ("not-utf8", "compiler/plat-driver/tests/loading.rs", "not-utf8 @ latin.plat:2:13"),
    ("output-not-ours", "compiler/docs/codes/output-not-ours.md", "error=output-not-ours"),
    ("test-failed", "compiler/docs/codes/test-failed.md", "error=test-failed"),
    ("unreadable-file", "compiler/plat-driver/tests/loading.rs", "unreadable-file @ main.plat:2:5"),
];

/// Codes whose mistake root never meets, because it may read every file.
const NOT_FOR_ROOT: &[&str] = &["unreadable-file"];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("codes of the sources are those of the pages", sources_and_pages_agree),
        Trial::test("the checker knows all codes that no check may have", no_check_takes_a_code),
        Trial::test("every code has a program that says where it is", every_code_has_a_place),
        Trial::test("explain prints pages and finds near codes", explain_answers),
        Trial::test("explain tells what a check of one's own says", explain_knows_own_checks),
        Trial::test("mends are formatted", mends_are_formatted),
        Trial::test("the catalogue names what exists", catalogue_is_true),
        Trial::test("no picture is left of a code that is gone", no_picture_is_left_over),
    ];
    for code in pages_by_code().into_keys() {
        let name = code.clone();
        trials.push(Trial::test(format!("page {code}"), move || page_is_true(&name)));
        let name = code.clone();
        trials.push(Trial::test(format!("picture {code}"), move || picture(&name)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn pages_by_code() -> BTreeMap<String, PathBuf> {
    let folder = root().join("compiler/docs/codes");
    let pages = tree::matching(&folder, |f| f.extension().is_some_and(|e| e == "md"));
    pages.into_iter().map(|p| (p.file_stem().unwrap_or_default().to_string_lossy().into_owned(), p)).collect()
}

fn page_of(code: &str) -> PathBuf {
    root().join(format!("compiler/docs/codes/{code}.md"))
}

fn fail<T>(message: String) -> Result<T, Failed> {
    Err(message.into())
}

// ------------------------------------------------------------------------------------------------- one page

fn page_is_true(code: &str) -> Result<(), Failed> {
    let path = page_of(code);
    let text = std::fs::read_to_string(&path)?;
    let lines: Vec<&str> = text.lines().collect();
    if lines.first() != Some(&format!("# {code}").as_str()) || lines.get(1) != Some(&"") {
        return fail(format!("the page begins with `# {code}` and an empty line"));
    }
    let sentence: Vec<&str> = lines[2..].iter().copied().take_while(|l| !l.is_empty()).collect();
    if !sentence.join(" ").ends_with('.') || sentence.len() > 2 {
        return fail("one sentence of at most two lines stands below the title".to_owned());
    }
    if let Some(long) = lines.iter().find(|l| l.chars().count() > 100) {
        return fail(format!("a line is longer than 100 characters: {long}"));
    }
    let programs = pages::programs(&path);
    let shows = programs.first().and_then(|p| p.mistake.as_ref()).map(|(_, code)| code.as_str());
    if shows != Some(code) || programs.last().is_none_or(|p| p.mistake.is_some()) {
        return fail("a page shows the mistake first and ends with its mend".to_owned());
    }
    for program in &programs {
        if program.mistake.is_some() && is_unseen(code) {
            continue;
        }
        let (found, ran) = program.mistakes();
        let expected: BTreeSet<_> = program.mistake.clone().into_iter().collect();
        if found != expected {
            let place = format!("{}:{}", path.display(), program.line);
            return fail(format!("{place}: {found:?}, not {expected:?}\n{}{}", ran.stdout, ran.stderr));
        }
    }
    Ok(())
}

/// Mends are written in the one style.
fn mends_are_formatted() -> Result<(), Failed> {
    let scratch = Scratch::new("page");
    for (code, page) in pages_by_code() {
        for program in pages::programs(&page).iter().filter(|p| p.mistake.is_none() && !p.script) {
            scratch.write(&format!("{code}-{}.plat", program.line), &program.text);
        }
    }
    let ran = platc::platc(scratch.path(), ["fmt", "--check"]);
    if ran.status == 0 { Ok(()) } else { fail(format!("{}{}", ran.stdout, ran.stderr)) }
}

fn is_unseen(code: &str) -> bool {
    NOT_FOR_ROOT.contains(&code) && nix::unistd::geteuid().is_root()
}

fn picture(code: &str) -> Result<(), Failed> {
    if is_unseen(code) {
        return Ok(());
    }
    let programs = pages::programs(&page_of(code));
    let Some(first) = programs.first() else { return fail("no program".to_owned()) };
    let drawn = first.drawn();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/codes");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(code, drawn.stderr));
    Ok(())
}

fn no_picture_is_left_over() -> Result<(), Failed> {
    let folder = root().join("tests/tests/snapshots/codes");
    let known = pages_by_code();
    let left = tree::files(&folder).into_iter().map(|f| f.to_string_lossy().into_owned());
    let left: Vec<String> =
        left.filter(|f| f.strip_suffix(".snap").is_none_or(|code| !known.contains_key(code))).collect();
    if left.is_empty() { Ok(()) } else { fail(format!("{left:?}")) }
}

// ------------------------------------------------------------------------------------------------- the sources

fn sources_and_pages_agree() -> Result<(), Failed> {
    let mut given = codes_of_the_compiler()?;
    given.extend(built_in_checks()?);
    let pages: BTreeSet<String> = pages_by_code().into_keys().collect();
    let without: Vec<&String> = given.difference(&pages).collect();
    let idle: Vec<&String> = pages.difference(&given).collect();
    if without.is_empty() && idle.is_empty() {
        return Ok(());
    }
    fail(format!("without a page: {without:?}; pages of codes that nobody gives: {idle:?}"))
}

/// The names of the checks in `stdlib/checks`.
fn built_in_checks() -> Result<BTreeSet<String>, Failed> {
    let mut names = BTreeSet::new();
    for file in tree::matching(&root().join("stdlib/checks"), |f| f.extension().is_some_and(|e| e == "plat"))
    {
        let text = std::fs::read_to_string(&file)?;
        let words =
            text.lines().filter_map(|l| l.strip_prefix("check ")?.split(' ').next().map(str::to_owned));
        names.extend(words);
    }
    Ok(names)
}

/// The codes that Rust sources name: as the first argument of `Diagnostic::error` and `warning`, after the severity in
/// `Diagnostic::new`, as the argument of a function whose parameter is `code: &str`, or in a variable called `code`.
fn codes_of_the_compiler() -> Result<BTreeSet<String>, Failed> {
    let mut codes = BTreeSet::new();
    let sources = rust_sources()?;
    let takers: BTreeSet<String> = sources.iter().flat_map(|(_, text)| takers(text)).collect();
    for (file, text) in &sources {
        for opening in ["Diagnostic::error(", "Diagnostic::warning(", "Diagnostic::new("] {
            for (at, _) in text.match_indices(opening) {
                let after = text[at + opening.len()..].trim_start();
                let after = match after.strip_prefix("Severity::") {
                    Some(rest) => rest.split_once(',').map_or("", |(_, rest)| rest).trim_start(),
                    None if opening.ends_with("new(") => {
                        after.split_once(',').map_or("", |(_, rest)| rest).trim_start()
                    }
                    None => after,
                };
                match literal(after) {
                    Some(code) => drop(codes.insert(code)),
                    None if after.starts_with("code,") || after.starts_with("&self.code,") => {}
                    None => {
                        let shown: String = after.chars().take(40).collect();
                        return fail(format!("{file}: the code is neither text nor called `code`: {shown}"));
                    }
                }
            }
        }
        for taker in &takers {
            for (at, _) in text.match_indices(&format!("{taker}(")) {
                codes.extend(literal(text[at + taker.len() + 1..].trim_start()));
            }
        }
        let of_diagnostics = text.contains("Diagnostic::error(") || text.contains("Failure");
        for opening in [" let code = ", ".code = ", "let (code, status) = "].iter().filter(|_| of_diagnostics)
        {
            for (at, _) in text.match_indices(opening) {
                let statement = text[at..].split(';').next().unwrap_or_default();
                codes.extend(statement.split('"').skip(1).step_by(2).map(str::to_owned));
            }
        }
    }
    Ok(codes)
}

/// The text at the beginning, if it is text.
fn literal(text: &str) -> Option<String> {
    Some(text.strip_prefix('"')?.split_once('"')?.0.to_owned())
}

/// The functions that make a diagnostic of their first parameter, `code: &str`; those of `Diagnostic` are known.
fn takers(text: &str) -> Vec<String> {
    let heads = text.match_indices("code: &str").filter_map(|(at, _)| {
        let before = text[..at].trim_end().strip_suffix('(')?;
        let makes = text[at..].split('{').next().is_some_and(|head| head.contains("-> Diagnostic"));
        before.rsplit_once("fn ").filter(|_| makes).map(|(_, name)| name.to_owned())
    });
    heads.filter(|name| !["error", "warning", "new"].contains(&name.as_str())).collect()
}

/// The sources of the crates without comments and tests.
fn rust_sources() -> Result<Vec<(String, String)>, Failed> {
    let compiler = root().join("compiler");
    let in_tests =
        |path: &Path| path.components().any(|c| c.as_os_str() == "tests" || c.as_os_str() == "benches");
    let files = tree::matching(&compiler, |f| {
        let below = f.strip_prefix(&compiler).unwrap_or(f);
        f.extension().is_some_and(|e| e == "rs") && !in_tests(below) && !f.ends_with("tests.rs")
    });
    let mut sources = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let lines: Vec<&str> = code.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
        sources.push((file.display().to_string(), lines.join("\n")));
    }
    Ok(sources)
}

/// A check may have no name that is a code of the compiler already: the table in the checker is complete.
fn no_check_takes_a_code() -> Result<(), Failed> {
    let text = std::fs::read_to_string(root().join("compiler/plat-sema/src/errors/mod.rs"))?;
    let table = text.split_once("const CODES").and_then(|(_, t)| t.split_once("];")).map_or("", |(t, _)| t);
    let table: BTreeSet<String> = table.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    let mut given = codes_of_the_compiler()?;
    // A check of the standard library whose code the language fixes.
    given.insert("feature-not-on-arch".to_owned());
    if table == given {
        return Ok(());
    }
    let (more, fewer): (Vec<_>, Vec<_>) =
        (table.difference(&given).collect(), given.difference(&table).collect());
    fail(format!("too many: {more:?}, too few: {fewer:?}"))
}

// ------------------------------------------------------------------------------------------------- the catalogue

/// The rows of the catalogue: what each is called, what has to hold, and how that is held.
fn catalogue() -> Result<Vec<[String; 3]>, Failed> {
    let text = std::fs::read_to_string(root().join("compiler/docs/checks.md"))?;
    let mut rows = Vec::new();
    for line in text.lines().filter_map(|l| l.strip_prefix("| ")?.strip_suffix('|')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Ok(cells) = <[&str; 3]>::try_from(cells) else {
            return fail(format!("a row of the catalogue has three cells: {line}"));
        };
        if cells[0] != "row" && !cells[0].starts_with("---") {
            rows.push(cells.map(str::to_owned));
        }
    }
    Ok(rows)
}

/// The words of a cell that are marked as code and spelled like the name of a check.
fn codes_in(cell: &str) -> impl Iterator<Item = &str> {
    let is_word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let marked = cell.split('`').skip(1).step_by(2);
    marked.filter(move |code| code.contains('-') && code.split('-').all(is_word))
}

fn catalogue_is_true() -> Result<(), Failed> {
    let mut known = built_in_checks()?;
    known.extend(pages_by_code().into_keys());
    let mut library = String::new();
    for file in tree::matching(&root().join("stdlib"), |f| f.extension().is_some_and(|e| e == "plat")) {
        library.push_str(&std::fs::read_to_string(file)?);
    }
    let words: BTreeSet<&str> =
        library.split(|c: char| c != '-' && !c.is_ascii_alphanumeric()).filter(|w| w.contains('-')).collect();
    let mut wrong = Vec::new();
    let rows = catalogue()?;
    let named: BTreeSet<&str> = rows.iter().flat_map(|[.., held]| codes_in(held)).collect();
    let unnamed = built_in_checks()?.into_iter().filter(|check| !named.contains(check.as_str()));
    wrong.extend(unnamed.map(|check| format!("no row names `{check}`")));
    for [row, holds, held] in &rows {
        if holds.is_empty() || held.is_empty() {
            wrong.push(format!("the row {row} is empty"));
        }
        // Fields and functions are marked as code, too.
        let strange = codes_in(held).filter(|code| !known.contains(*code) && !words.contains(*code));
        wrong.extend(strange.map(|code| format!("{row}: there is no `{code}`")));
    }
    if wrong.is_empty() { Ok(()) } else { fail(wrong.join("\n")) }
}

// ------------------------------------------------------------------------------------------------- the suite

fn every_code_has_a_place() -> Result<(), Failed> {
    let suite = root().join("tests/suite");
    let mut annotations = Annotations::default();
    for file in tree::matching(&suite, |f| f.extension().is_some_and(|e| e == "plat")) {
        let bytes = std::fs::read(&file)?;
        annotations::read(&file, &String::from_utf8_lossy(&bytes), &mut annotations)?;
    }
    let placed = |code: &str| {
        annotations.diagnostics.iter().any(|d| d.code == code && matches!(d.place, Where::Exactly(_)))
    };
    let mut lacking = Vec::new();
    for code in pages_by_code().into_keys() {
        let tested = match ELSEWHERE.iter().find(|(c, ..)| *c == code) {
            Some((_, file, text)) => std::fs::read_to_string(root().join(file))?.contains(text),
            None => placed(&code),
        };
        if !tested {
            lacking.push(code);
        }
    }
    if lacking.is_empty() { Ok(()) } else { fail(format!("no program says where these are: {lacking:?}")) }
}

// ------------------------------------------------------------------------------------------------- the command

fn explain_answers() -> Result<(), Failed> {
    let scratch = Scratch::new("explain");
    let page = platc::platc(scratch.path(), ["explain", "unknown-unit"]).expect(0).stdout;
    assert!(page.starts_with("unknown-unit\n\n"), "{page}");
    assert!(!page.contains("```") && !page.contains('\x1b'), "clean text: {page}");
    let of_check = || platc::platc(scratch.path(), ["explain", "moving-tag"]).expect(0).stdout;
    let alone = of_check();
    scratch.write("main.plat", "let one = 1\n");
    scratch.write("project.plat", "project shop { checks { moving-tag = error } }\n");
    let settled = of_check();
    assert!(
        settled.starts_with(&alone)
            && settled
                .contains("in this project it is an error: `project { checks { moving-tag = error } }`"),
        "{settled}"
    );
    scratch.write("project.plat", "@allow(moving-tag, \"a mirror\")\nproject shop {}\n");
    assert!(of_check().ends_with("This project silences it, `@allow(moving-tag, …)`: a mirror\n"));
    let list = platc::platc(scratch.path(), ["explain", "--list"]).expect(0).stdout;
    assert_eq!(list, platc::platc(scratch.path(), ["explain"]).expect(0).stdout);
    assert_eq!(list.lines().count(), pages_by_code().len(), "{list}");
    let near = platc::platc(scratch.path(), ["explain", "unknow-unit"]).expect(2).stderr;
    assert!(near.contains("did you mean `unknown-unit`?"), "{near}");
    platc::platc(scratch.path(), ["explain", "zzz"]).expect(2);
    Ok(())
}

fn explain_knows_own_checks() -> Result<(), Failed> {
    let scratch = Scratch::new("explain");
    let program = "/// Boxes have to fit through the door.\ncheck box-fits for b in box at warning {\n  require b.size <= 10\n  message \"\\(b.name) is too big\"\n}\nkind box { size: int }\nbox a { size = nonsense }\n";
    scratch.write("main.plat", program);
    let card = platc::platc(scratch.path(), ["explain", "box-fits"]).expect(0).stdout;
    for part in ["box-fits", "Boxes have to fit", "warning", "main.plat:2:7", "b.size <= 10", "is too big"] {
        assert!(card.contains(part), "{part}: {card}");
    }
    let near = platc::platc(scratch.path(), ["explain", "box-fit"]).expect(2).stderr;
    assert!(near.contains("did you mean `box-fits`?"), "{near}");
    Ok(())
}
