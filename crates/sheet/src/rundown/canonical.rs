//! Canonical JSON (RFC 8785): one text for each value.

use core::cmp::Ordering;
use core::fmt::Write as _;
use serde_json::{Map, Number, Value};
use std::collections::BinaryHeap;

/// Appends a string in quotes.
pub(super) fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            b'\t' => "\\t",
            b'\n' => "\\n",
            0x0c => "\\f",
            b'\r' => "\\r",
            0..=0x1f => "",
            _ => continue,
        };
        // Every escaped byte is ASCII, so the slice ends at a character boundary.
        out.push_str(&text[from..at]);
        from = at + 1;
        if escaped.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escaped);
        }
    }
    out.push_str(&text[from..]);
    out.push('"');
}

/// Appends an integer.
pub(super) fn integer(out: &mut String, number: i64) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{number}");
}

/// Appends any value.
pub(super) fn value(out: &mut String, any: &Value) {
    match any {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => integer(out, whole),
            None => double(out, number),
        },
        Value::String(text) => string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                value(out, item);
            }
            out.push(']');
        }
        Value::Object(fields) => object(out, fields),
    }
}

/// Appends an object.
pub(super) fn object(out: &mut String, fields: &Map<String, Value>) {
    members(out, fields.iter().map(|(name, field)| Member(name, field)), value);
}

/// Appends an object with these members in their order; `print` appends the value of each.
pub(super) fn members<'a, V: 'a>(
    out: &mut String,
    members: impl Iterator<Item = Member<'a, V>>,
    print: impl Fn(&mut String, &V),
) {
    out.push('{');
    // Sorted by a heap: its code is a fifth of that of the library's sort, which the worker does not need otherwise.
    for (index, Member(name, field)) in members.collect::<BinaryHeap<_>>().into_sorted_vec().into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        string(out, name);
        out.push(':');
        print(out, field);
    }
    out.push('}');
}

/// A member of an object: its name and its value. Members are ordered by the UTF-16 code units of their names (section
/// 3.2.3), which is not the order of characters beyond U+FFFF.
pub(super) struct Member<'a, V>(pub(super) &'a str, pub(super) &'a V);

impl<V> Ord for Member<'_, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.encode_utf16().cmp(other.0.encode_utf16())
    }
}
impl<V> PartialOrd for Member<'_, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<V> PartialEq for Member<'_, V> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<V> Eq for Member<'_, V> {}

/// Appends a number as ECMAScript prints it (section 3.2.2.3): with the fewest digits that identify the double.
fn double(out: &mut String, number: &Number) {
    // serde_json prints the same digits: the fewest, then the nearest, then the even ones (which `{:e}` of the standard
    // library leaves open). Only the places of the point and the exponent differ.
    let text = number.to_string();
    let (sign, text) = text.strip_prefix('-').map_or(("", &*text), |rest| ("-", rest));
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    let digits = all.trim_start_matches('0');
    let leading_zeros = length(&all) - length(digits);
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        // Zero has no sign here.
        return out.push('0');
    }
    let exponent: i32 = exponent.parse().expect("the exponent of a double has at most three digits");
    // The number is 0.digits × 10^point.
    let point = exponent + length(whole) - leading_zeros;
    let count = length(digits);
    out.push_str(sign);
    if count <= point && point <= 21 {
        out.push_str(digits);
        out.extend((count..point).map(|_| '0'));
    } else if 0 < point && point <= 21 {
        push_with_point(out, digits, point);
    } else if -6 < point && point <= 0 {
        out.push_str("0.");
        out.extend((point..0).map(|_| '0'));
        out.push_str(digits);
    } else {
        push_with_point(out, digits, 1);
        // Writing to a String cannot fail.
        let _ = write!(out, "e{:+}", point - 1);
    }
}

/// Appends digits with a point after the first `before` of them, if any follow.
fn push_with_point(out: &mut String, digits: &str, before: i32) {
    let (whole, fraction) = digits.split_at(usize::try_from(before).expect("the caller puts the point after a digit"));
    out.push_str(whole);
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
}

fn length(digits: &str) -> i32 {
    i32::try_from(digits.len()).expect("a printed double has a few hundred digits at most")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(number: f64) -> String {
        let mut out = String::new();
        double(&mut out, &Number::from_f64(number).unwrap());
        out
    }

    #[test]
    fn numbers_are_printed_as_the_appendix_of_the_standard_has_them() {
        // RFC 8785, appendix B.
        for (bits, text) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(printed(f64::from_bits(bits)), text, "{bits:016x}");
        }
    }

    #[test]
    fn keys_are_sorted_by_utf16_units_and_strings_escaped_as_the_standard_shows() {
        // RFC 8785, sections 3.2.3 and 3.2.2.2; U+1F600 comes before U+FB33 because its first unit is D83D.
        let fields: Value = serde_json::from_str(
            r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"o"}"#,
        )
        .unwrap();
        let mut out = String::new();
        value(&mut out, &fields);
        assert_eq!(
            out,
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"o\",\"€\":\"Euro Sign\",\"😀\":\"Emoji\",\"\u{fb33}\":\"Hebrew\"}"
        );
        let mut out = String::new();
        string(&mut out, "€$\u{f}\nA'B\"\\\\\"/\u{8}\u{c}\t\u{7f}");
        assert_eq!(out, "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\f\\t\u{7f}\"");
    }
}
