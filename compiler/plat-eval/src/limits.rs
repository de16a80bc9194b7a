//! What an evaluation may cost. Every limit is generous for people and reported as `limit-exceeded` when reached.

use plat_base::Limit;

/// The limits of one evaluation; [`Limit`] tells what they count and their defaults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// [`Limit::Instances`].
    pub instances: usize,
    /// [`Limit::Contexts`].
    pub contexts: usize,
    /// [`Limit::Depth`]. The default needs a stack of about 64 MB in an unoptimised build.
    pub depth: usize,
    /// [`Limit::Steps`].
    pub steps: u64,
    /// [`Limit::StepsPerInstance`].
    pub steps_per_instance: u64,
    /// [`Limit::StepsPerValue`].
    pub steps_per_value: u64,
    /// [`Limit::Layers`].
    pub layers: usize,
    /// [`Limit::Length`].
    pub length: usize,
    /// [`Limit::Text`].
    pub text: usize,
    /// [`Limit::Output`].
    pub output: u64,
    /// [`Limit::OutputPerInstance`].
    pub output_per_instance: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::from(&plat_base::Limits::default())
    }
}

impl From<&plat_base::Limits> for Limits {
    fn from(all: &plat_base::Limits) -> Limits {
        Limits {
            instances: all.size(Limit::Instances),
            contexts: all.size(Limit::Contexts),
            depth: all.size(Limit::Depth),
            steps: all.get(Limit::Steps),
            steps_per_instance: all.get(Limit::StepsPerInstance),
            steps_per_value: all.get(Limit::StepsPerValue),
            layers: all.size(Limit::Layers),
            length: all.size(Limit::Length),
            text: all.size(Limit::Text),
            output: all.get(Limit::Output),
            output_per_instance: all.get(Limit::OutputPerInstance),
        }
    }
}

impl Limits {
    /// The value of a limit; 0 of one that is none of evaluation.
    pub(crate) fn get(&self, limit: Limit) -> u64 {
        match limit {
            Limit::Instances => self.instances as u64,
            Limit::Contexts => self.contexts as u64,
            Limit::Depth => self.depth as u64,
            Limit::Steps => self.steps,
            Limit::StepsPerInstance => self.steps_per_instance,
            Limit::StepsPerValue => self.steps_per_value,
            Limit::Layers => self.layers as u64,
            Limit::Length => self.length as u64,
            Limit::Text => self.text as u64,
            Limit::Output => self.output,
            Limit::OutputPerInstance => self.output_per_instance,
            _ => 0,
        }
    }
}
