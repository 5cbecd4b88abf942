//! A place in a sheet, as a chain of steps up to its root.

/// A place in a sheet. It becomes a JSON pointer only when something is reported there.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    /// The whole sheet.
    pub(crate) const ROOT: Self = At { parent: None, step: Step::Root };

    /// Returns the place of a field of this object.
    pub(crate) const fn key(&'a self, key: &'a str) -> At<'a> {
        At { parent: Some(self), step: Step::Key(key) }
    }

    /// Returns the place of an element of this array.
    pub(crate) const fn index(&'a self, index: usize) -> At<'a> {
        At { parent: Some(self), step: Step::Index(index) }
    }

    /// Returns the JSON pointer (RFC 6901).
    pub(crate) fn pointer(&self) -> String {
        let parent = self.parent.map(At::pointer).unwrap_or_default();
        match self.step {
            Step::Root => parent,
            Step::Key(key) => parent + &pointer_step(key),
            Step::Index(index) => parent + &format!("/{index}"),
        }
    }
}

/// Returns the step of a JSON pointer that leads to a key.
pub(crate) fn pointer_step(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}
