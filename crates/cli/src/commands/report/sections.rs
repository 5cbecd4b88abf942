//! What the report of a show says.

use downbeat_core::{ServerTime, Span};
use downbeat_wire::AudienceSample;

use super::show::Show;
use crate::log_words;
use crate::report_page::{Axis, Figure, Grid, Ink, Layer, Page, Part, Plot, Section};
use crate::text;
use crate::time_zone::TimeZone;
use crate::version;

/// How many lines the table of the audience has at most.
const LINES: usize = 12;

/// Without a count for longer than this nobody was there: two minutes, since each has one.
const GAP: Span = Span::from_millis(120_000);

/// The same of counts of more than a day ago, of which there is one for each quarter of an hour.
const OLD_GAP: Span = Span::from_millis(1_000_000);

/// How old counts are of which some are deleted: a day.
const OLD: Span = Span::from_millis(86_400_000);

/// Returns the report. `command` makes it again.
pub(super) fn page(show: &Show, command: String) -> Page {
    let sections = [audience(show), incidents(show), arrival(show), clocks(show), log(show)];
    Page {
        title: format!("{}: how it went", show.title()),
        lead: lead(show),
        figures: figures(show),
        sections: sections.to_vec(),
        command,
        origin: vec![format!(
            "Downbeat {}. Times are those of {}. Viewers are counted once a minute while a page has a connection; after a day, one \
                 count for each quarter of an hour is kept, and none after a week.",
            version::LONG.as_str(),
            TimeZone::Local.name()
        )],
    }
}

fn lead(show: &Show) -> String {
    let state = &show.state;
    let planned = state.duration.map(|duration| format!(", for {}", text::span(duration))).unwrap_or_default();
    let end = match state.ended_at {
        Some(at) if at <= state.server_time => format!("It ended at {}.", instant(at)),
        _ => format!("It had not ended at {}.", instant(state.server_time)),
    };
    format!("The event {} was to begin at {}{planned}. {end}", state.event, instant(state.starts_at))
}

fn figures(show: &Show) -> Vec<Figure> {
    let figure = |value: String, meaning: &str| Figure { value, meaning: meaning.to_owned() };
    let mut figures = Vec::new();
    if let Some(most) = show.most() {
        figures.push(figure(text::thousands(most.audience.sockets), "viewers connected at the same moment, at most"));
    }
    let paused = show.incidents.iter().fold(Span::ZERO, |all, incident| all + show.length(incident));
    figures.push(match show.incidents.len() {
        0 => figure("never".to_owned(), "paused"),
        count => figure(text::span(paused), &format!("paused in all, in {}", text::count(count, "pause"))),
    });
    if let Some(p95) = show.acks().iter().filter_map(|acks| acks.p95).max() {
        figures.push(figure(format!("{p95} ms"), "until 95 of 100 sampled viewers had a change, at worst"));
    }
    figures.push(figure(text::thousands(show.entries.len() as u64), "changes by operators"));
    figures
}

fn audience(show: &Show) -> Section {
    let heading = "How many watched?";
    let Some(most) = show.most() else {
        let meaning = "The server has no count of viewers around this event: nobody was connected, it is more than a week ago, or \
                       the server is of a version that did not count yet.";
        return Section { heading, meaning: meaning.to_owned(), parts: Vec::new() };
    };
    let sockets = most.audience.sockets;
    let meaning = format!(
        "At most {} viewers were connected at the same moment, at {}.",
        text::thousands(sockets),
        clock(most.at)
    );
    let minute = |at: ServerTime| (at - show.state.starts_at).as_millis() as f64 / 6e4;
    let curves = counts(&show.samples, show.state.server_time)
        .into_iter()
        .map(|(at, count)| (minute(at), 0.0, count as f64))
        .collect::<Vec<_>>();
    let (from, until) = (curves[0].0, curves[curves.len() - 1].0);
    let mut layers = vec![
        Layer::Area { ink: Ink::Shade, curves: curves.clone() },
        Layer::Line { ink: Ink::First, points: curves.iter().map(|(x, _, y)| (*x, *y)).collect() },
    ];
    let pauses = show.incidents.iter().map(|incident| minute(incident.from)).filter(|at| (from..=until).contains(at));
    layers.extend(pauses.map(|x| Layer::Moment { x, words: "pause".to_owned() }));
    let plot = Plot {
        label: format!("Connected viewers over time. {meaning}"),
        caption: String::new(),
        x: Axis::minutes("from the planned start, in hours and minutes", from, until.max(from + 1.0)),
        y: Axis::linear("connected viewers", 0.0, (sockets.max(1) as f64) * 1.1, |count| {
            text::thousands(count.round() as u64)
        }),
        layers,
        key: Vec::new(),
    };
    let step = show.samples.len().div_ceil(LINES);
    let rows = show.samples.iter().step_by(step).map(|AudienceSample { at, audience }| {
        vec![clock(*at), text::thousands(audience.sockets), text::thousands(audience.polling)]
    });
    let grid = Grid {
        columns: vec!["Time", "Connected", "Polling, about"],
        numbers_from: 1,
        rows: rows.collect(),
        total: None,
    };
    Section { heading, meaning, parts: vec![Part::Plot(Box::new(plot)), Part::Table(grid)] }
}

/// Returns how many were connected when, with zeros where nobody was for a while.
fn counts(samples: &[AudienceSample], now: ServerTime) -> Vec<(ServerTime, u64)> {
    let minute = Span::from_millis(60_000);
    let mut counts: Vec<(ServerTime, u64)> = Vec::new();
    for AudienceSample { at, audience } in samples {
        if let Some((last, _)) = counts.last().copied()
            && *at - last > if now - last > OLD { OLD_GAP } else { GAP }
        {
            counts.extend([(last + minute, 0), (*at - minute, 0)]);
        }
        counts.push((*at, audience.sockets));
    }
    counts
}

fn incidents(show: &Show) -> Section {
    let heading = "What went wrong?";
    if show.incidents.is_empty() {
        return Section { heading, meaning: "Nothing: the event was never paused.".to_owned(), parts: Vec::new() };
    }
    let paused = show.incidents.iter().fold(Span::ZERO, |all, incident| all + show.length(incident));
    let times = match show.incidents.len() {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    };
    let rows = show.incidents.iter().map(|incident| {
        let until = incident.until.map_or_else(|| "still paused".to_owned(), clock);
        vec![
            clock(incident.from),
            until,
            text::span(show.length(incident)),
            incident.actor.clone(),
            incident.what.clone(),
        ]
    });
    Section {
        heading,
        meaning: format!("The event was paused {times}, for {} in all.", text::span(paused)),
        parts: vec![Part::Table(Grid {
            columns: vec!["From", "Until", "For", "Who", "What"],
            numbers_from: 5,
            rows: rows.collect(),
            total: None,
        })],
    }
}

fn arrival(show: &Show) -> Section {
    let heading = "How soon did changes arrive?";
    let acks = show.acks();
    let asked: u64 = acks.iter().map(|acks| acks.asked).sum();
    if asked == 0 {
        let meaning = "No viewer was asked: there was no change while viewers were counted.";
        return Section { heading, meaning: meaning.to_owned(), parts: Vec::new() };
    }
    let applied: u64 = acks.iter().map(|acks| acks.applied).sum();
    let ms = |late: Option<u64>| late.map_or_else(|| "-".to_owned(), |late| format!("{late} ms"));
    let rows = acks.iter().map(|acks| {
        let (at, what) = match show.entry(acks) {
            Some(entry) => (clock(entry.at), log_words::what(entry)),
            None => (String::new(), String::new()),
        };
        let applied = format!("{} of {}", text::thousands(acks.applied), text::thousands(acks.asked));
        vec![at, what, applied, ms(acks.median), ms(acks.p95)]
    });
    Section {
        heading,
        meaning: format!(
            "Of the viewers who were asked, {} of {} had applied a change by the next minute's count.",
            text::thousands(applied),
            text::thousands(asked)
        ),
        parts: vec![
            Part::Table(Grid {
                columns: vec!["Time", "Change", "Had it", "Half after", "95 of 100 after"],
                numbers_from: 2,
                rows: rows.collect(),
                total: None,
            }),
            Part::Note(
                "After the change took effect; 0 ms means in time. About 512 viewers are asked about each change."
                    .to_owned(),
            ),
        ],
    }
}

fn clocks(show: &Show) -> Section {
    let heading = "How exact were the clocks?";
    let bounds = show.bounds();
    let all: u64 = bounds.iter().map(|count| count.viewers).sum();
    if all == 0 {
        let meaning = "No viewer said how exact their clock is: they do when they apply a change.";
        return Section { heading, meaning: meaning.to_owned(), parts: Vec::new() };
    }
    let percent = |viewers: u64| viewers as f64 * 100.0 / all as f64;
    let within_frame: u64 = bounds
        .iter()
        .filter(|count| count.within.is_some_and(|within| within <= Span::from_millis(50)))
        .map(|count| count.viewers)
        .sum();
    let meaning = format!(
        "Of {} answers, {} came from pages that know the time to within 50 ms, for certain.",
        text::thousands(all),
        format_args!("{} %", (percent(within_frame) * 10.0).floor() / 10.0)
    );
    let name = |within: Option<Span>| {
        within.map_or_else(|| "less exact".to_owned(), |within| format!("within {}", text::fine(within)))
    };
    let columns = bounds
        .iter()
        .enumerate()
        .map(|(place, count)| (place as f64 + 0.1, place as f64 + 0.9, percent(count.viewers)));
    let highest = bounds.iter().map(|count| percent(count.viewers)).fold(0.0, f64::max);
    let names = bounds
        .iter()
        .map(|count| count.within.map_or_else(|| "more".to_owned(), |within| within.as_millis().to_string()));
    let plot = Plot {
        label: format!("Histogram of how exact clocks were. {meaning}"),
        caption:
            "Each page knows a bound of its error, which is proven, and most are nearer to the right time than that."
                .to_owned(),
        x: Axis::named("within so many ms", names.collect()),
        y: Axis::linear("share of answers", 0.0, highest * 1.1, |share| format!("{share} %")),
        layers: vec![Layer::Columns { ink: Ink::First, columns: columns.collect() }],
        key: Vec::new(),
    };
    let rows = bounds.iter().filter(|count| count.viewers > 0).map(|count| {
        vec![name(count.within), text::thousands(count.viewers), format!("{:.1} %", percent(count.viewers))]
    });
    let grid = Grid { columns: vec!["Clock", "Answers", "Share"], numbers_from: 1, rows: rows.collect(), total: None };
    Section { heading, meaning, parts: vec![Part::Plot(Box::new(plot)), Part::Table(grid)] }
}

fn log(show: &Show) -> Section {
    let rows = show.entries.iter().map(|entry| {
        vec![
            TimeZone::Local.at(entry.at).format("%Y-%m-%d %H:%M:%S").to_string(),
            text::tame(&entry.actor),
            log_words::what(entry),
        ]
    });
    Section {
        heading: "Who did what?",
        meaning: match show.entries.len() {
            1 => "One change is in the log.".to_owned(),
            count => format!("{count} changes are in the log, the oldest first."),
        },
        parts: vec![Part::Table(Grid {
            columns: vec!["Time", "Who", "What"],
            numbers_from: 3,
            rows: rows.collect(),
            total: None,
        })],
    }
}

fn instant(at: ServerTime) -> String {
    TimeZone::Local.at(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

fn clock(at: ServerTime) -> String {
    TimeZone::Local.at(at).format("%H:%M:%S").to_string()
}
