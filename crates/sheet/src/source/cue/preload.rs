//! What viewers fetch before a cue.

use downbeat_core::Span;

use super::address;
use crate::diagnostic::{Code, Message};
use crate::rundown::{NUMBER_MAX, Preload};
use crate::source::cursor::Cursor;
use crate::source::json;
use crate::source::tree::{Array, Field, Shape, Value};
use crate::source::words::{describe, quoted};

/// How long before a cue its preload begins unless the sheet says otherwise: 60 s.
///
/// Reason: with the spread below, a slow connection has 15 s to finish.
const LEAD_MS: i64 = 60_000;

/// The spread of a preload unless the sheet says otherwise: three quarters of its lead.
const SPREAD_PER_LEAD: (i64, i64) = (3, 4);

/// The number of files one cue may preload.
const ASSETS_MAX: usize = 256;

/// The length of an address: 2048 characters, which every browser and proxy accepts.
const ASSET_CHARS_MAX: usize = 2_048;

/// Reads what viewers fetch before a cue, and when.
pub(super) fn read(field: Field<'_>, cursor: &mut Cursor<'_>) -> Option<Preload> {
    let object = cursor.object(Some(field))?;
    let subject = cursor.subject;
    let mut cursor = cursor.key("preload");
    let [assets, lead, spread, bytes] = cursor.fields(object, &["assets", "lead", "spread", "bytes"]);
    if assets.is_none() {
        let problem = format!("{subject} has \"preload\" without \"assets\"");
        cursor.missing_field(object, problem, "list the addresses to fetch");
    }
    let lead_ms = cursor.length_ms(lead).unwrap_or(LEAD_MS);
    let spread_ms = cursor.length_ms(spread).unwrap_or(lead_ms * SPREAD_PER_LEAD.0 / SPREAD_PER_LEAD.1);
    if let Some(field) = spread.filter(|_| spread_ms > lead_ms) {
        let problem = format!(
            "{subject} spreads its preload over {spread_ms} ms, longer than its lead of {lead_ms} ms, so some viewers would fetch after the cue"
        );
        cursor.report_value(Code::BadTime, field, Message::new(problem, "use a longer \"lead\""));
    }
    let bytes = cursor.integer(bytes, 0..=NUMBER_MAX).map(i64::unsigned_abs);
    let assets = cursor.array(assets, "an array of addresses")?;
    let assets = read_assets(assets, &mut cursor.key("assets"))?;
    Some(Preload { assets, lead: Span::from_millis(lead_ms), spread: Span::from_millis(spread_ms), bytes })
}

fn read_assets(array: Array<'_>, cursor: &mut Cursor<'_>) -> Option<Vec<String>> {
    let count = array.len();
    if !(1..=ASSETS_MAX).contains(&count) {
        let problem = format!("{} preloads {count} files", cursor.subject);
        let remedy = format!("use 1 to {ASSETS_MAX}, or no preload");
        cursor.report(Code::BadAsset, array.span(), Message::new(problem, remedy));
        return None;
    }
    let mut assets = Vec::with_capacity(count);
    for (index, element) in array.elements().enumerate() {
        assets.extend(read_asset(element, &mut cursor.index(index)));
    }
    Some(assets)
}

fn read_asset(element: Value<'_>, cursor: &mut Cursor<'_>) -> Option<String> {
    let Shape::Text(written) = element.shape() else {
        let problem = format!("{} preloads {}", cursor.subject, describe(element));
        cursor.report(Code::WrongType, element.span(), Message::new(problem, "it takes addresses as texts"));
        return None;
    };
    let asset = json::text(written, element.span(), "assets", cursor);
    let unfit = |char: char| char.is_whitespace() || char.is_control();
    if asset.is_empty() || asset.chars().count() > ASSET_CHARS_MAX || asset.contains(unfit) {
        let problem = format!("{} preloads {}, which is not an address", cursor.subject, quoted(&asset));
        let remedy = format!("use 1 to {ASSET_CHARS_MAX} characters without spaces, such as \"/a/song1.ogg\"");
        cursor.report(Code::BadAsset, element.span(), Message::new(problem, remedy));
    } else if let Some(why) = address::unfit(&asset) {
        let problem = format!("{} preloads {}, which {why}", cursor.subject, quoted(&asset));
        let remedy = "use a path, such as \"/a/song1.ogg\", or an address such as \"https://cdn.example/song1.ogg\"";
        cursor.report(Code::BadAsset, element.span(), Message::new(problem, remedy));
    }
    Some(asset)
}
