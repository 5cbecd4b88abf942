//! What a plot shows, before it is drawn.

use super::axis::Axis;

/// A plot.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    /// What it shows, for those who do not see it.
    pub(crate) label: String,
    /// How to read it.
    pub(crate) caption: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    /// What is drawn, each over those before it.
    pub(crate) layers: Vec<Layer>,
    /// What the colours mean, if there is more than one.
    pub(crate) key: Vec<(Ink, String)>,
}

/// Something that is drawn.
#[derive(Clone, Debug)]
pub(crate) enum Layer {
    /// The area between two curves: x, lower y, upper y.
    Area {
        ink: Ink,
        curves: Vec<(f64, f64, f64)>,
    },
    Line {
        ink: Ink,
        points: Vec<(f64, f64)>,
    },
    /// Columns that stand on zero: from, to, height.
    Columns {
        ink: Ink,
        columns: Vec<(f64, f64, f64)>,
    },
    /// A point of a curve, above the value it has on the x axis.
    Point {
        x: f64,
        y: f64,
        words: String,
    },
    /// A value of x that has a meaning.
    Moment {
        x: f64,
        words: String,
    },
    /// A value of y that has a meaning.
    Level {
        y: f64,
        words: String,
    },
}

/// A colour by what it is for. Style sheets say which one it is in the light and in the dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    First,
    Second,
    Third,
    Fourth,
    /// Lines of axes.
    Axis,
    /// Lines behind everything.
    Grid,
    /// Areas below a curve.
    Shade,
    Text,
    /// What has a meaning of its own.
    Mark,
}

impl Ink {
    /// Returns the number by which style.css knows it.
    pub(super) const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Returns its class in style.css.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
            Self::Fourth => "fourth",
            Self::Axis | Self::Grid | Self::Shade | Self::Text | Self::Mark => "mark",
        }
    }
}
