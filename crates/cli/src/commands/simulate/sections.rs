//! The parts of a simulation's report: each answers a question of those who run the show.

use downbeat_core::Span;
use downbeat_core::command::LEAD_PAUSE;
use downbeat_sim::audience::{Endpoint, Histogram};
use downbeat_sim::bill::{PLAN, PRICES_OF};

use super::curves::{self, ms};
use super::simulation::{PlayedSheet, Simulation};
use super::written::{at_most, percent};
use crate::commands::bill;
use crate::report_page::{Axis, Grid, Ink, Layer, Part, Plot, Section, round_up};
use crate::{sheets, text};

/// The shares that plots of shares mark.
const MARKED: [(f64, &str); 3] = [(0.5, "half"), (0.95, "95 of 100"), (0.99, "99 of 100")];

/// How many parts of the time the plot of requests has.
const PARTS: usize = 240;

/// Returns the sections, without those about which nothing was measured.
pub(super) fn of(simulation: &Simulation) -> Vec<Section> {
    let sections = [
        apart(simulation),
        clocks(simulation),
        pause(simulation),
        cues(simulation),
        Some(requests(simulation)),
        Some(cost(simulation)),
        limits(simulation),
    ];
    sections.into_iter().flatten().collect()
}

fn whole(value: f64) -> String {
    text::thousands(value.round().max(0.0) as u64)
}

fn number(value: f64) -> String {
    // Without the noise of steps such as 0.2.
    format!("{}", (value * 1e3).round() / 1e3)
}

fn percents(value: f64) -> String {
    format!("{} %", number(value))
}

/// Marks the shares on a curve of shares.
fn marked(histogram: &Histogram) -> impl Iterator<Item = Layer> + '_ {
    MARKED.iter().filter_map(|(share, name)| {
        let at = histogram.at(*share)?;
        Some(Layer::Point { x: ms(at), y: share * 100.0, words: format!("{name}: {}", at_most(at)) })
    })
}

fn apart(simulation: &Simulation) -> Option<Section> {
    let spread = &simulation.spread;
    let (half, most) = (spread.at(0.5)?, spread.at(0.99)?);
    let until = ms(most) * 1.35;
    let mut points = vec![(0.0, 0.0)];
    points.extend(curves::shares(spread).into_iter().filter(|(apart, _)| *apart <= until));
    let mut layers = vec![
        Layer::Area { ink: Ink::Shade, curves: points.iter().map(|(x, y)| (*x, 0.0, *y)).collect() },
        Layer::Line { ink: Ink::First, points },
    ];
    layers.extend(marked(spread));
    let meaning = format!(
        "Take any two viewers at the same moment: in 99 of 100 cases they are at most {} apart, in half of the cases at most {}.",
        at_most(most),
        at_most(half)
    );
    let plot = Plot {
        label: format!("Share of pairs of viewers by how far they are apart. {meaning}"),
        caption: "For comparison: one picture of a film lasts 42 ms.".to_owned(),
        x: Axis::linear("apart, in ms", 0.0, until, number),
        y: Axis::linear("share of pairs of viewers", 0.0, 100.0, percents),
        layers,
        key: Vec::new(),
    };
    Some(Section { heading: "How far apart are viewers?", meaning, parts: vec![Part::Plot(Box::new(plot))] })
}

fn clocks(simulation: &Simulation) -> Option<Section> {
    let readings = &simulation.measures.readings;
    let by_minute = readings.absolute_by_minute();
    let at = |share| -> Vec<(f64, f64)> {
        let minutes = by_minute.iter().enumerate();
        minutes.filter_map(|(minute, errors)| Some((minute as f64, ms(errors.at(share)?)))).collect()
    };
    let [half, more, most] = [at(0.5), at(0.95), at(0.99)];
    let (minute, worst) = most.iter().copied().max_by(|one, other| one.1.total_cmp(&other.1))?;
    let promise = match readings.outside {
        0 => "No clock was ever further off than its page says.".to_owned(),
        outside => format!(
            "{} of {} readings were further off than their page says.",
            text::thousands(outside),
            text::thousands(readings.total)
        ),
    };
    let last = most.last()?.1;
    let meaning = format!(
        "99 of 100 clocks are within {} of the right time in every minute of the event, and within {} in its last.",
        at_most(Span::from_micros((worst * 1e3) as i64)),
        at_most(Span::from_micros((last * 1e3) as i64)),
    );
    let below = |ink, points: &[(f64, f64)]| Layer::Line { ink, points: points.to_vec() };
    let mut layers = vec![
        Layer::Area {
            ink: Ink::Shade,
            curves: half.iter().zip(&most).map(|(low, high)| (low.0, low.1, high.1)).collect(),
        },
        below(Ink::Third, &half),
        below(Ink::Fourth, &more),
        below(Ink::Second, &most),
    ];
    if let Some(at) = simulation.plan.pause_at {
        layers.push(Layer::Moment { x: at.as_millis() as f64 / 6e4, words: "pause".to_owned() });
    }
    let over_time = Plot {
        label: format!("Clock error in each minute of the event; the worst is minute {minute}. {meaning}"),
        caption: promise,
        x: Axis::minutes("into the event, in hours and minutes", 0.0, (by_minute.len() - 1).max(1) as f64),
        y: Axis::linear("clock error, in ms", 0.0, worst * 1.15, number),
        layers,
        key: vec![
            (Ink::Second, "99 of 100 are below".to_owned()),
            (Ink::Fourth, "95 of 100".to_owned()),
            (Ink::Third, "half".to_owned()),
        ],
    };
    Some(Section {
        heading: "Do clocks stay right throughout?",
        meaning,
        parts: vec![Part::Plot(Box::new(over_time)), Part::Plot(Box::new(either_way(simulation)?))],
    })
}

/// Plots how many clocks are ahead and behind.
fn either_way(simulation: &Simulation) -> Option<Plot> {
    let all = simulation.measures.readings.all();
    let edge = round_up(ms(simulation.absolute.at(0.99)?));
    let columns = curves::columns(&all, -edge, edge, 40);
    let behind = all.up_to(Span::from_micros(-1));
    let highest = columns.iter().map(|column| column.2).fold(0.0, f64::max);
    Some(Plot {
        label: format!("Histogram of clock errors: {} are behind, the others ahead.", percent(behind, all.count())),
        caption: "Each column: the share of all readings, one a minute of every viewer.".to_owned(),
        x: Axis::linear("behind (−) or ahead (+), in ms", -edge, edge, number),
        y: Axis::linear("share of readings", 0.0, highest * 1.1, percents),
        layers: vec![Layer::Columns { ink: Ink::First, columns }],
        key: Vec::new(),
    })
}

fn pause(simulation: &Simulation) -> Option<Section> {
    let pause = &simulation.measures.pause;
    simulation.plan.pause_at?;
    let (half, last) = (pause.latency.at(0.5)?, pause.latency.at(1.0)?);
    let there = pause.latency.count() + pause.unaware;
    let lead = text::span(LEAD_PAUSE);
    let meaning = format!(
        "A pause begins {lead} after the command, so that everybody stops together: {} of {} viewers ({}) knew of it by then, half of \
         them after {}. The last one learned of it {} after the command{}.",
        text::thousands(pause.in_time),
        text::thousands(there),
        percent(pause.in_time, there),
        at_most(half),
        at_most(last),
        if pause.unaware == 0 { String::new() } else { format!("; {} never did", text::thousands(pause.unaware)) },
    );
    let (first, end) = (ms(pause.latency.at(0.0)?), ms(last).max(ms(LEAD_PAUSE)) * 1.2);
    let from = 10_f64.powf(first.max(1.0).log10().floor());
    let channels = [
        (Ink::First, &pause.pushed, "sent to them"),
        (Ink::Second, &pause.asked, "had no connection just then, and asked"),
    ];
    let mut layers = Vec::new();
    let mut key = Vec::new();
    for (ink, latency, how) in channels {
        if latency.count() > 0 {
            let mut points = vec![(from, 0.0)];
            points.extend(curves::shares(latency));
            points.push((end, 100.0));
            layers.push(Layer::Line { ink, points });
            let noun = if latency.count() == 1 { "viewer" } else { "viewers" };
            key.push((ink, format!("{} {noun}: {how}", text::thousands(latency.count()))));
        }
    }
    layers.push(Layer::Moment { x: ms(LEAD_PAUSE), words: "the pause begins".to_owned() });
    let plot = Plot {
        label: format!("Share of viewers who know of the pause, by the time since the command. {meaning}"),
        caption: "Each mark of the time is ten times the one before it. Who learns of it later goes back to where it was paused."
            .to_owned(),
        x: Axis::logarithmic("since the command", from, end, |ms| if ms < 999.5 { format!("{} ms", number(ms)) } else { format!("{} s", number(ms / 1e3)) }),
        y: Axis::linear("share who know", 0.0, 100.0, percents),
        layers,
        key,
    };
    Some(Section {
        heading: "How soon does a pause reach everybody?",
        meaning,
        parts: vec![Part::Plot(Box::new(plot))],
    })
}

/// Writes how far from its time something happens: `3 ms before`.
fn beside(late: Span) -> String {
    if late < Span::ZERO { format!("{} before", at_most(-late)) } else { format!("{} after", at_most(late)) }
}

fn cues(simulation: &Simulation) -> Option<Section> {
    let PlayedSheet { name, .. } = simulation.sheet.as_ref()?;
    let cues = &simulation.measures.cues;
    let (early, most) = (cues.at(0.005)?, cues.at(0.99)?);
    let (low, high) = (cues.at(0.05)?, cues.at(0.95)?);
    let meaning = format!(
        "9 of 10 moments fire between {} and {} their time, and 99 of 100 at most {} after it.",
        beside(low),
        beside(high),
        at_most(most)
    );
    let edge = (round_up(-ms(early)).max(1.0), round_up(ms(most)).max(1.0));
    let columns = curves::columns(cues, -edge.0, edge.1, 48);
    let highest = columns.iter().map(|column| column.2).fold(0.0, f64::max);
    let plot = Plot {
        label: format!("Histogram of when cues fire. {meaning}"),
        caption: format!(
            "{} moments of {} fired, each for every viewer who was there.",
            text::thousands(cues.count()),
            sheets::file_name(name)
        ),
        x: Axis::linear("before (−) or after (+), in ms", -edge.0, edge.1, number),
        y: Axis::linear("share of moments", 0.0, highest * 1.15, percents),
        layers: vec![
            Layer::Columns { ink: Ink::First, columns },
            Layer::Moment { x: 0.0, words: "their time".to_owned() },
        ],
        key: Vec::new(),
    };
    Some(Section { heading: "How exactly do cues fire?", meaning, parts: vec![Part::Plot(Box::new(plot))] })
}

/// Which requests are drawn, the lowest first.
const DRAWN: [(Endpoint, Ink, &str); 4] = [
    (Endpoint::Time, Ink::First, "the time"),
    (Endpoint::Live, Ink::Second, "a connection for changes"),
    (Endpoint::State, Ink::Third, "the whole state"),
    (Endpoint::Status, Ink::Fourth, "the status, while there is no connection"),
];

fn requests(simulation: &Simulation) -> Section {
    let (plan, traffic) = (&simulation.plan, &simulation.measures.traffic);
    let (peak, mean) = simulation.requests();
    let per_second = traffic.requests();
    let arrive = plan.arrive.as_millis() as f64 / 1e3;
    let minute = |second: usize| (second as f64 - arrive) / 60.0;
    let peak_at = per_second.iter().position(|count| *count == peak).unwrap_or_default();
    let length = per_second.len().div_ceil(PARTS).max(1);
    let busiest = curves::busiest(&per_second, length);
    let mut below = vec![0.0; busiest.len()];
    let mut layers = Vec::new();
    for (endpoint, ink, _) in DRAWN {
        let counts = traffic.per_second(endpoint);
        let curves = busiest.iter().zip(&mut below).map(|(second, below)| {
            let low = *below;
            *below += f64::from(counts[*second]);
            (minute(*second), low, *below)
        });
        layers.push(Layer::Area { ink, curves: curves.collect() });
    }
    layers.push(Layer::Level { y: mean, words: format!("on average {}", whole(mean)) });
    layers.push(Layer::Moment { x: minute(peak_at), words: format!("peak {}", text::thousands(peak)) });
    let since = Span::from_millis((peak_at as i64) * 1_000) - plan.arrive;
    let when = if since < Span::ZERO {
        format!("{} before the event begins", text::span(-since))
    } else {
        format!("{} into the event", text::span(since))
    };
    let meaning = format!(
        "In the busiest second, {when}, {} requests arrive; during the event {} a second on average.",
        text::thousands(peak),
        whole(mean)
    );
    let each = if length == 1 { String::new() } else { format!(" Of each {length} seconds the busiest one is drawn.") };
    let plot = Plot {
        label: format!("Requests in a second over the event. {meaning}"),
        caption: format!("Stacked: together they are all requests.{each}"),
        x: Axis::minutes("into the event, in hours and minutes", minute(0), minute(per_second.len().saturating_sub(1))),
        y: Axis::linear("requests in a second", 0.0, (peak as f64).max(1.0) * 1.1, whole),
        layers,
        key: DRAWN.map(|(_, ink, words)| (ink, words.to_owned())).to_vec(),
    };
    Section { heading: "What do they ask of the servers?", meaning, parts: vec![Part::Plot(Box::new(plot))] }
}

fn cost(simulation: &Simulation) -> Section {
    let bill = &simulation.bill;
    let mut rows: Vec<Vec<String>> = bill::lines(bill).into_iter().map(Vec::from).collect();
    let total = rows.pop();
    let meaning = format!(
        "The night costs {}: {} for what it uses, and {} for a month of the paid plan.",
        bill::dollars(bill::total(bill)),
        bill::dollars(bill.cost()),
        bill::dollars(PLAN)
    );
    let grid = Grid { columns: vec!["What", "How much", "Price", "Cost"], numbers_from: 1, rows, total };
    let note = format!(
        "Cloudflare's list prices of {PRICES_OF}; nothing is taken off that the plan includes. The free plan {}.",
        bill::free_plan(bill)
    );
    Section { heading: "What does it cost?", meaning, parts: vec![Part::Table(grid), Part::Note(note)] }
}

fn limits(simulation: &Simulation) -> Option<Section> {
    let limits = &simulation.bill.limits;
    let nearest = limits.first()?;
    let share = |share: f64| format!("{:.0} %", share * 100.0);
    let meaning = match nearest.share() {
        used if used > 1.0 => format!("Too much: {}, {} of what is possible.", nearest.name, share(used)),
        used => {
            format!("Nothing does: what comes nearest are the {}, {} of what is possible.", nearest.name, share(used))
        }
    };
    let rows = limits.iter().map(|limit| {
        vec![limit.name.to_owned(), bill::amount(limit.used), text::thousands(limit.most), share(limit.share())]
    });
    let grid = Grid {
        columns: vec!["Limit", "Used", "Possible", "Share"],
        numbers_from: 1,
        rows: rows.collect(),
        total: None,
    };
    Some(Section { heading: "Which limit breaks first?", meaning, parts: vec![Part::Table(grid)] })
}
