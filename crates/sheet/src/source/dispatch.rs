//! How a cue reaches its viewers: what happens when it is late or their clock is uncertain, and what they fetch beforehand.

use downbeat_core::Span;

use super::cue::Whose;
use super::declare::unknown_word;
use super::fields::{self, Fields, wrong_type};
use super::json::Reader;
use super::quoted;
use super::tree::{Field, Shape};
use crate::diagnostic::{At, Code, Report};
use crate::rundown::{BOUND_MAX, Late, NUMBER_MAX, Needs, Otherwise, Preload};

/// How long before a cue its preload begins where the sheet does not say: 60 s.
///
/// Reason: with the spread below it leaves a slow connection 15 s to finish.
const LEAD_MS: i64 = 60_000;

/// How wide a preload is spread where the sheet does not say: three quarters of its lead.
const SPREAD_PER_LEAD: (i64, i64) = (3, 4);

/// The number of files one cue may preload.
const ASSETS_MAX: usize = 256;

/// The length of an address: 2048 characters, what every browser and proxy takes.
const ASSET_CHARS_MAX: usize = 2_048;

const LATE_WORDS: [&str; 3] = ["skip", "resume", "latest"];

/// Reads what happens when a cue is late.
pub(super) fn late(prop: Field<'_>, whose: &Whose<'_, '_>, report: &mut Report) -> Option<Late> {
    match prop.value().shape() {
        Shape::Text(word) => {
            let late = Late::from_word(word);
            if late.is_none() {
                unknown_word(word, &LATE_WORDS, prop, whose.label, whose.at, report);
            }
            late
        }
        Shape::Object(object) => {
            let at = whose.at.key("late");
            let fields = Fields::of(object, &["within"]);
            fields.report(whose.label, &at, report);
            let [within] = fields.known;
            if within.is_none() {
                let message =
                    format!("{} has \"late\" without \"within\"; write {{ \"within\": \"2s\" }}", whose.label);
                report.say(Code::MissingField, &at, object.opening(), message);
            }
            let ms = fields::length(within, whose.file.part.rate, whose.label, &at, report)?;
            Some(Late::Within(Span::from_millis(ms)))
        }
        _ => {
            let expected = "\"skip\", \"resume\", \"latest\" or { \"within\": \"2s\" }";
            wrong_type(prop, expected, whose.label, whose.at, report);
            None
        }
    }
}

/// Reads how certain a viewer's clock has to be for a cue. Where the sheet does not say what happens otherwise, it is
/// skipped: who asks for an exact clock would rather have nothing than the effect at the wrong time.
pub(super) fn needs(prop: Field<'_>, whose: &Whose<'_, '_>, report: &mut Report) -> Option<Needs> {
    let Shape::Object(object) = prop.value().shape() else {
        wrong_type(prop, "{ \"bound\": \"50ms\" }, perhaps with \"otherwise\"", whose.label, whose.at, report);
        return None;
    };
    let at = whose.at.key("needs");
    let fields = Fields::of(object, &["bound", "otherwise"]);
    fields.report(whose.label, &at, report);
    let [bound, otherwise] = fields.known;
    if bound.is_none() {
        let message = format!("{} has \"needs\" without \"bound\"; write {{ \"bound\": \"50ms\" }}", whose.label);
        report.say(Code::MissingField, &at, object.opening(), message);
    }
    let otherwise = match fields::text(otherwise, whose.label, &at, report).zip(otherwise) {
        None => Otherwise::Skip,
        Some((word, prop)) => Otherwise::from_word(word).unwrap_or_else(|| {
            unknown_word(word, &Otherwise::ALL.map(Otherwise::as_str), prop, whose.label, &at, report);
            Otherwise::Skip
        }),
    };
    let ms = fields::length(bound, whose.file.part.rate, whose.label, &at, report)?;
    let most_ms = BOUND_MAX.as_millis();
    if !(1..=most_ms).contains(&ms) {
        let message = format!(
            "{} needs a clock that is wrong by at most {ms} ms; use 1 to {most_ms} ms, or leave \"needs\" out",
            whose.label
        );
        report.say(Code::BadBound, &at.key("bound"), bound?.value().span(), message);
        return None;
    }
    Some(Needs { bound: Span::from_millis(ms), otherwise })
}

/// Reads what viewers fetch before a cue.
pub(super) fn preload(prop: Field<'_>, whose: &Whose<'_, '_>, report: &mut Report) -> Option<Preload> {
    let object = fields::object(Some(prop), whose.label, whose.at, report)?;
    let at = whose.at.key("preload");
    let fields = Fields::of(object, &["assets", "lead", "spread", "bytes"]);
    fields.report(whose.label, &at, report);
    let [assets, lead, spread, bytes] = fields.known;
    if assets.is_none() {
        let message = format!("{} has a preload without \"assets\"; list the addresses to fetch", whose.label);
        report.say(Code::MissingField, &at, object.opening(), message);
    }
    let rate = whose.file.part.rate;
    let lead_ms = fields::length(lead, rate, whose.label, &at, report).unwrap_or(LEAD_MS);
    let spread_ms = fields::length(spread, rate, whose.label, &at, report);
    let spread_ms = spread_ms.unwrap_or(lead_ms * SPREAD_PER_LEAD.0 / SPREAD_PER_LEAD.1);
    if let Some(prop) = spread.filter(|_| spread_ms > lead_ms) {
        let message = format!(
            "{} spreads its preload over {spread_ms} ms, longer than its lead of {lead_ms} ms, so some would fetch after the cue; use a longer \"lead\"",
            whose.label
        );
        report.say(Code::BadTime, &at.key("spread"), prop.value().span(), message);
    }
    let bytes = fields::integer(bytes, 0..=NUMBER_MAX, whose.label, &at, report).map(i64::unsigned_abs);
    let assets = read_assets(assets, &at, whose, report)?;
    Some(Preload { assets, lead: Span::from_millis(lead_ms), spread: Span::from_millis(spread_ms), bytes })
}

fn read_assets<'s>(
    prop: Option<Field<'s>>,
    at: &At<'_>,
    whose: &Whose<'_, '_>,
    report: &mut Report,
) -> Option<Vec<String>> {
    let elements = fields::array(prop, "an array of addresses", whose.label, at, report)?;
    let at = at.key("assets");
    let count = elements.len();
    if !(1..=ASSETS_MAX).contains(&count) {
        let message = format!("{} preloads {count} files; use 1 to {ASSETS_MAX}, or no preload", whose.label);
        report.say(Code::BadAsset, &at, prop?.value().span(), message);
        return None;
    }
    let reader = Reader { whose: whose.label, what: "assets", vars: &whose.file.part.vars };
    let mut assets = Vec::with_capacity(count);
    for (index, element) in elements.elements().enumerate() {
        let at = at.index(index);
        let Shape::Text(written) = element.shape() else {
            let message =
                format!("{} preloads {}; it takes addresses as texts", whose.label, fields::describe(element));
            report.say(Code::WrongType, &at, element.span(), message);
            continue;
        };
        let asset = reader.text(written, element.span(), &at, report);
        let unfit = |char: char| char.is_whitespace() || char.is_control();
        if asset.is_empty() || asset.chars().count() > ASSET_CHARS_MAX || asset.contains(unfit) {
            let message = format!(
                "{} preloads {}, which is no address; use 1 to {ASSET_CHARS_MAX} characters without spaces, such as \"/a/song1.ogg\"",
                whose.label,
                quoted(&asset)
            );
            report.say(Code::BadAsset, &at, element.span(), message);
        }
        assets.push(asset);
    }
    Some(assets)
}
