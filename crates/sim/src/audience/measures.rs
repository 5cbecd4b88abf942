//! What is measured of an audience.

use downbeat_core::Span;

use super::histogram::Histogram;

/// How fine errors, bounds and the firing of cues are measured: 0.1 ms.
const FINE: Span = Span::from_micros(100);

/// How fine it is measured when viewers know of a pause: 1 ms.
const LATENCY: Span = Span::from_millis(1);

/// How often every viewer's clock is read: once a minute.
pub(super) const READING_EVERY: Span = Span::from_millis(60_000);

/// What viewers ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `…/time`.
    Time,
    /// The whole state.
    State,
    /// `…/status`, while there is no socket.
    Status,
    /// A socket.
    Live,
    /// A ping through a socket, which the runtime answers.
    Ping,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Time, Self::State, Self::Status, Self::Live, Self::Ping];

    /// Returns its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::State => "state",
            Self::Status => "status",
            Self::Live => "live",
            Self::Ping => "ping",
        }
    }
}

/// What viewers ask, in each second from the opening of the doors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic([Vec<u32>; 5]);

impl Traffic {
    pub(super) fn note(&mut self, endpoint: Endpoint, at: Span) {
        let second = (at.as_millis() / 1_000).max(0) as usize;
        if let Some(count) = self.0[endpoint as usize].get_mut(second) {
            *count += 1;
        }
    }

    /// Returns how often an endpoint was asked in each second.
    pub fn per_second(&self, endpoint: Endpoint) -> &[u32] {
        &self.0[endpoint as usize]
    }

    /// Returns how often it was asked in all.
    pub fn total(&self, endpoint: Endpoint) -> u64 {
        self.0[endpoint as usize].iter().map(|count| u64::from(*count)).sum()
    }

    /// Returns the requests to the worker in each second: everything but pings.
    pub fn requests(&self) -> Vec<u64> {
        let asked = [Endpoint::Time, Endpoint::State, Endpoint::Status, Endpoint::Live];
        let length = self.0[0].len();
        (0..length).map(|second| asked.iter().map(|one| u64::from(self.0[*one as usize][second])).sum()).collect()
    }
}

/// How wrong clocks were, once a minute from the beginning of the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readings {
    /// The errors, for each minute. Above zero: the viewer is ahead.
    pub errors: Vec<Histogram>,
    /// The bounds that viewers gave.
    pub bounds: Histogram,
    /// How many readings there were.
    pub total: u64,
    /// How many were further off than their bound says.
    pub outside: u64,
}

impl Readings {
    /// Returns the errors of all minutes. Above zero: the viewer is ahead.
    pub fn all(&self) -> Histogram {
        let mut all = Histogram::new(FINE);
        self.errors.iter().for_each(|errors| all.add(errors.clone()));
        all
    }

    /// Returns the errors of all minutes, without their sign.
    pub fn absolute(&self) -> Histogram {
        let mut all = Histogram::new(FINE);
        self.absolute_by_minute().into_iter().for_each(|minute| all.add(minute));
        all
    }

    /// Returns the errors of each minute, without their sign.
    pub fn absolute_by_minute(&self) -> Vec<Histogram> {
        self.errors.iter().map(absolute).collect()
    }

    /// Returns how far any two viewers were apart in the same moment.
    pub fn spread(&self) -> Histogram {
        let mut spread = Histogram::new(FINE);
        self.errors.iter().for_each(|errors| errors.add_pairs_to(&mut spread));
        spread
    }
}

/// Returns errors without their sign.
fn absolute(errors: &Histogram) -> Histogram {
    let mut all = Histogram::new(FINE);
    for (error, count) in errors.steps() {
        // A step below zero is named by its far end.
        let error = if error < Span::ZERO { -error - FINE } else { error };
        all.add(Histogram::of(FINE, error, count));
    }
    all
}

/// How a pause reached the audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// How long after the command viewers knew of it.
    pub latency: Histogram,
    /// The same, of those who had a socket.
    pub pushed: Histogram,
    /// The same, of those who had none, and asked.
    pub asked: Histogram,
    /// How many knew of it before it took effect.
    pub in_time: u64,
    /// How many were not there when it was made.
    pub absent: u64,
    /// How many never knew.
    pub unaware: u64,
}

/// Everything that is measured of an audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measures {
    /// How many viewers.
    pub viewers: u64,
    /// What they asked.
    pub traffic: Traffic,
    /// How wrong their clocks were.
    pub readings: Readings,
    /// How long after opening the page they were live.
    pub joined: Histogram,
    /// How often sockets were lost.
    pub lost: u64,
    /// How the pause reached them.
    pub pause: Pause,
    /// How far from their exact time cues fired; above zero: late.
    pub cues: Histogram,
}

impl Measures {
    pub(super) fn new(length: Span) -> Self {
        let seconds = (length.as_millis() / 1_000 + 1) as usize;
        Self {
            viewers: 0,
            traffic: Traffic([const { Vec::new() }; 5].map(|_: Vec<u32>| vec![0; seconds])),
            readings: Readings { errors: Vec::new(), bounds: Histogram::new(FINE), total: 0, outside: 0 },
            joined: Histogram::new(LATENCY),
            lost: 0,
            pause: Pause {
                latency: Histogram::new(LATENCY),
                pushed: Histogram::new(LATENCY),
                asked: Histogram::new(LATENCY),
                in_time: 0,
                absent: 0,
                unaware: 0,
            },
            cues: Histogram::new(FINE),
        }
    }

    /// Notes a reading in a minute.
    pub(super) fn note_reading(&mut self, minute: usize, error: Span, bound: Span) {
        let Readings { errors, bounds, total, outside } = &mut self.readings;
        if errors.len() <= minute {
            errors.resize_with(minute + 1, || Histogram::new(FINE));
        }
        errors[minute].note(error);
        bounds.note(bound);
        *total += 1;
        *outside += u64::from(error.max(-error) > bound);
    }

    /// Adds what was measured of others.
    pub fn add(&mut self, other: Self) {
        self.viewers += other.viewers;
        for (mine, others) in self.traffic.0.iter_mut().zip(other.traffic.0) {
            mine.iter_mut().zip(others).for_each(|(count, more)| *count += more);
        }
        let Readings { errors, bounds, total, outside } = &mut self.readings;
        if errors.len() < other.readings.errors.len() {
            errors.resize_with(other.readings.errors.len(), || Histogram::new(FINE));
        }
        errors.iter_mut().zip(other.readings.errors).for_each(|(mine, others)| mine.add(others));
        bounds.add(other.readings.bounds);
        *total += other.readings.total;
        *outside += other.readings.outside;
        self.joined.add(other.joined);
        self.lost += other.lost;
        self.pause.latency.add(other.pause.latency);
        self.pause.pushed.add(other.pause.pushed);
        self.pause.asked.add(other.pause.asked);
        self.pause.in_time += other.pause.in_time;
        self.pause.absent += other.pause.absent;
        self.pause.unaware += other.pause.unaware;
        self.cues.add(other.cues);
    }
}
