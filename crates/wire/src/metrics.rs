//! The answer of `GET /v1/events/{event}/metrics`: the audience and the event's status in OpenMetrics 1.0, as Prometheus scrapes it.

use core::fmt::{self, Write as _};

use downbeat_core::EventName;

use crate::audience::{Acks, Audience, RegionAudience};
use crate::time::StatusWord;

/// The media type of the answer.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What viewers may see.
const STATUSES: [StatusWord; 4] = [StatusWord::Scheduled, StatusWord::Running, StatusWord::Paused, StatusWord::Ended];

/// Milliseconds, written as seconds.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

/// Writes the metrics of an event.
pub fn text(event: &EventName, status: StatusWord, audience: &Audience) -> String {
    let mut page = Page { event, text: String::with_capacity(4_096) };
    page.write(status, audience).expect("a string takes whatever is written to it");
    page.text
}

/// The metrics of an event, as far as they are written.
struct Page<'a> {
    event: &'a EventName,
    text: String,
}

impl Page<'_> {
    fn write(&mut self, status: StatusWord, audience: &Audience) -> fmt::Result {
        self.family("event_status", "stateset", "What viewers see.")?;
        for word in STATUSES {
            let label = format_args!(",downbeat_event_status=\"{}\"", word.as_str());
            self.sample("event_status", label, u64::from(word == status))?;
        }
        self.gauge(
            "event_revision",
            "The revision of the event: it grows by one with each change.",
            audience.rev.number(),
        )?;

        let regions = audience.regions();
        for (name, help, of) in [
            ("hubs", "Hubs, which hold viewers' sockets.", (|it| it.hubs.into()) as fn(&RegionAudience) -> u64),
            ("hubs_answering", "Hubs that answered within a second.", |it| it.answered.into()),
            ("hubs_behind", "Hubs that answered and do not have the event's revision.", |it| it.behind.into()),
            ("sockets", "Sockets of viewers, at the hubs that answered.", |it| it.sockets),
        ] {
            self.family(name, "gauge", help)?;
            for region in &regions {
                self.sample(name, format_args!(",region=\"{}\"", region.region.as_str()), of(region))?;
            }
        }
        self.family(
            "sockets_behind",
            "gauge",
            "Sockets at hubs that do not have the event's revision or do not answer.",
        )?;
        for untold in &audience.untold {
            self.sample("sockets_behind", format_args!(",region=\"{}\"", untold.region.as_str()), untold.sockets)?;
        }
        self.gauge("viewers_polling", "Viewers without a socket who poll the status, estimated.", audience.polling)?;
        audience.acks.as_ref().map_or(Ok(()), |acks| self.write_sample(acks))?;
        writeln!(self.text, "# EOF")
    }

    /// Writes what the viewers said who were asked about the last change.
    fn write_sample(&mut self, acks: &Acks) -> fmt::Result {
        self.gauge("sample_asked", "Viewers who were asked about the last change.", acks.asked)?;
        self.gauge("sample_applied", "Viewers of the sample who have applied it.", acks.applied)?;
        self.gauge(
            "sample_elsewhere",
            "Viewers of the sample with another epoch or revision for now.",
            acks.elsewhere,
        )?;
        self.gauge(
            "sample_without_rundown",
            "Viewers of the sample who could not load the rundown.",
            acks.lack_rundown,
        )?;
        self.gauge(
            "sample_without_emergency_key",
            "Viewers of the sample who cannot check a signed pause.",
            acks.lack_emergency,
        )?;
        let late = "sample_late_seconds";
        self.family(late, "gauge", "How late half of the sample, and 95 %, applied it, after it took effect.")?;
        writeln!(self.text, "# UNIT downbeat_{late} seconds")?;
        for (quantile, ms) in [("0.5", acks.median), ("0.95", acks.p95)] {
            if let Some(ms) = ms {
                self.sample(late, format_args!(",quantile=\"{quantile}\""), Seconds(ms))?;
            }
        }
        if acks.bounds.is_empty() {
            return Ok(());
        }
        let bound = "sample_clock_bound_seconds";
        self.family(bound, "gaugehistogram", "Within which bound the clocks of the sample are right.")?;
        writeln!(self.text, "# UNIT downbeat_{bound} seconds")?;
        let mut sum = 0;
        for count in &acks.bounds {
            sum += count.viewers;
            let bucket = format!("{bound}_bucket");
            match count.within.map(|within| within.as_millis().unsigned_abs()) {
                Some(ms) => self.sample(&bucket, format_args!(",le=\"{}\"", Seconds(ms)), sum)?,
                None => self.sample(&bucket, format_args!(",le=\"+Inf\""), sum)?,
            }
        }
        Ok(())
    }

    fn family(&mut self, name: &str, kind: &str, help: &str) -> fmt::Result {
        writeln!(self.text, "# TYPE downbeat_{name} {kind}\n# HELP downbeat_{name} {help}")
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.family(name, "gauge", help)?;
        self.sample(name, format_args!(""), value)
    }

    fn sample(&mut self, name: &str, labels: fmt::Arguments<'_>, value: impl fmt::Display) -> fmt::Result {
        writeln!(self.text, "downbeat_{name}{{event=\"{}\"{labels}}} {value}", self.event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_golden_audience_is_written() {
        let audience: Audience = serde_json::from_str(include_str!("../fixtures/audience.json")).unwrap();
        let text = text(&"gala".parse().unwrap(), StatusWord::Paused, &audience);
        for line in [
            "downbeat_event_status{event=\"gala\",downbeat_event_status=\"paused\"} 1",
            "downbeat_event_status{event=\"gala\",downbeat_event_status=\"running\"} 0",
            "downbeat_event_revision{event=\"gala\"} 5",
            "downbeat_hubs_behind{event=\"gala\",region=\"enam\"} 1",
            "downbeat_sockets{event=\"gala\",region=\"weur\"} 2000",
            "downbeat_sample_late_seconds{event=\"gala\",quantile=\"0.95\"} 0.120",
            "downbeat_sample_clock_bound_seconds_bucket{event=\"gala\",le=\"0.020\"} 481",
            "downbeat_sample_clock_bound_seconds_bucket{event=\"gala\",le=\"+Inf\"} 505",
        ] {
            assert!(text.lines().any(|one| one == line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("\n# EOF\n"));
    }

    #[test]
    fn an_audience_that_was_asked_nothing_has_no_sample() {
        let text = text(&"gala".parse().unwrap(), StatusWord::Scheduled, &Audience::default());
        assert!(!text.contains("sample") && text.ends_with("# EOF\n"), "{text}");
    }
}
