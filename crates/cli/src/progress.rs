//! How far a long computation is, on standard error: a bar on a terminal, elsewhere a line for each tenth.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;
use crate::text;

const BAR: &str = "{bar:30} {human_pos} of {human_len} viewers, {eta} left";

/// The progress of a computation about many viewers.
pub(crate) struct Progress {
    viewers: u64,
    done: AtomicU64,
    /// Only on a terminal.
    bar: Option<ProgressBar>,
    output: Output,
}

impl Progress {
    /// Begins to show how many of so many viewers are done.
    pub(crate) fn new(viewers: u64, output: Output) -> Self {
        let bar = (!output.quiet && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template(BAR).expect("the template is well-formed");
            ProgressBar::new(viewers).with_style(style)
        });
        Self { viewers, done: AtomicU64::new(0), bar, output }
    }

    /// Shows that so many more are done.
    pub(crate) fn add(&self, more: u64) {
        let before = self.done.fetch_add(more, Ordering::Relaxed);
        let done = before + more;
        match &self.bar {
            Some(bar) => bar.inc(more),
            None if self.tenth(done) > self.tenth(before) && done < self.viewers => {
                let (done, viewers) = (text::thousands(done), text::thousands(self.viewers));
                self.output.remark(&format!("{done} of {viewers} viewers\n"));
            }
            None => {}
        }
    }

    fn tenth(&self, done: u64) -> u64 {
        done * 10 / self.viewers.max(1)
    }
}

impl Drop for Progress {
    /// Removes the bar: what follows is the result.
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
