//! The report of a simulation for people who run a show: what it says, before it is a page.

use downbeat_core::Span;
use downbeat_core::command::LEAD_PAUSE;

use super::sections;
use super::simulation::{PlayedSheet, Simulation};
use super::written::{at_most, percent};
use crate::cli::SimulateArgs;
use crate::commands::{audience, bill};
use crate::report_page::{Figure, Page};
use crate::{sheets, text, version};

/// Returns the report of a simulation that was made with these arguments.
pub(super) fn of(simulation: &Simulation, args: &SimulateArgs) -> Page {
    let Simulation { plan, sheet, .. } = simulation;
    let viewers = audience::viewers(plan);
    Page {
        title: match sheet {
            Some(sheet) => format!("{}: {viewers}, simulated", name(sheet)),
            None => format!("{viewers}, simulated"),
        },
        lead: lead(simulation),
        figures: figures(simulation),
        sections: sections::of(simulation),
        command: command(args),
        origin: vec![
            format!(
                "Downbeat {}. The same version with the same options makes the same figures on every machine of the same kind; \
                 another --seed makes other viewers of the same kind.",
                version::LONG.as_str()
            ),
            format!(
                "Networks, in percent of the audience: {}. Connections: {}. Each viewer runs the program that pages run; \
                 networks, devices, browsers and the platform are models.",
                plan.mix.to_string().replace(',', ", ").replace('=', " "),
                text::count(usize::from(simulation.hubs), "hub"),
            ),
        ],
    }
}

/// Returns what a sheet is called.
fn name(sheet: &PlayedSheet) -> String {
    if sheet.title.is_empty() { sheets::file_name(&sheet.name) } else { sheet.title.clone() }
}

fn lead(simulation: &Simulation) -> String {
    let plan = &simulation.plan;
    let pause = plan.pause_at.map_or(String::new(), |at| {
        format!(" After {} it is paused, and stays so: how soon does everybody know?", text::span(at))
    });
    format!(
        "{} open the page within the {} before the event begins, and stay for {}. None of them is real: the night was \
         simulated beforehand.{pause}",
        audience::viewers(plan),
        text::span(plan.arrive),
        text::span(plan.duration)
    )
}

fn figures(simulation: &Simulation) -> Vec<Figure> {
    let Simulation { plan, measures, .. } = simulation;
    let figure = |value: String, meaning: &str| Figure { value, meaning: meaning.to_owned() };
    let mut figures = Vec::new();
    if let Some(apart) = simulation.spread.at(0.99) {
        figures.push(figure(at_most(apart), "apart at most, in 99 of 100 pairs of viewers"));
    }
    let pause = &measures.pause;
    let there = pause.latency.count() + pause.unaware;
    if plan.pause_at.is_some() && there > 0 {
        let share = percent(pause.in_time, there);
        figures.push(figure(
            share,
            &format!("know of a pause before it begins, {} after the command", text::span(LEAD_PAUSE)),
        ));
    }
    if let Some(joined) = measures.joined.at(0.99) {
        figures.push(figure(at_most(joined), "from opening the page to being live, for 99 of 100"));
    }
    let (peak, _) = simulation.requests();
    figures.push(figure(text::thousands(peak), "requests in the busiest second"));
    figures.push(figure(bill::dollars(bill::total(&simulation.bill)), "for the night, with a month of the plan"));
    figures
}

/// Returns the command that makes the report again.
fn command(args: &SimulateArgs) -> String {
    let SimulateArgs { audience, pause_at, sheet, html, .. } = args;
    let mut command = format!(
        "downbeat simulate --viewers {} --duration {} --arrive {} --mix {}",
        audience.viewers,
        argument(audience.duration),
        argument(audience.arrive),
        audience.mix
    );
    if let Some(hubs) = audience.hubs {
        command += &format!(" --hubs {hubs}");
    }
    command += &format!(" --seed {}", audience.seed);
    if let Some(at) = pause_at {
        command += &format!(" --pause-at {}", argument(*at));
    }
    for (option, file) in [("sheet", sheet), ("html", html)] {
        if let Some(file) = file {
            command += &format!(" --{option} {}", text::shell(&file.display().to_string()));
        }
    }
    command
}

/// Writes a span as an argument: `3h`, `90s`, `1500ms`.
fn argument(span: Span) -> String {
    match span.as_millis() {
        ms if ms % 3_600_000 == 0 => format!("{}h", ms / 3_600_000),
        ms if ms % 60_000 == 0 => format!("{}m", ms / 60_000),
        ms if ms % 1_000 == 0 => format!("{}s", ms / 1_000),
        ms => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_as_arguments_are_read() {
        let spans = [10_800_000, 5_400_000, 90_000, 1_500].map(Span::from_millis);
        assert_eq!(spans.map(argument), ["3h", "90m", "90s", "1500ms"]);
        assert_eq!(spans.map(|span| crate::given::span(&argument(span))), spans.map(Ok));
    }
}
