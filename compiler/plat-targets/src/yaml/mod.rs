//! YAML for every target that prints it. In: calls that describe a document, in order. Out: block-style text with an
//! origin per line, which YAML 1.1 and YAML 1.2 readers understand alike and which `yamllint` accepts. There is no
//! tree: each call appends to one buffer. Nothing here knows what the documents are about.

mod scalar;
mod stream;
mod writer;

pub use stream::{Begun, YamlPlace, YamlStream};
pub use writer::{Key, YamlWriter};
