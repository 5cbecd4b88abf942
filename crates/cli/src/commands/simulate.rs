//! `simulate`: an audience that is not there, and what would be measured of it.

mod curves;
mod page;
mod sections;
mod simulation;
mod written;

use std::fmt;

use downbeat_core::Span;
use downbeat_sim::audience::{Audience, Endpoint, Histogram};
use downbeat_sim::bill::{Bill, PRICES_OF};
use serde_json::{Map, Value, json};

use super::{audience, bill};
use crate::cli::SimulateArgs;
use crate::error::Error;
use crate::files;
use crate::output::{Output, Report};
use crate::sheets;
use crate::text::{self, Table};
use simulation::{PlayedSheet, Simulation};

/// Simulates an audience.
pub(super) fn run(args: &SimulateArgs, output: Output) -> Result<Simulation, Error> {
    if let Some(at) = args.pause_at
        && at >= args.audience.duration
    {
        return Err(Error::usage(
            format!("the event is over after {}, before it would be paused", text::span(args.audience.duration)),
            "give an earlier --pause-at or a longer --duration",
        ));
    }
    let mut audience = Audience::new(audience::plan(&args.audience, args.pause_at));
    let mut sheet = None;
    if let Some(file) = &args.sheet {
        let (name, rundown) = sheets::rundown(file, output)?;
        audience = audience.with_cues(rundown.listed_cues());
        sheet = Some(PlayedSheet { name, title: rundown.title().to_owned() });
    }
    let plan = audience.plan().clone();
    let measures = audience::measure(&audience, plan.viewers, output);
    let (absolute, spread) = (measures.readings.absolute(), measures.readings.spread());
    let hubs = audience.hubs();
    let bill = Bill::new(&measures, plan.viewers, plan.duration, hubs);
    let simulation = Simulation { plan, hubs, measures, absolute, spread, bill, sheet, html: args.html.clone() };
    if let Some(html) = &args.html {
        let made_of: Vec<_> = args.sheet.iter().cloned().collect();
        files::write(html, page::of(&simulation, args).html().as_bytes(), &made_of)?;
    }
    Ok(simulation)
}

/// The shares of viewers that are shown.
const SHARES: [(&str, f64); 4] = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("most", 1.0)];

/// Writes the shares of a distribution for people.
fn shares(histogram: &Histogram) -> String {
    let each = SHARES.map(|(name, share)| match histogram.at(share) {
        Some(span) => format!("{name} {}", text::fine(span)),
        None => format!("{name} -"),
    });
    each.join(", ")
}

/// Returns the shares of a distribution for programs, in ms.
fn shares_json(histogram: &Histogram) -> Value {
    let ms = |span: Span| span.as_micros() as f64 / 1e3;
    let each = SHARES.map(|(name, share)| (name.to_owned(), json!(histogram.at(share).map(ms))));
    Value::Object(each.into_iter().chain([("count".to_owned(), json!(histogram.count()))]).collect())
}

impl Report for Simulation {
    fn json(&self) -> Map<String, Value> {
        let Self { plan, measures, .. } = self;
        let (peak, mean) = self.requests();
        let totals = Endpoint::ALL.map(|one| (one.name().to_owned(), json!(measures.traffic.total(one))));
        let pause = plan.pause_at.map(|at| {
            let pause = &measures.pause;
            json!({
                "at": at.as_millis(), "inTime": pause.in_time, "absent": pause.absent, "unaware": pause.unaware,
                "latency": shares_json(&pause.latency), "pushed": shares_json(&pause.pushed), "asked": shares_json(&pause.asked),
            })
        });
        Map::from_iter([
            ("viewers".to_owned(), json!(plan.viewers)),
            ("duration".to_owned(), json!(plan.duration.as_millis())),
            ("arrive".to_owned(), json!(plan.arrive.as_millis())),
            ("mix".to_owned(), json!(plan.mix.to_string())),
            ("hubs".to_owned(), json!(self.hubs)),
            ("seed".to_owned(), json!(plan.seed)),
            ("joined".to_owned(), shares_json(&measures.joined)),
            ("error".to_owned(), shares_json(&self.absolute)),
            ("spread".to_owned(), shares_json(&self.spread)),
            ("bound".to_owned(), shares_json(&measures.readings.bounds)),
            ("outsideBound".to_owned(), json!(measures.readings.outside)),
            ("requests".to_owned(), json!({ "peak": peak, "mean": mean, "total": Map::from_iter(totals) })),
            ("socketsLost".to_owned(), json!(measures.lost)),
            ("pause".to_owned(), json!(pause)),
            ("cues".to_owned(), json!(self.sheet.as_ref().map(|_| shares_json(&measures.cues)))),
            ("cost".to_owned(), json!(bill::total(&self.bill))),
            ("html".to_owned(), json!(self.html)),
        ])
    }

    fn human(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, measures, .. } = self;
        let readings = &measures.readings;
        let mut table = Table::default();
        table.line(
            "simulated",
            format!(
                "{}; {}; seed {}",
                audience::described(plan),
                text::count(usize::from(self.hubs), "hub"),
                plan.seed
            ),
        );
        table.line("networks", plan.mix.to_string());
        table.line("live after", format!("{}, from opening the page", shares(&measures.joined)));
        table.line("clock error", format!("{}, read once a minute", shares(&self.absolute)));
        table.line("any two", format!("{} apart in the same moment", shares(&self.spread)));
        let outside = match readings.outside {
            0 => "nobody was further off than their page says".to_owned(),
            outside => format!(
                "{} of {} readings were further off than their page says",
                text::thousands(outside),
                text::thousands(readings.total)
            ),
        };
        table.line("bound", format!("{}; {outside}", shares(&readings.bounds)));
        if plan.pause_at.is_some() {
            let pause = &measures.pause;
            let there = pause.latency.count() + pause.unaware;
            table.line("pause known", format!("{}, from the command", shares(&pause.latency)));
            table.line(
                "",
                format!(
                    "{} of {} before it took effect; {} asked, since they had no socket just then; {} never knew",
                    text::thousands(pause.in_time),
                    text::thousands(there),
                    text::thousands(pause.asked.count()),
                    text::thousands(pause.unaware)
                ),
            );
        }
        if let Some(PlayedSheet { name: sheet, .. }) = &self.sheet {
            let cues = &measures.cues;
            table.line(
                "cues",
                match cues.count() {
                    0 => format!("no moment of {sheet} fired"),
                    count => format!(
                        "{} of {sheet} fired: {} late; a twentieth {} or more early",
                        text::count(count as usize, "moment"),
                        shares(cues),
                        text::fine(cues.at(0.05).map_or(Span::ZERO, |early| (-early).max(Span::ZERO)))
                    ),
                },
            );
        }
        let (peak, mean) = self.requests();
        table.line(
            "requests",
            format!("at most {} a second, {mean:.0} on average during the event", text::thousands(peak)),
        );
        let totals =
            Endpoint::ALL.map(|one| format!("{} {}", one.name(), text::thousands(measures.traffic.total(one))));
        table.line("", totals.join(", "));
        table.line("sockets lost", text::thousands(measures.lost));
        let cost = bill::dollars(bill::total(&self.bill));
        table.line(
            "cost",
            format!("{cost} at list prices of {PRICES_OF}, with a month of the plan; downbeat plan has the lines"),
        );
        if let Some(html) = &self.html {
            table.line("report", html.display().to_string());
        }
        write!(f, "{table}")
    }
}
