//! Label tracks of Audacity: a line per label, `start<tab>end<tab>text`, times in seconds.

use downbeat_core::{Position, Span};

use super::label::Label;
use super::row::{self, Row, length};
use super::{Exported, Format, Intake, Remark, Terms, seconds_ms};
use crate::rundown::{Rundown, clock};

pub(super) const FORMAT: Format = Format {
    name: "audacity",
    about: "label tracks of Audacity: startSong [music] #song1",
    loses: "kind, params, late, jitter, needs, preload, message",
    import: Some(import),
    export: Some(export),
};

fn import(text: &str, terms: &Terms, intake: &mut Intake) {
    for (index, line) in text.lines().enumerate() {
        // After a label that has one, its range of frequencies.
        if line.trim().is_empty() || line.starts_with("\\\t") {
            continue;
        }
        read(line, index + 1, terms, intake);
    }
}

fn read(line: &str, number: usize, terms: &Terms, intake: &mut Intake) {
    let mut parts = line.splitn(3, '\t');
    let mut time = || parts.next().and_then(|part| seconds_ms(part.trim()));
    let (Some(from), Some(to)) = (time(), time()) else {
        let message =
            "it does not begin with two times in seconds, each followed by a tab; export the labels from Audacity anew";
        return intake.refuse(number, message);
    };
    if to < from {
        return intake.refuse(number, "it ends before it begins; exchange the two times");
    }
    let label = Label::read(parts.next().unwrap_or_default());
    let Some(action) = intake.action(number, &label.action, terms) else { return };
    let mut row = Row::at_line(number);
    row.set("time", clock(Position::from_millis(from)));
    row.set_some("duration", (to > from).then(|| length(Span::from_millis(to - from))));
    row.name = Some(action.clone());
    row.set("action", action);
    row.set_some("track", label.track);
    row.set_some("id", label.id);
    intake.add(row);
}

fn export(rundown: &Rundown, _: &Terms) -> Result<Exported, Remark> {
    let mut text = String::new();
    for cue in rundown.cues() {
        let seconds = |at: Position| format!("{}.{:06}", at.as_millis() / 1_000, at.as_millis() % 1_000 * 1_000);
        let (from, to) = (seconds(cue.time()), seconds(cue.end().unwrap_or(cue.time())));
        text.push_str(&format!("{from}\t{to}\t{}\n", Label::of(cue).write()));
    }
    Ok(Exported {
        text,
        remarks: row::unsaid(&row::of_rundown(rundown), &["id", "time", "action", "track", "duration"]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interchange::tests::{cues, refused};

    #[test]
    fn labels_become_cues_to_the_nearest_millisecond() {
        let labels = "0.000000\t0.000000\tstart\r\n\
            560.0004999\t563.5005\tstartSong [music] #song1\n\
            \\\t100.5\t2000.25\n\
            10,25\t10,25\tstart\n\
            3723.999600\t3724\t\"a\" [\"b [c\"]\n";
        let found = cues(&FORMAT, labels, &Terms::default());
        assert_eq!(
            found,
            ["0 start start", "10250 start-2 start", "560000-563501 song1 startSong music", "3724000 a a b [c"]
        );
    }

    #[test]
    fn what_is_no_label_is_refused_line_by_line() {
        let labels = "560.0 startSong\n1.0\tstartSong\n5\t4\tback\n1\t1\t\n-1\t1\tearly\nNaN\t1\tx\n";
        assert_eq!(
            refused(&FORMAT, labels, &Terms::default()),
            [
                "1 it does not begin with two times in seconds",
                "2 it does not begin with two times in seconds",
                "3 it ends before it begins",
                "4 it does not say what is to be done",
                "5 it does not begin with two times in seconds",
                "6 it does not begin with two times in seconds",
            ]
        );
        let named = Terms { action: Some("mark".to_owned()), ..Terms::default() };
        assert_eq!(cues(&FORMAT, "1\t1\t\n1\t1", &named), ["1000 mark mark", "1000 mark-2 mark"]);
        assert_eq!(refused(&FORMAT, "\n", &named), ["- there is no cue in the file"]);
    }

    #[test]
    fn what_the_compiler_finds_is_told_about_the_line() {
        let long = "x".repeat(65);
        let refusals = FORMAT.import(&format!("1\t1\ta\n\n2\t2\t{long}\n"), &Terms::default()).unwrap_err();
        assert_eq!(refusals[0].line, Some(3));
        assert!(refusals[0].message.contains("use 1 to 64 characters"), "{}", refusals[0].message);
        let late = refused(&FORMAT, "999999999\t999999999\ta\n", &Terms::default());
        assert_eq!(late, ["1 cue \"a\": \"time\" \"277777:46:39\" is more than 366 days"]);
    }
}
