//! A workbook, and why one cannot be read.

use calamine::Xlsx;
use core::fmt;
use std::io::Cursor;

use crate::interchange::exchange::Remark;

/// A workbook within the bytes of its file.
pub(super) type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

/// What a workbook may grow to when it is unpacked: 256 MiB, eight times the size of its file.
pub(super) const UNPACKED_BYTES_MAX: u64 = 256 << 20;

/// Returns why a workbook cannot be read.
pub(super) fn unreadable(error: impl fmt::Display) -> Remark {
    Remark::file(format!("the workbook cannot be read: {error}"), "open it in a spreadsheet program, and save it again")
}
