//! What an evaluation may cost. Every limit is generous for people and reported as `limit-exceeded` when reached.

/// The limits of one evaluation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Declared instances, generated ones included. Default: 1,000,000.
    pub instances: usize,
    /// Levels of expressions inside each other, through calls and fields. Default: 2,000, which needs a stack of
    /// about 64 MB in an unoptimised build.
    pub depth: usize,
    /// Expressions evaluated, whatever the size of the program. Default: 10,000,000.
    pub steps: u64,
    /// Expressions evaluated on top of that for each declared instance and context. Default: 20,000.
    pub steps_per_instance: u64,
    /// Lists inside each other, and ancestors of an instance. Default: 500.
    pub nesting: usize,
    /// Elements of one list or map. Default: 1,000,000.
    pub length: usize,
    /// Bytes of one string. Default: 16 MiB.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            instances: 1_000_000,
            depth: 2_000,
            steps: 10_000_000,
            steps_per_instance: 20_000,
            nesting: 500,
            length: 1_000_000,
            text: 16 << 20,
        }
    }
}

impl Limits {
    /// Sets the limit of this name (`instances`, `depth`, `steps`, `nesting`, `length`, `text`); `false` if there is
    /// none.
    pub fn set(&mut self, name: &str, value: u64) -> bool {
        let size = usize::try_from(value).unwrap_or(usize::MAX);
        match name {
            "instances" => self.instances = size,
            "depth" => self.depth = size,
            "steps" => self.steps = value,
            "nesting" => self.nesting = size,
            "length" => self.length = size,
            "text" => self.text = size,
            _ => return false,
        }
        true
    }
}
