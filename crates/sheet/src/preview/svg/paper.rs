//! The measures of the picture, in its own units.

/// The width of the picture: with a height of 1,000 it has the proportions of A4 and A3.
pub(super) const WIDTH: f64 = 1_414.0;

/// The margin around the picture.
pub(super) const MARGIN: f64 = 28.0;

/// Where the axis begins; the names of the lanes are left of it.
pub(super) const LEFT: f64 = 196.0;

/// Where the axis ends; half the label of a tick is right of it.
pub(super) const RIGHT: f64 = WIDTH - MARGIN - 30.0;

/// Where the lanes should end, so that the whole picture fits one page.
pub(super) const BOTTOM: f64 = 900.0;

/// The width of bold text, relative to regular text.
pub(super) const BOLD: f64 = 1.15;
