//! From text to a tree with places: JSON, comments and trailing commas, nothing else.
//!
//! The tokens are jsonc-parser's. The grammar is here, without recursion; errors have the parser's words.

use core::ops::Range;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};
use std::borrow::Cow;

use super::tree::{Leaf, TEXT_BYTES_MAX, Tree};
use crate::diagnostic::{At, Code, FileId, Location, Message, Report};

/// Everything is off: what a sheet allows beyond JSON is handled here.
const OPTIONS: ScannerOptions = ScannerOptions {
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// How deep values may be nested: 512, where each array counts as one, and each object as two.
///
/// Reason: jsonc-parser's own limit, far beyond any sheet; code that walks the tree by recursion has lower ones.
const DEPTH_MAX: usize = 512;

/// Returns the tree of a file's text, or reports the first place where the text is not JSON.
pub(crate) fn parse<'s>(text: &'s str, file: FileId, report: &mut Report) -> Option<Tree<'s>> {
    match parse_tree(text) {
        Ok(tree) => Some(tree),
        Err(Refusal { code, span, message }) => {
            report.add(code, Location { file, pointer: At::ROOT.pointer(), span }, message);
            None
        }
    }
}

/// Why a text has no tree, as it is reported.
struct Refusal {
    code: Code,
    span: Range<usize>,
    message: Message,
}

fn parse_tree(text: &str) -> Result<Tree<'_>, Refusal> {
    if text.len() > TEXT_BYTES_MAX {
        let problem = format!("the text has {} bytes, at most {TEXT_BYTES_MAX} can be read", text.len());
        return Err(Refusal { code: Code::TooLarge, span: 0..0, message: Message::new(problem, "split it") });
    }
    let mut parser = Parser::new(text);
    parser.parse().map_err(|fault| refused_fault(&fault, text))?;
    if let Some(at) = parser.stray {
        return Err(refused_stray(at, text));
    }
    if parser.tree.root().is_none() {
        let message = Message::new("the sheet is empty", "begin with [ for an array of cues, or { for a whole sheet");
        return Err(Refusal { code: Code::Syntax, span: 0..0, message });
    }
    Ok(parser.tree)
}

fn refused_stray(at: usize, text: &str) -> Refusal {
    let char = text[at..].chars().next().unwrap_or_default();
    let problem = format!("the character {} is not allowed here as it is", char.escape_unicode());
    let escaped = format!("\\u{:04x}", u32::from(char));
    let remedy = format!("in a text write it as {escaped:?}, elsewhere use spaces and newlines");
    Refusal { code: Code::Syntax, span: at..at + char.len_utf8(), message: Message::new(problem, remedy) }
}

fn refused_fault(fault: &Fault, text: &str) -> Refusal {
    // The span is widened to character boundaries: to show it, the text is cut there.
    let start = text.floor_char_boundary(fault.span.start);
    let end = text.ceil_char_boundary(fault.span.end.max(start));
    let found = match text[start..].trim_start().chars().next() {
        None => "the end of the text".to_owned(),
        Some(char) => format!("{char:?}"),
    };
    let mut letters = fault.problem.chars();
    let problem: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    let quote = text[start..]
        .trim_start()
        .starts_with(['\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{2018}', '\u{2019}', '\'']);
    let remedy = if quote {
        "write straight double quotes (\"), which some programs make curly"
    } else {
        "fix this place, what follows was not read"
    };
    let message = Message::new(format!("not valid JSON at {found}: {problem}"), remedy);
    Refusal { code: Code::Syntax, span: start..end, message }
}

/// Where and why a text is not JSON.
struct Fault {
    /// The parser's message.
    problem: String,
    span: Range<usize>,
}

/// An object or an array that is not closed yet.
struct Open {
    number: u32,
    is_object: bool,
    /// Whether it is still empty.
    is_empty: bool,
}

struct Parser<'s> {
    text: &'s str,
    scanner: Scanner<'s>,
    tree: Tree<'s>,
    open: Vec<Open>,
    /// The depth of the next value.
    depth: usize,
    /// The first byte that the scanner accepts and JSON does not: a control character within a text, or white space
    /// other than JSON's outside.
    stray: Option<usize>,
}

impl<'s> Parser<'s> {
    fn new(text: &'s str) -> Self {
        let scanner = Scanner::new(text, &OPTIONS);
        Self { text, scanner, tree: Tree::new(text), open: Vec::new(), depth: 0, stray: None }
    }

    /// Reads the whole text.
    fn parse(&mut self) -> Result<(), Fault> {
        let Some(first) = self.scan()? else { return Ok(()) };
        self.value(first)?;
        while let Some(&Open { number, is_object, is_empty }) = self.open.last() {
            let token = if is_empty { self.scan()? } else { self.after_item(is_object)? };
            match (is_object, token) {
                (true, Some(Token::CloseBrace)) | (false, Some(Token::CloseBracket)) => {
                    self.tree.close(number, self.scanner.token_end());
                    self.open.pop();
                    self.depth -= if is_object { 2 } else { 1 };
                }
                (_, None) => {
                    let problem =
                        if is_object { ParseErrorKind::UnterminatedObject } else { ParseErrorKind::UnterminatedArray };
                    return Err(self.fault_since(self.tree.start(number), problem));
                }
                (true, Some(Token::String(key))) => self.field(key)?,
                (true, Some(Token::Word(_) | Token::Number(_) | Token::Boolean(_) | Token::Null)) => {
                    return Err(self.fault(ParseErrorKind::ExpectedStringObjectProperty));
                }
                (true, Some(_)) => return Err(self.fault(ParseErrorKind::UnexpectedTokenInObject)),
                (false, Some(token)) => {
                    self.check_depth(self.tree.start(number))?;
                    self.value(token)?;
                }
            }
        }
        match self.scan()? {
            None => Ok(()),
            Some(_) => Err(self.fault(ParseErrorKind::MultipleRootJsonValues)),
        }
    }

    /// Returns the token after an item and its comma.
    fn after_item(&mut self, is_object: bool) -> Result<Option<Token<'s>>, Fault> {
        let end = self.scanner.token_end();
        let begins_item = |token: &Token<'_>| match token {
            Token::String(_) | Token::Number(_) | Token::Boolean(_) | Token::Null => true,
            Token::Word(_) => is_object,
            Token::OpenBrace | Token::OpenBracket => !is_object,
            _ => false,
        };
        match self.scan()? {
            Some(Token::Comma) => self.scan(),
            Some(token) if begins_item(&token) => {
                Err(Fault { problem: ParseErrorKind::ExpectedComma.to_string(), span: end..end })
            }
            other => Ok(other),
        }
    }

    /// Adds a field, beginning with its key.
    fn field(&mut self, key: Cow<'s, str>) -> Result<(), Fault> {
        self.text(key);
        if !matches!(self.scan()?, Some(Token::Colon)) {
            return Err(self.fault(ParseErrorKind::ExpectedColonAfterObjectKey));
        }
        let token = self.scan()?;
        self.check_depth(self.tree.last_start())?;
        match token {
            Some(token) => self.value(token),
            None => Err(self.fault(ParseErrorKind::ExpectedObjectValue)),
        }
    }

    /// Adds a value, or opens an object or an array.
    fn value(&mut self, token: Token<'s>) -> Result<(), Fault> {
        if let Some(outer) = self.open.last_mut() {
            outer.is_empty = false;
        }
        let span = self.span();
        let problem = match token {
            Token::OpenBrace | Token::OpenBracket => {
                let is_object = matches!(token, Token::OpenBrace);
                let number = self.tree.open(is_object, span.start);
                self.open.push(Open { number, is_object, is_empty: true });
                self.depth += if is_object { 2 } else { 1 };
                return Ok(());
            }
            Token::String(text) => {
                self.text(text);
                return Ok(());
            }
            Token::Number(_) => {
                self.tree.add(Leaf::Number, span);
                return Ok(());
            }
            Token::Boolean(boolean) => {
                self.tree.add(Leaf::Boolean(boolean), span);
                return Ok(());
            }
            Token::Null => {
                self.tree.add(Leaf::Null, span);
                return Ok(());
            }
            Token::CloseBracket => ParseErrorKind::UnexpectedCloseBracket,
            Token::CloseBrace => ParseErrorKind::UnexpectedCloseBrace,
            Token::Comma => ParseErrorKind::UnexpectedComma,
            Token::Colon => ParseErrorKind::UnexpectedColon,
            // Comments were skipped before.
            Token::Word(_) | Token::CommentLine(_) | Token::CommentBlock(_) => ParseErrorKind::UnexpectedWord,
        };
        Err(self.fault(problem))
    }

    /// Adds the text that was scanned last, as a value or as a key.
    fn text(&mut self, text: Cow<'s, str>) {
        let span = self.span();
        let unescaped = match text {
            Cow::Borrowed(written) => {
                self.find_stray(written.as_bytes(), span.start + 1, |byte| byte < b' ');
                None
            }
            Cow::Owned(text) => {
                self.find_stray(&self.text.as_bytes()[span.clone()], span.start, |byte| byte < b' ');
                Some(text)
            }
        };
        self.tree.add(Leaf::Text(unescaped), span);
    }

    /// Returns the next token that is not a comment.
    fn scan(&mut self) -> Result<Option<Token<'s>>, Fault> {
        loop {
            let end = self.scanner.token_end();
            let token = self.scanner.scan().map_err(|error| Fault {
                problem: error.kind().to_string(),
                span: error.range().start..error.range().end,
            })?;
            let start = self.scanner.token_start();
            if end < start {
                self.find_stray(&self.text.as_bytes()[end..start], end, |byte| !b" \t\n\r".contains(&byte));
            }
            if !matches!(token, Some(Token::CommentLine(_) | Token::CommentBlock(_))) {
                return Ok(token);
            }
        }
    }

    /// Searches a piece of the text, which begins at `start`, for the first stray byte.
    fn find_stray(&mut self, piece: &[u8], start: usize, is_stray: impl Fn(u8) -> bool) {
        if self.stray.is_none() {
            self.stray = piece.iter().position(|&byte| is_stray(byte)).map(|at| start + at);
        }
    }

    /// Refuses a value that is nested too deep; `start` is where the object or array around it begins.
    fn check_depth(&self, start: usize) -> Result<(), Fault> {
        if self.depth > DEPTH_MAX {
            return Err(self.fault_since(start, ParseErrorKind::NestingDepthExceeded));
        }
        Ok(())
    }

    /// Returns a fault at the token that was scanned last.
    fn fault(&self, problem: ParseErrorKind) -> Fault {
        Fault { problem: problem.to_string(), span: self.span() }
    }

    fn fault_since(&self, start: usize, problem: ParseErrorKind) -> Fault {
        Fault { problem: problem.to_string(), span: start..self.scanner.token_end() }
    }

    /// Returns the bytes of the token that was scanned last.
    fn span(&self) -> Range<usize> {
        self.scanner.token_start()..self.scanner.token_end()
    }
}

#[cfg(test)]
mod tests;
