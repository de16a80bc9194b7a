//! Text to syntax tree. In: one [`plat_base::SourceFile`]. Out: an [`ast::Module`], its comments and the syntax
//! errors, always all three: a file that does not parse still yields every declaration that does. No name is
//! looked up here and no type is known. This is the only crate that names pest.

pub mod ast;
mod grammar;
pub mod image;
pub mod keywords;
mod lex;
mod parse;
mod recover;

pub use parse::{Parse, parse, parse_nested};

/// How deeply brackets may nest at most, whatever `project.plat` says.
const MOST_NESTING: usize = plat_base::Limit::Nesting.range().1 as usize;

/// Where the comments of a file are, doc comments included, in source order: what the formatter must keep.
pub fn comments(file: &plat_base::SourceFile) -> Vec<plat_base::Span> {
    let span = |c: &lex::CommentAt| plat_base::Span { file: file.id, start: c.start, end: c.end };
    lex::lex(file.id, &file.text, MOST_NESTING).comments.iter().map(span).collect()
}

/// The texts of the tokens of a file without white space, comments and commas; of a text of several lines without its
/// indentation. Two files with the same words mean the same, which is how the formatter makes sure of what it did.
pub fn words(file: &plat_base::SourceFile) -> Vec<std::borrow::Cow<'_, str>> {
    let tokens = lex::lex(file.id, &file.text, MOST_NESTING);
    let words = tokens.kinds.iter().zip(&tokens.extents).filter(|(kind, _)| **kind != b',');
    let text = |e: &lex::Extent| {
        let text = file.text.get(e.start as usize..e.end as usize).unwrap_or("");
        if !text.contains('\n') {
            return std::borrow::Cow::Borrowed(text);
        }
        let lines: Vec<&str> = text.lines().map(|l| l.trim_start_matches([' ', '\t'])).collect();
        std::borrow::Cow::Owned(lines.join("\n"))
    };
    words.map(|(_, e)| text(e)).collect()
}
