use super::*;

#[test]
fn an_instant_is_whole_milliseconds_on_the_wire() {
    let at: ServerTime = serde_json::from_str("1704067200000").unwrap();
    assert_eq!(at, ServerTime::from_millis(1_704_067_200_000));
    assert_eq!(serde_json::to_string(&(at + Span::from_micros(999))).unwrap(), "1704067200000");
}

#[test]
fn an_instant_outside_four_digit_years_is_refused_with_its_range() {
    for text in ["-1", "253402300800000", "9223372036854775807"] {
        let error = serde_json::from_str::<ServerTime>(text).unwrap_err().to_string();
        assert!(error.contains("0 to 253402300799999"), "{error}");
    }
    assert!(serde_json::from_str::<ServerTime>("1704067200000.5").is_err());
}

#[test]
fn an_instant_reads_as_a_date_and_a_time() {
    for (ms, text) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (1_704_067_200_000, "2024-01-01T00:00:00.000Z"),
        (4_107_542_399_001, "2100-02-28T23:59:59.001Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (SERVER_TIME_MS_MAX, "9999-12-31T23:59:59.999Z"),
    ] {
        assert_eq!(ServerTime::from_millis(ms).to_string(), text);
    }
}

#[test]
fn spans_before_zero_round_towards_the_past() {
    assert_eq!(Span::from_micros(-1).as_millis(), -1);
    assert_eq!(Span::from_micros(999).as_millis(), 0);
}

#[test]
fn arithmetic_at_the_ends_saturates_instead_of_wrapping() {
    let last = ServerTime::from_millis(i64::MAX);
    assert_eq!(last.as_millis(), SERVER_TIME_MS_MAX);
    assert!(last + Span::from_micros(i64::MAX) >= last);
}
