//! Colours of lanes: distinct also to people with colour vision deficiency, and the same for a name in every picture.

use downbeat_core::seed::fnv_1a;

/// The number of colours.
pub(super) const COUNT: usize = 8;

/// Each colour on white and on near-black, at 3:1 or more against it: WCAG 2.2, 1.4.11 for graphics.
///
/// Based on the palette of Okabe and Ito, without its yellow, which is hard to see on paper, and its black, which is for
/// text.
pub(super) const PALETTE: [(&str, &str); COUNT] = [
    ("#1668ad", "#6cb3f2"),
    ("#bf4a16", "#f2895a"),
    ("#0b8062", "#40c79e"),
    ("#a83d80", "#e68dc3"),
    ("#946400", "#deb04a"),
    ("#5a4fc4", "#a99eff"),
    ("#6f5c4b", "#c6ad94"),
    ("#0d7f96", "#5cc8de"),
];

/// Returns the number of each name's colour. A name has the same one in every picture, unless a name before it in the
/// alphabet has it; up to [`COUNT`] names have different colours.
pub(super) fn assign<'a>(names: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let names: Vec<&str> = names.collect();
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|&index| names[index]);
    let mut colours = vec![0; names.len()];
    let mut free = [true; COUNT];
    for index in order {
        if !free.contains(&true) {
            free = [true; COUNT];
        }
        let first = (fnv_1a(names[index].bytes()) % COUNT as u64) as usize;
        let colour = (0..COUNT).map(|step| (first + step) % COUNT).find(|&colour| free[colour]).unwrap_or(first);
        free[colour] = false;
        colours[index] = colour;
    }
    colours
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(one: &str, other: &str) -> f64 {
        let luminance = |hex: &str| -> f64 {
            let part = |at: usize| {
                let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        };
        let (a, b) = (luminance(one) + 0.05, luminance(other) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn every_colour_stands_out_from_the_paper() {
        for (light, dark) in PALETTE {
            assert!(contrast(light, "#ffffff") >= 4.5, "{light}");
            assert!(contrast(dark, "#10151c") >= 4.5, "{dark}");
        }
    }

    #[test]
    fn eight_names_have_eight_colours_and_keep_them() {
        let names = ["stage", "music", "light", "fx", "a", "b", "c", "d"];
        let mut colours = assign(names.into_iter());
        assert_eq!(assign(["music"].into_iter()), assign(["music", "zzz"].into_iter())[..1]);
        colours.sort_unstable();
        assert_eq!(colours, [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
