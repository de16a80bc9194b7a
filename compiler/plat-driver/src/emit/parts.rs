//! The files that are emitted, put together from what several evaluators were told of each.

use super::told::YamlSink;
use plat_base::Span;
use plat_eval::{Context, Emission, Emitted, ToldFile};
use plat_targets::Artifact;

/// A file that is to be emitted.
pub(crate) enum File {
    /// It has been printed.
    Printed { artifact: Artifact, path_span: Span, contexts: Vec<Context> },
    /// Its value is known to the first evaluator.
    Valued(Emitted),
}

impl File {
    /// Where the path is written.
    pub(crate) fn path_span(&self) -> Span {
        match self {
            File::Printed { path_span, .. } => *path_span,
            File::Valued(emitted) => emitted.path_span,
        }
    }

    /// The contexts that it stands for.
    pub(crate) fn contexts(&self) -> &[Context] {
        match self {
            File::Printed { contexts, .. } => contexts,
            File::Valued(emitted) => &emitted.contexts,
        }
    }
}

/// A file as one of several evaluators was told of it; nothing if another one makes its value.
pub(crate) struct Piece {
    text: String,
    cuts: Vec<(usize, usize)>,
}

/// What the first evaluator has, to be joined with the pieces of the others.
pub(crate) enum First {
    Told { piece: Piece, path: String, path_span: Span, contexts: Vec<Context> },
    Valued(Emitted),
}

/// What the first evaluator was told; `None` if some text is not to be told in this way.
pub(crate) fn first(files: Vec<Emission<YamlSink>>) -> Option<Vec<First>> {
    let first = |file: Emission<YamlSink>| match file {
        Emission::Made(emitted) => Some(First::Valued(emitted)),
        Emission::Elsewhere(..) => None,
        Emission::Told(ToldFile { path, path_span, sink, cuts, contexts }) => {
            Some(First::Told { piece: Piece { text: sink.finish()?, cuts }, path, path_span, contexts })
        }
    };
    files.into_iter().map(first).collect()
}

/// What another evaluator was told.
pub(crate) fn further(files: Vec<Emission<YamlSink>>) -> Option<Vec<Option<Piece>>> {
    let piece = |file: Emission<YamlSink>| match file {
        Emission::Told(ToldFile { sink, cuts, .. }) => Some(Some(Piece { text: sink.finish()?, cuts })),
        Emission::Made(_) | Emission::Elsewhere(..) => Some(None),
    };
    files.into_iter().map(piece).collect()
}

/// The whole files; `None` if the parts do not fit together.
pub(crate) fn join(first: Vec<First>, others: Vec<Vec<Option<Piece>>>) -> Option<Vec<File>> {
    if others.iter().any(|pieces| pieces.len() != first.len()) {
        return None;
    }
    let mut others: Vec<_> = others.into_iter().map(Vec::into_iter).collect();
    let mut files = Vec::with_capacity(first.len());
    for file in first {
        let further: Vec<Option<Piece>> = others.iter_mut().map(|pieces| pieces.next().flatten()).collect();
        files.push(match file {
            First::Valued(emitted) => File::Valued(emitted),
            First::Told { piece, path, path_span, contexts } => {
                let further: Vec<Piece> = further.into_iter().collect::<Option<_>>()?;
                let artifact = Artifact { path, text: whole(piece, &further)?, ..Artifact::default() };
                File::Printed { artifact, path_span, contexts }
            }
        });
    }
    Some(files)
}

/// The text whose divided comprehensions have the rounds of all parts.
fn whole(first: Piece, further: &[Piece]) -> Option<String> {
    if further.is_empty() || first.cuts.is_empty() {
        return Some(first.text);
    }
    let more: usize = further.iter().flat_map(|piece| &piece.cuts).map(|(start, end)| end - start).sum();
    let mut text = String::with_capacity(first.text.len() + more);
    let mut done = 0;
    for (at, (_, end)) in first.cuts.iter().enumerate() {
        text.push_str(first.text.get(done..*end)?);
        done = *end;
        for piece in further {
            let (start, end) = *piece.cuts.get(at)?;
            text.push_str(piece.text.get(start..end)?);
        }
    }
    text.push_str(first.text.get(done..)?);
    Some(text)
}
