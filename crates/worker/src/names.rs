//! Which events there are, as this isolate knows it, so that a made-up name costs neither an object nor a call.
//!
//! Plain data, no I/O: `catalog.rs` asks the catalog and reports its answers here. The catalog sends all names at once
//! while they are few enough: then whatever is not among them does not exist, however many names are made up.

use downbeat_core::fanout::is_recent;
use downbeat_core::{EventName, ServerTime, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How long an isolate trusts that an event does not exist: 10 s. Source: the design.
const MISSING_KEPT: Span = Span::from_millis(10_000);

/// The age from which the names are requested again while somebody asks for others: 5 s.
///
/// Reason: half of [`MISSING_KEPT`], so that a flood of made-up names always finds names to compare with.
const REFRESH_AFTER: Span = Span::from_millis(5_000);

/// How long an unanswered request keeps others from starting one: 1 s.
const REQUEST_TIMEOUT: Span = Span::from_millis(1_000);

/// How long after a failure the catalog is not asked again: 1 s.
const FAILURE_KEPT: Span = Span::from_millis(1_000);

/// The most names that the catalog sends at once: 10,000, about 200 KB.
pub(crate) const LIST_MAX: usize = 10_000;

/// The most names that are remembered one by one as made up: 1,000.
const ABSENT_MAX: usize = 1_000;

/// How many names a second an isolate follows up one by one when the names at hand do not answer: 10.
///
/// Reason: an isolate meets that many real events for the first time in a second, and a flood of made-up names must not
/// get further than this when the catalog is silent, or has too many names to send.
const UNLISTED_PER_SECOND: u32 = 10;

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// There is, or is about to be, an event of this name.
    Exists,
    /// There is none.
    Missing,
    /// The names at hand are too old, or do not say.
    Unknown,
}

/// What the catalog's answer says of names that are not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Coverage {
    /// They do not exist.
    Complete,
    /// They may exist: events from before the catalog was complete have yet to register.
    #[default]
    Partial,
    /// There are more than [`LIST_MAX`] events, and none is listed: ask by name.
    TooMany,
}

impl Coverage {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::TooMany => "too-many",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Complete, Self::Partial, Self::TooMany].into_iter().find(|one| one.as_str() == text)
    }
}

/// The catalog's names: on the wire a line with version and coverage, and a line for each name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameList {
    /// Changes with every change of the list.
    pub(crate) version: String,
    pub(crate) coverage: Coverage,
    pub(crate) names: BTreeSet<EventName>,
}

impl NameList {
    /// Parses the catalog's answer; `None` if it is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (version, coverage) = lines.next()?.split_once(' ')?;
        let names = lines.map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Self { version: version.to_owned(), coverage: Coverage::parse(coverage)?, names })
    }
}

/// The names that an isolate knows.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Names that exist: those the catalog sent, and those it was asked for one by one.
    known: BTreeSet<EventName>,
    /// Names that were made or found here a moment ago: an answer that was on its way may not have them.
    recent: Vec<(EventName, ServerTime)>,
    /// Names that the catalog was asked for one by one and does not have.
    absent: BTreeMap<EventName, ServerTime>,
    version: String,
    coverage: Coverage,
    received_at: Option<ServerTime>,
    requested_at: Option<ServerTime>,
    failed_at: Option<ServerTime>,
    /// The second in which names are followed up one by one, and how many were.
    unlisted: (Option<ServerTime>, u32),
}

impl Names {
    /// Returns what is known of `event`. A name that exists stays known; that one does not counts for 10 s.
    pub(crate) fn lookup(&self, event: &EventName, now: ServerTime) -> Lookup {
        let is_listed = self.coverage == Coverage::Complete && is_recent(self.received_at, MISSING_KEPT, now);
        if self.known.contains(event) {
            Lookup::Exists
        } else if is_listed || is_recent(self.absent.get(event).copied(), MISSING_KEPT, now) {
            Lookup::Missing
        } else {
            Lookup::Unknown
        }
    }

    /// Returns whether the names are due to be requested and nobody does so yet; then the caller must.
    pub(crate) fn start_refresh(&mut self, now: ServerTime) -> bool {
        let is_waiting = is_recent(self.received_at, REFRESH_AFTER, now)
            || is_recent(self.requested_at, REQUEST_TIMEOUT, now)
            || is_recent(self.failed_at, FAILURE_KEPT, now);
        if !is_waiting {
            self.requested_at = Some(now);
        }
        !is_waiting
    }

    /// Returns whether somebody has requested the names and has no answer yet.
    pub(crate) fn is_refreshing(&self, now: ServerTime) -> bool {
        is_recent(self.requested_at, REQUEST_TIMEOUT, now)
    }

    /// Returns the version of the names at hand, for the next request; empty without any.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Returns what the names at hand say of others.
    pub(crate) const fn coverage(&self) -> Coverage {
        self.coverage
    }

    /// Applies the catalog's names; `None` if they are the same as before.
    pub(crate) fn apply_list(&mut self, list: Option<NameList>, now: ServerTime) {
        if let Some(NameList { version, coverage, names }) = list {
            // Without a list what was found by name stays known, as long as it does not grow without limit.
            if coverage != Coverage::TooMany || self.known.len() > LIST_MAX {
                self.known = names;
            }
            self.recent.retain(|(_, at)| is_recent(Some(*at), MISSING_KEPT, now));
            self.known.extend(self.recent.iter().map(|(name, _)| name.clone()));
            (self.version, self.coverage) = (version, coverage);
        }
        self.received_at = Some(now);
        self.requested_at = None;
        self.failed_at = None;
    }

    /// Notes that the catalog did not answer.
    pub(crate) fn handle_failure(&mut self, now: ServerTime) {
        self.requested_at = None;
        self.failed_at = Some(now);
    }

    /// Notes that an event exists: it was made here, or the catalog said so.
    pub(crate) fn handle_found(&mut self, event: &EventName, now: ServerTime) {
        self.absent.remove(event);
        self.recent.retain(|(name, at)| name != event && is_recent(Some(*at), MISSING_KEPT, now));
        self.recent.push((event.clone(), now));
        self.known.insert(event.clone());
    }

    /// Notes that an event does not exist: the catalog said so, or its object did.
    pub(crate) fn handle_absent(&mut self, event: &EventName, now: ServerTime) {
        self.known.remove(event);
        self.recent.retain(|(name, _)| name != event);
        if self.absent.len() >= ABSENT_MAX {
            self.absent.retain(|_, at| is_recent(Some(*at), MISSING_KEPT, now));
        }
        if self.absent.len() < ABSENT_MAX {
            self.absent.insert(event.clone(), now);
        }
    }

    /// Counts a name that is to be followed up although the names at hand do not have it; returns whether it may be.
    pub(crate) fn admit_unlisted(&mut self, now: ServerTime) -> bool {
        let (since, count) = self.unlisted;
        let count = if is_recent(since, Span::from_millis(1_000), now) { count } else { 0 };
        if count == 0 {
            self.unlisted = (Some(now), 1);
        } else if count < UNLISTED_PER_SECOND {
            self.unlisted.1 = count + 1;
        }
        count < UNLISTED_PER_SECOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: ServerTime = ServerTime::from_millis(1_704_067_200_000);

    fn at(ms: i64) -> ServerTime {
        START + Span::from_millis(ms)
    }
    fn name(text: &str) -> EventName {
        text.parse().unwrap()
    }
    fn list(version: &str, coverage: Coverage, names: &[&str]) -> Option<NameList> {
        Some(NameList { version: version.to_owned(), coverage, names: names.iter().map(|text| name(text)).collect() })
    }
    fn complete(names: &[&str]) -> Names {
        let mut known = Names::default();
        known.apply_list(list("a.1", Coverage::Complete, names), at(0));
        known
    }

    #[test]
    fn whatever_is_not_listed_does_not_exist_for_ten_seconds() {
        let names = complete(&["gala"]);
        assert_eq!(names.lookup(&name("gala"), at(0)), Lookup::Exists);
        assert_eq!(names.lookup(&name("gala"), at(3_600_000)), Lookup::Exists);
        for number in 0..5_000 {
            assert_eq!(names.lookup(&name(&format!("x{number}")), at(9_999)), Lookup::Missing);
        }
        assert_eq!(names.lookup(&name("x"), at(10_000)), Lookup::Unknown);
        assert_eq!(Names::default().lookup(&name("gala"), at(0)), Lookup::Unknown);
    }

    #[test]
    fn the_names_are_requested_before_they_are_too_old_by_one_at_a_time_and_rarely() {
        let mut names = complete(&[]);
        let started: Vec<i64> = (0..20_000)
            .step_by(100)
            .filter(|ms| {
                let starts = names.start_refresh(at(*ms));
                assert_eq!(
                    names.lookup(&name("x"), at(*ms)),
                    Lookup::Missing,
                    "there is always something to compare with"
                );
                if starts {
                    names.apply_list(None, at(*ms));
                }
                starts
            })
            .collect();
        assert_eq!(started, [5_000, 10_000, 15_000]);
    }

    #[test]
    fn a_silent_catalog_is_asked_once_a_second() {
        let mut names = Names::default();
        let started: Vec<i64> = (0..4_000)
            .step_by(50)
            .filter(|ms| {
                let starts = names.start_refresh(at(*ms));
                if *ms == 300 {
                    names.handle_failure(at(300));
                }
                starts
            })
            .collect();
        assert_eq!(started, [0, 1_300, 2_300, 3_300]);
    }

    #[test]
    fn an_event_that_was_just_made_is_not_lost_to_an_answer_from_before() {
        let mut names = complete(&[]);
        names.handle_found(&name("gala"), at(5_100));
        names.apply_list(list("a.2", Coverage::Complete, &["other"]), at(5_150));
        assert_eq!(names.lookup(&name("gala"), at(5_150)), Lookup::Exists);
        names.apply_list(list("a.3", Coverage::Complete, &["other"]), at(15_100));
        assert_eq!(names.lookup(&name("gala"), at(15_100)), Lookup::Missing, "deleted elsewhere since");
    }

    #[test]
    fn a_deleted_event_is_missing_at_once_and_exists_again_when_the_list_says_so() {
        let mut names = complete(&["gala"]);
        names.handle_absent(&name("gala"), at(1));
        assert_eq!(names.lookup(&name("gala"), at(1)), Lookup::Missing);
        names.apply_list(list("a.2", Coverage::Complete, &["gala"]), at(5_000));
        assert_eq!(names.lookup(&name("gala"), at(5_000)), Lookup::Exists);
    }

    #[test]
    fn names_that_are_not_listed_may_exist_until_all_have_registered() {
        let mut names = Names::default();
        names.apply_list(list("a.1", Coverage::Partial, &["gala"]), at(0));
        assert_eq!(names.lookup(&name("gala"), at(1)), Lookup::Exists);
        assert_eq!(names.lookup(&name("old"), at(1)), Lookup::Unknown);
    }

    #[test]
    fn among_too_many_events_each_is_remembered_by_name() {
        let mut names = Names::default();
        names.apply_list(list("a.1", Coverage::TooMany, &[]), at(0));
        names.handle_found(&name("gala"), at(1));
        names.handle_absent(&name("x"), at(1));
        names.apply_list(list("a.2", Coverage::TooMany, &[]), at(9_000));
        let seen = ["gala", "x", "y"].map(|text| names.lookup(&name(text), at(10_000)));
        assert_eq!(seen, [Lookup::Exists, Lookup::Missing, Lookup::Unknown]);
        assert_eq!(names.lookup(&name("x"), at(10_001)), Lookup::Unknown);
    }

    #[test]
    fn a_flood_of_names_fills_no_memory_and_drops_no_known_event() {
        let mut names = Names::default();
        names.apply_list(list("a.1", Coverage::TooMany, &[]), at(0));
        names.handle_found(&name("gala"), at(0));
        let mut admitted = 0;
        for number in 0..5_000 {
            let ms = i64::from(number);
            names.handle_absent(&name(&format!("x{number}")), at(ms));
            admitted += u32::from(names.admit_unlisted(at(ms)));
        }
        assert_eq!(names.absent.len(), ABSENT_MAX);
        assert_eq!(names.lookup(&name("gala"), at(5_000)), Lookup::Exists);
        assert_eq!(admitted, 5 * UNLISTED_PER_SECOND, "10 in each of the five seconds");
    }

    #[test]
    fn what_the_catalog_sends_is_read_back_and_anything_else_is_not() {
        assert_eq!(NameList::parse("a.7 complete\ngala\nmain\n"), list("a.7", Coverage::Complete, &["gala", "main"]));
        assert_eq!(NameList::parse("a.7 too-many\n"), list("a.7", Coverage::TooMany, &[]));
        for text in ["", "a.7", "a.7 whole\n", "a.7 complete\nNot a name\n", "{}"] {
            assert_eq!(NameList::parse(text), None, "{text:?}");
        }
    }
}
