//! How the expressions of a program stand in an image: all places, then all types, then what they are. There are many
//! of them, and every run reads them.

use super::{Expr, ExprKind, TyId};
use plat_base::{FileId, Span};
use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::{Deserializer, Serialize, Serializer};
use std::fmt;

/// Bytes of a place: its file, start and length, four each.
const PLACE: usize = 12;
/// Bytes of a type.
const TYPE: usize = 4;
/// Room for the expressions of a small project.
const ROOM: usize = 4096;

struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

/// Writes expressions.
pub(super) fn serialize<S: Serializer>(exprs: &[Expr], serializer: S) -> Result<S::Ok, S::Error> {
    let place = |span: Span| [span.file.0, span.start, span.end.wrapping_sub(span.start)];
    let places = exprs.iter().flat_map(|e| place(e.span)).flat_map(u32::to_le_bytes).collect();
    let types = exprs.iter().flat_map(|e| e.ty.0.to_le_bytes()).collect();
    let kinds: Vec<&ExprKind> = exprs.iter().map(|e| &e.kind).collect();
    (Bytes(places), Bytes(types), kinds).serialize(serializer)
}

/// Reads what [`serialize`] wrote.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Expr>, D::Error> {
    deserializer.deserialize_tuple(3, Columns)
}

struct Columns;

impl<'de> Visitor<'de> for Columns {
    type Value = Vec<Expr>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expressions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Vec<Expr>, A::Error> {
        let missing = || A::Error::custom("a part of the expressions is missing");
        let places: &'de [u8] = parts.next_element()?.ok_or_else(missing)?;
        let types: &'de [u8] = parts.next_element()?.ok_or_else(missing)?;
        parts.next_element_seed(Kinds { places, types })?.ok_or_else(missing)
    }
}

/// What the expressions at these places and with these types are.
struct Kinds<'de> {
    places: &'de [u8],
    types: &'de [u8],
}

impl<'de> DeserializeSeed<'de> for Kinds<'de> {
    type Value = Vec<Expr>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Expr>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Kinds<'de> {
    type Value = Vec<Expr>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what expressions are")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut kinds: A) -> Result<Vec<Expr>, A::Error> {
        let (places, types) = (self.places.as_chunks::<PLACE>().0, self.types.as_chunks::<TYPE>().0);
        // All at once, and those of the project with them: a table that grows is copied, and this one is large.
        let mut exprs = Vec::with_capacity(places.len() + ROOM);
        for (place, ty) in places.iter().zip(types) {
            let Some(kind) = kinds.next_element()? else { break };
            let ty = TyId(u32::from_le_bytes(*ty));
            exprs.push(Expr { span: span(place), ty, kind });
        }
        Ok(exprs)
    }
}

fn span(place: &[u8; PLACE]) -> Span {
    let [a, b, c, d, e, f, g, h, i, j, k, l] = *place;
    let start = u32::from_le_bytes([e, f, g, h]);
    let end = start.wrapping_add(u32::from_le_bytes([i, j, k, l]));
    Span { file: FileId(u32::from_le_bytes([a, b, c, d])), start, end }
}
