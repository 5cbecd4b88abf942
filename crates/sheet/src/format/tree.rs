//! The text of a sheet as values with the comments around them.

use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

/// A whole text.
pub(super) struct Document<'s> {
    pub(super) root: Item<'s>,
    /// The comments after everything.
    pub(super) after: Vec<Comment<'s>>,
}

/// A value as an element, as a field with its key, or as the root.
pub(super) struct Item<'s> {
    /// Whether an empty line is before it.
    pub(super) blank_before: bool,
    /// The comments before it.
    pub(super) leading: Vec<Comment<'s>>,
    /// Its key as it is written, quotes included.
    pub(super) key: Option<&'s str>,
    pub(super) value: Node<'s>,
    /// The comment after it on its last line.
    pub(super) trailing: Option<Comment<'s>>,
}

/// A value.
pub(super) enum Node<'s> {
    /// A value without content, as it is written.
    Scalar(&'s str),
    /// An array or an object.
    Group {
        open: char,
        close: char,
        items: Vec<Item<'s>>,
        /// The comments after the last of them.
        after: Vec<Comment<'s>>,
    },
}

/// A comment as it is written, without spaces at its end.
pub(super) struct Comment<'s> {
    pub(super) text: &'s str,
    /// Whether an empty line is before it.
    pub(super) blank_before: bool,
}

/// An array or an object that is still open.
struct Level<'s> {
    open: char,
    items: Vec<Item<'s>>,
    /// The comments before the next item.
    leading: Vec<Comment<'s>>,
    key: Option<&'s str>,
    blank_before: bool,
}

impl Level<'_> {
    fn new(open: char) -> Self {
        Self { open, items: Vec::new(), leading: Vec::new(), key: None, blank_before: false }
    }
}

/// Reads JSON with comments; `None` if the text is not that.
pub(super) fn read(text: &str) -> Option<Document<'_>> {
    let mut scanner = Scanner::new(text, &ScannerOptions::default());
    // The first level is the text itself, whose one item is the root.
    let mut levels = vec![Level::new(' ')];
    let mut last_end = 0;
    // A key's value may be on another line.
    let mut after_colon = false;
    while let Some(token) = scanner.scan().ok()? {
        let (start, end) = (scanner.token_start(), scanner.token_end());
        let newlines = text.get(last_end..start)?.bytes().filter(|&byte| byte == b'\n').count();
        let (first, blank) = (last_end == 0, newlines > 1);
        last_end = end;
        let written = text.get(start..end)?;
        let level = levels.last_mut()?;
        let is_open = is_before_item(level);
        match token {
            Token::CommentLine(_) | Token::CommentBlock(_) => {
                let comment = Comment { text: written.trim_end(), blank_before: blank };
                let behind = newlines == 0 && !first && !after_colon && level.key.is_none() && level.leading.is_empty();
                match level.items.last_mut().filter(|item| behind && item.trailing.is_none()) {
                    // A comment before an element on its own line is about that element.
                    Some(item) if !before_a_value(text, end, written) => item.trailing = Some(comment),
                    _ => {
                        level.blank_before |= blank && level.leading.is_empty();
                        level.leading.push(comment);
                    }
                }
                continue;
            }
            Token::OpenBrace | Token::OpenBracket => {
                level.blank_before |= blank && is_open;
                let open = if matches!(token, Token::OpenBrace) { '{' } else { '[' };
                levels.push(Level::new(open));
            }
            Token::CloseBrace | Token::CloseBracket => {
                let Level { open, items, leading, .. } = levels.pop()?;
                let close = if open == '{' { '}' } else { ']' };
                put(levels.last_mut()?, Node::Group { open, close, items, after: leading });
            }
            Token::Colon => {
                after_colon = true;
                continue;
            }
            Token::Comma => {}
            Token::String(_) if level.open == '{' && !after_colon => {
                level.blank_before |= blank && is_open;
                level.key = Some(written);
            }
            _ => {
                level.blank_before |= blank && is_open;
                put(level, Node::Scalar(written));
            }
        }
        after_colon = false;
    }
    let Level { mut items, leading, .. } = levels.pop()?;
    let root = items.pop()?;
    (levels.is_empty() && items.is_empty()).then_some(Document { root, after: leading })
}

/// Returns whether nothing of the next item was read yet, so that an empty line here is before it.
fn is_before_item(level: &Level<'_>) -> bool {
    level.key.is_none() && level.leading.is_empty()
}

/// Returns whether a block comment that ends at `end` has a value after it on its line.
fn before_a_value(text: &str, end: usize, written: &str) -> bool {
    let rest = text[end..].trim_start_matches([' ', '\t']);
    written.starts_with("/*") && !rest.is_empty() && !rest.starts_with(['\n', '\r', ',', ']', '}', '/'])
}

/// Adds the item that is being read, with its value.
fn put<'s>(level: &mut Level<'s>, value: Node<'s>) {
    let leading = core::mem::take(&mut level.leading);
    // An empty line before its first comment belongs to that comment.
    let blank_before = core::mem::take(&mut level.blank_before) && leading.is_empty();
    level.items.push(Item { blank_before, leading, key: level.key.take(), value, trailing: None });
}
