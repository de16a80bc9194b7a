//! How names and places stand in a binary image of something that was parsed or checked before: a name as its position
//! in a table, a place of an image of one file without the file. In: a table and a file. Out: what serde reads or writes under them. Images are
//! read by the very binary that they were built into; they are no format for exchange.

use crate::{FileId, Name, Span};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::RefCell;
use std::collections::HashMap;

/// Which file the places of an image are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// All are in this one, whichever it was when the image was written.
    One(FileId),
    /// Each says its own, which has the same id when the image is read.
    Many,
}

/// The names of an image, and the files that its places are in.
struct Frame {
    names: Vec<Name>,
    positions: Option<HashMap<Name, u32>>,
    files: Files,
}

impl Frame {
    const EMPTY: Frame = Frame { names: Vec::new(), positions: None, files: Files::Many };
}

thread_local! {
    static FRAME: RefCell<Frame> = const { RefCell::new(Frame::EMPTY) };
}

/// Runs `write`, which serializes; gives what it made and the names that it needs, in the order of their positions.
pub fn writing<R>(files: Files, write: impl FnOnce() -> R) -> (R, Vec<Name>) {
    let outer = FRAME.replace(Frame { files, ..Frame::EMPTY });
    let made = write();
    (made, FRAME.replace(outer).names)
}

/// Runs `read`, which deserializes what was written with these names and files.
pub fn reading<R>(names: Vec<Name>, files: Files, read: impl FnOnce() -> R) -> R {
    let outer = FRAME.replace(Frame { names, files, ..Frame::EMPTY });
    let made = read();
    FRAME.set(outer);
    made
}

/// The names as the image has them: their texts in one, and the length of each.
pub fn join(names: &[Name]) -> (String, Vec<u32>) {
    let text = names.iter().map(|name| name.as_str()).collect();
    (text, names.iter().map(|name| name.as_str().len() as u32).collect())
}

/// The names of [`join`].
pub fn split(text: &'static str, lengths: &[u32]) -> Vec<Name> {
    let mut done = 0;
    Name::embedded(lengths.iter().map(|length| {
        let start = done;
        done += *length as usize;
        text.get(start..done).unwrap_or_default()
    }))
}

fn files() -> Files {
    FRAME.with_borrow(|frame| frame.files)
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let position = FRAME.with_borrow_mut(|frame| {
            let next = frame.names.len() as u32;
            let position = *frame.positions.get_or_insert_default().entry(*self).or_insert(next);
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
        match files() {
            Files::One(_) => serializer.serialize_unit(),
            Files::Many => serializer.serialize_u32(self.0),
        }
    }
}

impl<'de> Deserialize<'de> for FileId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FileId, D::Error> {
        match files() {
            Files::One(file) => <()>::deserialize(deserializer).map(|()| file),
            Files::Many => u32::deserialize(deserializer).map(FileId),
        }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A length is shorter than an end.
        let (start, length) = (self.start, self.end.wrapping_sub(self.start));
        match files() {
            Files::One(_) => (start, length).serialize(serializer),
            Files::Many => (self.file.0, start, length).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        let (file, (start, length)) = match files() {
            Files::One(file) => (file, <(u32, u32)>::deserialize(deserializer)?),
            Files::Many => {
                let (file, start, length) = <(u32, u32, u32)>::deserialize(deserializer)?;
                (FileId(file), (start, length))
            }
        };
        Ok(Span { file, start, end: start.wrapping_add(length) })
    }
}
