//! What is going on, for a person who waits: after a second, a line on the terminal says which stage is at work and for how
//! long. It is gone when the stage ends; nothing is shown where nobody looks.

use crate::console;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a run may take before it says what it does.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
struct State {
    stage: &'static str,
    is_over: bool,
}

/// The stage at work, told by whoever works.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stage(Arc<(Mutex<State>, Condvar)>);

impl Stage {
    /// Another stage has begun.
    pub(crate) fn begin(&self, stage: &'static str) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).stage = stage;
    }
}

/// Shows the stage until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    stage: Stage,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins with a stage. Without `is_wanted`, and where standard error is no terminal, nothing is ever shown.
    pub(crate) fn start(stage: &'static str, is_wanted: bool) -> Progress {
        let state = Stage::default();
        state.begin(stage);
        let shown = state.clone();
        let wanted = is_wanted && console::is_watched();
        let thread = wanted.then(|| std::thread::Builder::new().spawn(move || show(&shown)).ok()).flatten();
        Progress { stage: state, thread }
    }

    /// For those who work.
    pub(crate) fn stage(&self) -> Stage {
        self.stage.clone()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let (state, bell) = &*self.stage.0;
        state.lock().unwrap_or_else(PoisonError::into_inner).is_over = true;
        bell.notify_all();
        if let Some(thread) = self.thread.take() {
            // A thread that only draws has nothing to say if it fails.
            let _ = thread.join();
        }
    }
}

fn show(stage: &Stage) {
    let (state, bell) = &*stage.0;
    let start = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    let mut now = state.lock().unwrap_or_else(PoisonError::into_inner);
    while !now.is_over {
        let wait = if bar.is_some() { TICK } else { PATIENCE.saturating_sub(start.elapsed()) };
        now = bell.wait_timeout(now, wait).unwrap_or_else(PoisonError::into_inner).0;
        if now.is_over || start.elapsed() < PATIENCE {
            continue;
        }
        let bar = bar.get_or_insert_with(spinner);
        bar.set_message(now.stage);
        bar.tick();
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_elapsed(PATIENCE);
    match ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn what_nobody_waits_for_ends_at_once() {
        let progress = Progress::start("reading", true);
        progress.stage().begin("writing");
        assert_eq!(progress.stage().0.0.lock().unwrap().stage, "writing");
    }
}
