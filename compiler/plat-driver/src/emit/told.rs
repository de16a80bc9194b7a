//! YAML from data that is told part by part.

use super::float;
use plat_eval::Sink;
use plat_targets::yaml::{Begun, YamlPlace, YamlStream};

/// A YAML file that data is told to.
#[derive(Debug, Default)]
pub(crate) struct YamlSink(YamlStream);

impl YamlSink {
    /// One for a file of this path, if it is one of YAML.
    pub(crate) fn of(path: &str) -> Option<YamlSink> {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        matches!(ending, "yaml" | "yml").then(YamlSink::default)
    }

    /// The text; `None` if it is told in another way: a scalar, or nothing.
    pub(crate) fn finish(self) -> Option<String> {
        self.0.finish()
    }
}

impl Sink for YamlSink {
    type Place = YamlPlace;
    type Begun = Begun;

    fn at(place: YamlPlace) -> YamlSink {
        YamlSink(YamlStream::at(place))
    }

    fn place(&self) -> YamlPlace {
        self.0.place()
    }

    fn depth(&self) -> usize {
        self.0.depth()
    }

    fn go_on(&mut self, place: YamlPlace) {
        self.0.go_on(place);
    }

    fn skip(&mut self) {
        self.0.skip();
    }

    fn written(&self) -> &str {
        self.0.text()
    }

    fn paste(&mut self, text: &str) {
        self.0.paste(text);
    }

    fn begin_map(&mut self) -> Begun {
        self.0.begin_map()
    }

    fn begin_list(&mut self) -> Begun {
        self.0.begin_list()
    }

    fn end_map(&mut self, begun: Begun) {
        self.0.end_map(begun);
    }

    fn end_list(&mut self, begun: Begun) {
        self.0.end_list(begun);
    }

    fn end_filled(&mut self, begun: Begun) {
        self.0.end_filled(begun);
    }

    fn key(&mut self, key: &str) -> bool {
        self.0.key(key)
    }

    fn null(&mut self) {
        self.0.word("null");
    }

    fn boolean(&mut self, value: bool) {
        self.0.word(if value { "true" } else { "false" });
    }

    fn int(&mut self, value: i64) {
        self.0.int(value);
    }

    fn float(&mut self, value: f64) {
        self.0.word(&float(value));
    }

    fn text(&mut self, value: &str) {
        self.0.text_value(value);
    }
}
