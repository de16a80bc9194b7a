//! How names and places stand in a binary image of something that was parsed before: a name as its position in a
//! table, a place without its file. In: a table and a file. Out: what serde reads or writes under them. Images are
//! read by the very binary that they were built into; they are no format for exchange.

use crate::{FileId, Name, Span};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::RefCell;
use std::collections::HashMap;

/// The names of an image, and the file that its places are in.
#[derive(Default)]
struct Frame {
    names: Vec<Name>,
    positions: HashMap<Name, u32>,
    file: u32,
}

thread_local! {
    static FRAME: RefCell<Frame> = RefCell::default();
}

/// Runs `write`, which serializes; gives what it made and the names that it needs, in the order of their positions.
pub fn writing<R>(write: impl FnOnce() -> R) -> (R, Vec<Name>) {
    let outer = FRAME.take();
    let made = write();
    (made, FRAME.replace(outer).names)
}

/// Runs `read`, which deserializes what was written with these names, as a part of `file`.
pub fn reading<R>(names: Vec<Name>, file: FileId, read: impl FnOnce() -> R) -> R {
    let outer = FRAME.replace(Frame { names, positions: HashMap::new(), file: file.0 });
    let made = read();
    FRAME.set(outer);
    made
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let position = FRAME.with_borrow_mut(|frame| {
            let next = frame.names.len() as u32;
            let position = *frame.positions.entry(*self).or_insert(next);
            if position == next {
                frame.names.push(*self);
            }
            position
        });
        serializer.serialize_u32(position)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        let position = u32::deserialize(deserializer)? as usize;
        FRAME
            .with_borrow(|frame| frame.names.get(position).copied())
            .ok_or_else(|| D::Error::custom("a name that the image does not have"))
    }
}

impl Serialize for FileId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for FileId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FileId, D::Error> {
        <()>::deserialize(deserializer)?;
        Ok(FileId(FRAME.with_borrow(|frame| frame.file)))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A length is shorter than an end.
        (self.start, self.end.wrapping_sub(self.start)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        let (start, length) = <(u32, u32)>::deserialize(deserializer)?;
        let file = FileId(FRAME.with_borrow(|frame| frame.file));
        Ok(Span { file, start, end: start.wrapping_add(length) })
    }
}
