//! A text as a tree with places, in twelve bytes a value: a sheet of 10 MiB has a million of them.
//!
//! The values are in one vector in the order of the text, each object and array before its content, each key before its
//! value. A text without escapes is a slice of the source.

use core::ops::Range;

/// The length of a text that becomes a tree: at most half a GiB, so that a node fits three numbers of 32 bits.
pub(super) const TEXT_BYTES_MAX: usize = LINK as usize;

/// The tree of a text; empty if the text has no value.
pub(crate) struct Tree<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    /// The texts that have escapes in the source.
    unescaped: Vec<Box<str>>,
}

/// One value, or one key.
#[derive(Clone, Copy)]
struct Node {
    start: u32,
    end: u32,
    /// Its type in the upper three bits. In the others, for an object or an array the number of the node after its
    /// content, for a text with escapes its number among those.
    link: u32,
}

const LINK: u32 = 0x1fff_ffff;
const OBJECT: u32 = 0x0000_0000;
const ARRAY: u32 = 0x2000_0000;
const TEXT: u32 = 0x4000_0000;
const UNESCAPED: u32 = 0x6000_0000;
const NUMBER: u32 = 0x8000_0000;
const TRUE: u32 = 0xa000_0000;
const FALSE: u32 = 0xc000_0000;
const NULL: u32 = 0xe000_0000;

/// A value without content of its own, or a key, to be added.
pub(super) enum Leaf {
    /// A text, unescaped if it has escapes.
    Text(Option<String>),
    Number,
    Boolean(bool),
    Null,
}

/// A value in a tree.
#[derive(Clone, Copy)]
pub(crate) struct Value<'t> {
    tree: &'t Tree<'t>,
    node: u32,
}

/// A value by its type.
#[derive(Clone, Copy)]
pub(crate) enum Shape<'t> {
    Text(&'t str),
    /// A number as it is written.
    Number(&'t str),
    Boolean(bool),
    Null,
    Object(Object<'t>),
    Array(Array<'t>),
}

/// An object in a tree.
#[derive(Clone, Copy)]
pub(crate) struct Object<'t>(Value<'t>);

/// An array in a tree.
#[derive(Clone, Copy)]
pub(crate) struct Array<'t>(Value<'t>);

/// A key of an object, with its value.
#[derive(Clone, Copy)]
pub(crate) struct Field<'t> {
    key: Value<'t>,
}

/// The content of an object or an array, in order.
struct Siblings<'t> {
    next: Value<'t>,
    /// The node after the last of them.
    past: u32,
}

impl<'t> Tree<'t> {
    /// Creates the tree of a text of at most [`TEXT_BYTES_MAX`] of which nothing was read yet.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, nodes: Vec::new(), unescaped: Vec::new() }
    }

    /// Returns the value of the whole text.
    pub(crate) fn root(&self) -> Option<Value<'_>> {
        self.nodes.first().map(|_| Value { tree: self, node: 0 })
    }

    /// Returns the object with this [`Object::number`].
    pub(super) fn object(&self, number: u32) -> Object<'_> {
        Object(Value { tree: self, node: number })
    }

    /// Adds a value or a key.
    pub(super) fn add(&mut self, leaf: Leaf, span: Range<usize>) {
        let link = match leaf {
            Leaf::Text(None) => TEXT,
            Leaf::Text(Some(text)) => {
                self.unescaped.push(text.into_boxed_str());
                UNESCAPED | narrow(self.unescaped.len() - 1)
            }
            Leaf::Number => NUMBER,
            Leaf::Boolean(true) => TRUE,
            Leaf::Boolean(false) => FALSE,
            Leaf::Null => NULL,
        };
        self.push(link, span);
    }

    /// Adds an object or an array that begins at `start`, and returns its number.
    pub(super) fn open(&mut self, is_object: bool, start: usize) -> u32 {
        self.push(if is_object { OBJECT } else { ARRAY }, start..start);
        narrow(self.nodes.len() - 1)
    }

    /// Ends an object or an array: the nodes added since are its content.
    pub(super) fn close(&mut self, number: u32, end: usize) {
        let past = narrow(self.nodes.len());
        let node = &mut self.nodes[number as usize];
        node.end = narrow(end);
        node.link |= past;
    }

    /// Returns where an object or an array begins.
    pub(super) fn start(&self, number: u32) -> usize {
        self.nodes[number as usize].start as usize
    }

    /// Returns where the last value or key begins.
    pub(super) fn last_start(&self) -> usize {
        self.nodes.last().map_or(0, |node| node.start as usize)
    }

    fn push(&mut self, link: u32, span: Range<usize>) {
        self.nodes.push(Node { start: narrow(span.start), end: narrow(span.end), link });
    }
}

/// Returns an offset in the text, or a number of nodes, in 32 bits.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("no text is longer than half a GiB, nor has it more values than bytes")
}

impl<'t> Value<'t> {
    /// Returns the value by its type.
    pub(crate) fn shape(self) -> Shape<'t> {
        let Node { start, end, link } = self.inner();
        let written = |inset: usize| &self.tree.text[start as usize + inset..end as usize - inset];
        match link & !LINK {
            OBJECT => Shape::Object(Object(self)),
            ARRAY => Shape::Array(Array(self)),
            TEXT => Shape::Text(written(1)),
            UNESCAPED => Shape::Text(&self.tree.unescaped[(link & LINK) as usize]),
            NUMBER => Shape::Number(written(0)),
            TRUE => Shape::Boolean(true),
            FALSE => Shape::Boolean(false),
            _ => Shape::Null,
        }
    }

    /// Returns its bytes in the text.
    pub(crate) fn span(self) -> Range<usize> {
        let node = self.inner();
        node.start as usize..node.end as usize
    }

    /// Returns its text, if it is one.
    pub(crate) fn text(self) -> Option<&'t str> {
        if let Shape::Text(text) = self.shape() { Some(text) } else { None }
    }

    /// Returns the number as it is written, if it is one.
    pub(crate) fn number(self) -> Option<&'t str> {
        if let Shape::Number(number) = self.shape() { Some(number) } else { None }
    }

    fn inner(self) -> Node {
        self.tree.nodes[self.node as usize]
    }

    fn after(self, nodes: u32) -> Self {
        Self { node: self.node + nodes, ..self }
    }

    /// Returns the value after it and its content.
    fn next(self) -> Self {
        let link = self.inner().link;
        match link & !LINK {
            OBJECT | ARRAY => Self { node: link & LINK, ..self },
            _ => self.after(1),
        }
    }

    /// Returns the content of an object or an array.
    fn children(self) -> Siblings<'t> {
        Siblings { next: self.after(1), past: self.inner().link & LINK }
    }
}

impl<'t> Object<'t> {
    /// Returns its fields, in the order in which they are written.
    pub(crate) fn fields(self) -> impl Iterator<Item = Field<'t>> {
        let mut siblings = self.0.children();
        core::iter::from_fn(move || {
            let key = siblings.next()?;
            siblings.next().map(|_| Field { key })
        })
    }

    /// Returns the first field with this name.
    pub(crate) fn field(self, name: &str) -> Option<Field<'t>> {
        self.fields().find(|field| field.name() == name)
    }

    /// Returns its bytes in the text.
    pub(crate) fn span(self) -> Range<usize> {
        self.0.span()
    }

    /// Returns the byte of its opening brace: enough to point at an object that lacks a field.
    pub(crate) fn opening(self) -> Range<usize> {
        let start = self.span().start;
        start..start + 1
    }

    /// Returns its number, for [`Tree::object`].
    pub(super) fn number(self) -> u32 {
        self.0.node
    }
}

impl<'t> Array<'t> {
    /// Returns its elements.
    pub(crate) fn elements(self) -> impl Iterator<Item = Value<'t>> {
        self.0.children()
    }

    /// Counts its elements.
    pub(crate) fn len(self) -> usize {
        self.elements().count()
    }

    /// Returns its bytes in the text.
    pub(crate) fn span(self) -> Range<usize> {
        self.0.span()
    }
}

impl<'t> Field<'t> {
    /// Returns its name.
    pub(crate) fn name(self) -> &'t str {
        // A key is a text.
        self.key.text().unwrap_or_default()
    }

    /// Returns its value, which is the node after the key.
    pub(crate) fn value(self) -> Value<'t> {
        self.key.after(1)
    }

    /// Returns the bytes of its name in the text.
    pub(crate) fn key_span(self) -> Range<usize> {
        self.key.span()
    }
}

impl<'t> Iterator for Siblings<'t> {
    type Item = Value<'t>;
    fn next(&mut self) -> Option<Value<'t>> {
        let this = self.next;
        if this.node >= self.past {
            return None;
        }
        self.next = this.next();
        Some(this)
    }
}
