//! The axes of plots: where they begin and end, and which values are marked.

use std::fmt;

/// About how many values an axis marks.
const MARKS: f64 = 5.0;

/// Steps between marks of a time in minutes: a minute to a day.
const MINUTES: [f64; 11] = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 180.0, 360.0, 720.0];

/// An axis of a plot.
#[derive(Clone)]
pub(crate) struct Axis {
    /// What it measures, with its unit.
    pub(crate) title: String,
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// The values that are marked.
    pub(crate) marks: Vec<f64>,
    scale: Scale,
    write: fn(f64) -> String,
    /// The names of the parts between 0 and 1, 1 and 2, and so on, instead of values.
    names: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Linear,
    Logarithmic,
}

impl Axis {
    /// Creates an axis that marks round values.
    pub(crate) fn linear(title: &str, from: f64, to: f64, write: fn(f64) -> String) -> Self {
        let step = round_up((to - from) / MARKS);
        let first = (from / step).ceil() as i64;
        let marks = (first..=(to / step + 1e-9).floor() as i64).map(|place| place as f64 * step).collect();
        Self { title: title.to_owned(), from, to, marks, scale: Scale::Linear, write, names: Vec::new() }
    }

    /// Creates an axis with a part for each name, the first from 0 to 1.
    pub(crate) fn named(title: &str, names: Vec<String>) -> Self {
        let marks = (0..names.len()).map(|place| place as f64 + 0.5).collect();
        let to = names.len() as f64;
        Self { title: title.to_owned(), from: 0.0, to, marks, scale: Scale::Linear, write: |_| String::new(), names }
    }

    /// Creates an axis of minutes, which marks parts of hours.
    pub(crate) fn minutes(title: &str, from: f64, to: f64) -> Self {
        let wanted = (to - from) / (MARKS + 1.0);
        let step = MINUTES.into_iter().find(|step| *step >= wanted).unwrap_or(1_440.0);
        let first = (from / step).ceil() as i64;
        let marks = (first..=(to / step).floor() as i64).map(|place| place as f64 * step).collect();
        Self { title: title.to_owned(), from, to, marks, scale: Scale::Linear, write: clock, names: Vec::new() }
    }

    /// Creates an axis on which each mark is ten times the one before it. Both ends are above zero.
    pub(crate) fn logarithmic(title: &str, from: f64, to: f64, write: fn(f64) -> String) -> Self {
        let powers = from.log10().ceil() as i32..=(to.log10() + 1e-9).floor() as i32;
        let marks = powers.map(|power| 10_f64.powi(power)).collect();
        Self { title: title.to_owned(), from, to, marks, scale: Scale::Logarithmic, write, names: Vec::new() }
    }

    /// Returns which share of the axis lies before a value.
    pub(super) fn share(&self, value: f64) -> f64 {
        let place = |value: f64| match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => value.log10(),
        };
        let (from, to) = (place(self.from), place(self.to));
        (place(value.clamp(self.from, self.to)) - from) / (to - from)
    }

    /// Writes a value.
    pub(super) fn written(&self, value: f64) -> String {
        match self.names.get(value as usize) {
            Some(name) => name.clone(),
            None => (self.write)(value),
        }
    }
}

impl fmt::Debug for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}..{}", self.title, self.from, self.to)
    }
}

/// Returns the next of 1, 2, 5, 10, 20 … that is not below `value`, which is above zero.
pub(crate) fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let digit = [1.0, 2.0, 5.0, 10.0].into_iter().find(|digit| digit * power >= value * (1.0 - 1e-9));
    digit.unwrap_or(10.0) * power
}

/// Writes minutes as hours and minutes: `-0:05`, `1:30`.
fn clock(minutes: f64) -> String {
    let all = minutes.abs().round() as u64;
    format!("{}{}:{:02}", if minutes <= -0.5 { "-" } else { "" }, all / 60, all % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round() {
        assert_eq!([0.3, 1.0, 1.1, 4.2, 70.0, 0.0].map(round_up), [0.5, 1.0, 2.0, 5.0, 100.0, 1.0]);
        assert_eq!(Axis::linear("", 0.0, 24.0, |_| String::new()).marks, [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(Axis::linear("", -3.0, 3.0, |_| String::new()).marks, [-2.0, 0.0, 2.0]);
        assert_eq!(Axis::minutes("", -2.0, 180.0).marks, [0.0, 60.0, 120.0, 180.0]);
        assert_eq!(Axis::logarithmic("", 10.0, 5_000.0, |_| String::new()).marks, [10.0, 100.0, 1_000.0]);
    }

    #[test]
    fn minutes_are_written_as_hours() {
        assert_eq!([-5.0, 0.0, 90.0].map(clock), ["-0:05", "0:00", "1:30"]);
    }

    #[test]
    fn parts_have_names() {
        let axis = Axis::named("", ["5", "20", "more"].map(str::to_owned).to_vec());
        assert_eq!(axis.marks.iter().map(|mark| axis.written(*mark)).collect::<Vec<_>>(), ["5", "20", "more"]);
    }
}
