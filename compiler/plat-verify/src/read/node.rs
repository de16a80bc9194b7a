//! The tree that YAML, JSON and Starlark are read into.

/// A value and its line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) line: u32,
    pub(crate) data: Data,
}

/// A key of a map and its line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) line: u32,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    Int(i128),
    /// As it is written.
    Float(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
    /// Starlark: a function's name and its arguments; positional ones have no name.
    Call(String, Vec<(String, Node)>),
    /// Starlark: `a + b`.
    Sum(Box<(Node, Node)>),
    /// Starlark: a name.
    Name(String),
    /// What is not looked into.
    Opaque,
}

impl Node {
    pub(crate) fn new(line: u32, data: Data) -> Node {
        Node { line, data }
    }

    /// The value of a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(k, _)| k.text == key).map(|(_, node)| node)
    }

    /// The value at the end of a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entries of a map; none of anything else.
    pub(crate) fn entries(&self) -> &[(Key, Node)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// The elements of the list at the end of a path.
    pub(crate) fn list(&self, path: &[&str]) -> &[Node] {
        self.at(path).map_or(&[], Node::items)
    }

    /// Text, if it is that.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a key's value, or nothing.
    pub(crate) fn text_of(&self, key: &str) -> &str {
        self.get(key).and_then(Node::text).unwrap_or("")
    }

    /// Texts of a list.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.items().iter().map(Node::bare).collect()
    }

    /// Text as it is; what is not text, as it is written.
    pub(crate) fn bare(&self) -> String {
        match &self.data {
            Data::Null => "null".to_owned(),
            Data::Bool(truth) => truth.to_string(),
            Data::Int(number) => number.to_string(),
            Data::Float(text) | Data::Text(text) | Data::Name(text) => text.clone(),
            Data::List(items) => {
                let items: Vec<String> = items.iter().map(Node::bare).collect();
                format!("[{}]", items.join(", "))
            }
            Data::Map(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(k, v)| format!("{}: {}", k.text, v.bare())).collect();
                format!("{{{}}}", entries.join(", "))
            }
            Data::Call(name, _) => format!("{name}(…)"),
            Data::Sum(_) => "a sum".to_owned(),
            Data::Opaque => "an expression".to_owned(),
        }
    }

    /// A whole number as it is; what is not one, with what it is instead.
    pub(crate) fn whole(&self) -> String {
        match &self.data {
            Data::Int(number) => number.to_string(),
            Data::Text(text) => format!("the text {text:?}"),
            _ => self.bare(),
        }
    }
}
