//! What was counted, as the points of plots.

use downbeat_core::Span;
use downbeat_sim::audience::Histogram;

/// Points of a curve of shares.
const SHARES: u32 = 200;

/// Returns a span in ms.
pub(super) fn ms(span: Span) -> f64 {
    span.as_micros() as f64 / 1e3
}

/// Returns which share of the values, in percent, is reached at which one, in ms.
pub(super) fn shares(histogram: &Histogram) -> Vec<(f64, f64)> {
    let shares = (1..=SHARES).map(|share| f64::from(share) / f64::from(SHARES));
    let fine = [0.996, 0.997, 0.998, 0.999];
    let mut shares: Vec<f64> = shares.chain(fine).collect();
    shares.sort_by(f64::total_cmp);
    shares.into_iter().filter_map(|share| Some((ms(histogram.at(share)?), share * 100.0))).collect()
}

/// Returns columns between two values in ms: from, to, and how many percent of all values are in it.
pub(super) fn columns(histogram: &Histogram, from: f64, to: f64, count: usize) -> Vec<(f64, f64, f64)> {
    let width = (to - from) / count as f64;
    let mut columns = vec![0_u64; count];
    for (value, values) in histogram.steps() {
        // Rounding errors would move a step into the column before.
        let column = ((ms(value) - from) / width + 1e-6).floor();
        if let Some(column) = (column >= 0.0).then(|| columns.get_mut(column as usize)).flatten() {
            *column += values;
        }
    }
    let percent = 100.0 / histogram.count().max(1) as f64;
    let columns = columns.into_iter().enumerate();
    columns
        .map(|(place, values)| {
            let left = from + place as f64 * width;
            (left, left + width, values as f64 * percent)
        })
        .collect()
}

/// Returns the places of the busiest seconds: of each `length` seconds, the one with the most requests.
pub(super) fn busiest(per_second: &[u64], length: usize) -> Vec<usize> {
    let parts = per_second.chunks(length).enumerate();
    parts
        .filter_map(|(part, counts)| {
            Some(part * length + counts.iter().enumerate().max_by_key(|(_, count)| **count)?.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[i64]) -> Histogram {
        let mut histogram = Histogram::new(Span::from_millis(1));
        values.iter().for_each(|ms| histogram.note(Span::from_millis(*ms)));
        histogram
    }

    #[test]
    fn a_curve_reaches_all_values() {
        let curve = shares(&of(&[0, 0, 3]));
        assert_eq!((curve[0], curve[curve.len() - 1]), ((1.0, 0.5), (4.0, 100.0)));
        assert!(curve.is_sorted_by(|one, other| one.0 <= other.0 && one.1 <= other.1));
    }

    #[test]
    fn columns_have_what_lies_between() {
        assert_eq!(columns(&of(&[-2, -1, 0, 1, 9]), -2.0, 2.0, 2), [(-2.0, 0.0, 40.0), (0.0, 2.0, 40.0)]);
    }

    #[test]
    fn of_each_part_the_busiest_second_counts() {
        assert_eq!(busiest(&[1, 5, 2, 0, 3], 3), [1, 4]);
    }
}
