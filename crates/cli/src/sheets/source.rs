//! Reads the texts of sheets and of the files they include.

use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use downbeat_sheet::Unread;
use downbeat_sheet::interchange::Format;

use crate::error::Error;

/// The text of a file, before it is parsed.
pub(crate) struct Source {
    /// Its path, or `stdin`.
    pub(crate) name: String,
    pub(crate) is_file: bool,
    pub(crate) text: String,
}

/// Reads the text of a sheet; `-` is standard input.
pub(crate) fn source(path: &Path) -> Result<Source, Error> {
    let (name, is_file, bytes) = read(path)?;
    Ok(Source { text: utf8(&name, bytes)?, name, is_file })
}

/// Another program's file.
pub(crate) struct Foreign {
    /// Its path, or `stdin`.
    pub(crate) name: String,
    pub(crate) is_file: bool,
    /// Its content; a text is UTF-8.
    pub(crate) bytes: Vec<u8>,
}

/// Reads another program's file; `-` is standard input. A text may be UTF-16 with a byte order mark.
pub(crate) fn foreign(path: &Path, format: &Format) -> Result<Foreign, Error> {
    let (name, is_file, bytes) = read(path)?;
    if format.is_binary() {
        return Ok(Foreign { name, is_file, bytes });
    }
    let text = match utf16(&bytes) {
        Some(text) => text,
        None => utf8(&name, bytes)?,
    };
    match text.trim_start_matches('\u{feff}').trim_start() {
        start if start.starts_with("{\\rtf") => {
            Err(other_file(&name, "a text with fonts (RTF)", "save it as plain text"))
        }
        start if is_html(start) => {
            Err(other_file(&name, "a web page", "export the file itself; a link may have led to a page about it"))
        }
        _ => Ok(Foreign { name, is_file, bytes: text.into_bytes() }),
    }
}

fn read(path: &Path) -> Result<(String, bool, Vec<u8>), Error> {
    let failed = |error: std::io::Error| Error::file(path, error.to_string());
    if path != Path::new("-") {
        return Ok((path.display().to_string(), true, std::fs::read(path).map_err(failed)?));
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(failed)?;
    Ok(("stdin".to_owned(), false, bytes))
}

/// Returns the text of UTF-16 with a byte order mark, as Excel's "Unicode Text" is.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (mark, bytes) = bytes.split_first_chunk::<2>()?;
    let unit = match mark {
        [0xff, 0xfe] => u16::from_le_bytes,
        [0xfe, 0xff] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    String::from_utf16(&pairs.iter().map(|&pair| unit(pair)).collect::<Vec<_>>()).ok()
}

fn is_html(text: &str) -> bool {
    let start: String = text.chars().take(15).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Creates the error for a file that is not what its name says.
fn other_file(name: &str, what: &str, remedy: &str) -> Error {
    Error::invalid(format!("{name} is {what}"), remedy)
}

/// Returns the text of UTF-8.
fn utf8(name: &str, bytes: Vec<u8>) -> Result<String, Error> {
    if let Some(error) = known(name, &bytes) {
        return Err(error);
    }
    String::from_utf8(bytes).map_err(|error| {
        let (bytes, at) = (error.as_bytes(), error.utf8_error().valid_up_to());
        let line = bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
        let byte = bytes.get(at).copied().unwrap_or_default();
        let message = format!(
            "{name} is not UTF-8 text: in line {line}, the byte 0x{byte:02X} is not part of a character, as in files of older Windows programs"
        );
        Error::invalid(message, "save it as UTF-8; Excel calls it \"CSV UTF-8\"")
    })
}

/// Returns the error for a file of another kind than UTF-8 text that its beginning gives away.
fn known(name: &str, bytes: &[u8]) -> Option<Error> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let (even, odd) = bytes.iter().take(512).enumerate().fold((0, 0), |(even, odd), (at, byte)| match (byte, at % 2) {
        (0, 0) => (even + 1, odd),
        (0, _) => (even, odd + 1),
        _ => (even, odd),
    });
    let is_utf16 = starts(b"\xff\xfe") || starts(b"\xfe\xff") || even.max(odd) * 4 > bytes.len().min(512);
    let (what, remedy) = if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        ("an Excel workbook (or another zip archive), not a text", "import it as xlsx")
    } else if starts(b"\xd0\xcf\x11\xe0") {
        ("an old Excel workbook (.xls), not a text", "open it, save it as .xlsx, and import it as xlsx")
    } else if starts(b"%PDF") {
        ("a PDF, not a text", "export the table itself")
    } else if starts(b"\x1f\x8b") {
        ("compressed (gzip)", "unpack it first")
    } else if is_utf16 {
        ("UTF-16, not UTF-8", "save it as UTF-8; Excel calls it \"CSV UTF-8\"")
    } else {
        return None;
    };
    Some(other_file(name, what, remedy))
}

/// Returns a reader of included files, which are in the folder of the sheet named `name` or below it.
///
/// Links are followed only within that folder: a sheet from somebody else must not show files elsewhere.
pub(crate) fn included(name: &str, is_file: bool) -> impl Fn(&str) -> Result<String, Unread> + use<> {
    let folder = folder(name);
    move |path| {
        if !is_file {
            let why = "standard input is not in a folder, so check the sheet as a file";
            return Err(Unread::Because(why.to_owned()));
        }
        // The folder of a bare name is the working directory, whose relative path is empty, which is not a valid path.
        let within = Path::new(".").join(&folder).canonicalize().map_err(unread)?;
        let file = folder.join(path).canonicalize().map_err(unread)?;
        if !file.starts_with(within) {
            return Err(Unread::Outside);
        }
        if !file.is_file() {
            return Err(Unread::Because("it is not a file".to_owned()));
        }
        std::fs::read_to_string(file).map_err(unread)
    }
}

fn unread(error: std::io::Error) -> Unread {
    Unread::Because(match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::PermissionDenied => "no permission".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    })
}

/// Returns the folder of a file.
pub(super) fn folder(name: &str) -> PathBuf {
    Path::new(name).parent().map(Path::to_owned).unwrap_or_default()
}

/// Returns the last part of a path.
pub(crate) fn file_name(name: &str) -> String {
    Path::new(name).file_name().map_or_else(|| name.to_owned(), |last| last.to_string_lossy().into_owned())
}
