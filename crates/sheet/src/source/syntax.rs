//! From text to a tree with places: JSON, comments and trailing commas, nothing else.
//!
//! The tokens are jsonc-parser's. What follows what is held here, without recursion, and told in its words.

use core::ops::Range;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};
use std::borrow::Cow;

use super::tree::{Leaf, TEXT_BYTES_MAX, Tree};
use crate::diagnostic::{At, Code, Report};

/// Everything off: what a sheet allows beyond JSON is not the scanner's business.
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
/// Reason: jsonc-parser's own limit, far beyond any sheet; what goes through the tree by recursion has lower ones.
const DEPTH_MAX: usize = 512;

/// Returns the tree, or reports the first place where the text is none.
pub(crate) fn parse<'s>(text: &'s str, report: &mut Report) -> Option<Tree<'s>> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!("the text has {} bytes, at most {TEXT_BYTES_MAX} can be read; split it", text.len());
        report.say(Code::TooLarge, &At::ROOT, 0..0, message);
        return None;
    }
    let mut parser = Parser::of(text);
    if let Err(fault) = parser.parse() {
        refuse(&fault, text, report);
        return None;
    }
    if let Some(at) = parser.stray {
        let char = text[at..].chars().next().unwrap_or_default();
        let message = format!(
            "the character {} may not stand here as it is; in a text write it as {:?}, elsewhere use spaces and newlines",
            char.escape_unicode(),
            format!("\\u{:04x}", u32::from(char)),
        );
        report.say(Code::Syntax, &At::ROOT, at..at + char.len_utf8(), message);
        return None;
    }
    if parser.tree.root().is_none() {
        let message = "the sheet is empty; begin with [ for an array of cues, or { for a whole sheet".to_owned();
        report.say(Code::Syntax, &At::ROOT, 0..0, message);
        return None;
    }
    Some(parser.tree)
}

fn refuse(fault: &Fault, text: &str, report: &mut Report) {
    // The span is brought between characters: whoever shows it will cut the text there.
    let start = text.floor_char_boundary(fault.span.start);
    let end = text.ceil_char_boundary(fault.span.end.max(start));
    let found = match text[start..].trim_start().chars().next() {
        None => "the end of the text".to_owned(),
        Some(char) => format!("{char:?}"),
    };
    let mut letters = fault.problem.chars();
    let problem: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    let message = format!("this is no JSON at {found}: {problem}; mend this place, what follows was not read");
    report.say(Code::Syntax, &At::ROOT, start..end, message);
}

/// Where a text is no JSON, and why.
struct Fault {
    /// In jsonc-parser's words.
    problem: String,
    span: Range<usize>,
}

/// An object or an array that is not closed yet.
struct Open {
    number: u32,
    is_object: bool,
    /// Nothing is in it yet.
    fresh: bool,
}

struct Parser<'s> {
    text: &'s str,
    scanner: Scanner<'s>,
    tree: Tree<'s>,
    open: Vec<Open>,
    /// How deep the next value lies.
    depth: usize,
    /// The first byte that the scanner lets pass though JSON does not: a control character within a text, or white
    /// space other than JSON's outside.
    stray: Option<usize>,
}

impl<'s> Parser<'s> {
    fn of(text: &'s str) -> Self {
        let scanner = Scanner::new(text, &OPTIONS);
        Self { text, scanner, tree: Tree::of(text), open: Vec::new(), depth: 0, stray: None }
    }

    /// Reads the whole text.
    fn parse(&mut self) -> Result<(), Fault> {
        let Some(first) = self.scan()? else { return Ok(()) };
        self.value(first)?;
        while let Some(&Open { number, is_object, fresh }) = self.open.last() {
            let token = if fresh { self.scan()? } else { self.behind_item(is_object)? };
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

    /// Returns the token behind an item and its comma.
    fn behind_item(&mut self, is_object: bool) -> Result<Option<Token<'s>>, Fault> {
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

    /// Takes in a field from its key on.
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

    /// Takes in a value, or the beginning of one that has others in it.
    fn value(&mut self, token: Token<'s>) -> Result<(), Fault> {
        if let Some(outer) = self.open.last_mut() {
            outer.fresh = false;
        }
        let span = self.span();
        let problem = match token {
            Token::OpenBrace | Token::OpenBracket => {
                let is_object = matches!(token, Token::OpenBrace);
                let number = self.tree.open(is_object, span.start);
                self.open.push(Open { number, is_object, fresh: true });
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
            // Comments are passed over before.
            Token::Word(_) | Token::CommentLine(_) | Token::CommentBlock(_) => ParseErrorKind::UnexpectedWord,
        };
        Err(self.fault(problem))
    }

    /// Takes in the text that was scanned last, as a value or as a key.
    fn text(&mut self, text: Cow<'s, str>) {
        let span = self.span();
        let unescaped = match text {
            Cow::Borrowed(written) => {
                self.look(written.as_bytes(), span.start + 1, |byte| byte < b' ');
                None
            }
            Cow::Owned(text) => {
                self.look(&self.text.as_bytes()[span.clone()], span.start, |byte| byte < b' ');
                Some(text)
            }
        };
        self.tree.add(Leaf::Text(unescaped), span);
    }

    /// Returns the next token that is no comment.
    fn scan(&mut self) -> Result<Option<Token<'s>>, Fault> {
        loop {
            let end = self.scanner.token_end();
            let token = self.scanner.scan().map_err(|error| Fault {
                problem: error.kind().to_string(),
                span: error.range().start..error.range().end,
            })?;
            let start = self.scanner.token_start();
            if end < start {
                self.look(&self.text.as_bytes()[end..start], end, |byte| !b" \t\n\r".contains(&byte));
            }
            if !matches!(token, Some(Token::CommentLine(_) | Token::CommentBlock(_))) {
                return Ok(token);
            }
        }
    }

    /// Looks for the first stray byte in a piece of the text that begins at `start`.
    fn look(&mut self, piece: &[u8], start: usize, is_stray: impl Fn(u8) -> bool) {
        if self.stray.is_none() {
            self.stray = piece.iter().position(|&byte| is_stray(byte)).map(|at| start + at);
        }
    }

    /// Refuses a value that lies too deep; `start` is where what it is in begins.
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

    /// Returns where the token that was scanned last stands.
    fn span(&self) -> Range<usize> {
        self.scanner.token_start()..self.scanner.token_end()
    }
}

#[cfg(test)]
mod tests;
