//! Tables as people have them: running orders, cue lists, lists of markers.

use super::at;
use crate::interchange::csv::FORMAT;
use crate::interchange::tests::{cues, refused};
use crate::interchange::{FormatOptions, Imported, SkipReason, Understood};

const ORDER: &str = "Spring Gala 2026,,,,,,\n\
    ,,,,,,\n\
    Cue #,Time,Dur,Item,Dept,Notes,Mic\n\
    1,19:00,25:00,Doors,FOH,,\n\
    ACT ONE,,,,,,\n\
    LX 2,7:30 PM,4:30,Welcome,LX,\"wait for\nthe lights\",1\n\
    3,,3:00,Song 1,SND,,2\n\
    \n\
    \n\
    ,,,ACT TWO,,,\n\
    Cue #,Time,Dur,Item,Dept,Notes,Mic\n\
    4,23:58,5:00,Finale,LX,,1\n\
    5,00:15,0:00,House lights,LX,,\n\
    Total:,,37:30,,,,\n";

fn imported(table: &str, options: &FormatOptions) -> Imported {
    FORMAT.import(table, options).unwrap_or_else(|refusals| panic!("{refusals:#?}"))
}

fn mapped(columns: &[(&str, &str)]) -> FormatOptions {
    let columns = columns.iter().map(|(name, field)| ((*name).to_owned(), (*field).to_owned())).collect();
    FormatOptions { columns, ..FormatOptions::default() }
}

/// Returns each column with its field.
fn fields(understood: &Understood) -> Vec<String> {
    let field = |field: &Option<String>| field.clone().unwrap_or_else(|| "-".to_owned());
    understood.columns.iter().map(|column| format!("{}={}", column.name, field(&column.field))).collect()
}

#[test]
fn a_running_order_is_read_as_its_owner_wrote_it() {
    let options = at("19:30", None);
    assert_eq!(
        cues(&FORMAT, ORDER, &options),
        [
            "-1800000--300000 1 Doors",
            "0-270000 LX-2 Welcome",
            "270000-450000 3 Song 1",
            "16080000-16380000 4 Finale",
            "17100000 5 House lights",
        ]
    );
    let Imported { sheet, understood, remarks, .. } = imported(ORDER, &options);
    assert!(sheet.contains(r#""title": "Spring Gala 2026""#), "{sheet}");
    let crew = crate::crew(&sheet, &|_| unreachable!("it includes nothing"));
    let notes: Vec<_> = crew.notes.iter().map(|note| (note.owner.as_deref(), note.group.as_deref())).collect();
    let (one, two) = (Some("ACT ONE"), Some("ACT TWO"));
    assert_eq!(
        notes,
        [(Some("FOH"), None), (Some("LX"), one), (Some("SND"), one), (Some("LX"), two), (Some("LX"), two)]
    );
    assert_eq!(crew.notes[1].note.as_deref(), Some("wait for\nthe lights"));
    let understood = understood.unwrap();
    assert_eq!(understood.header_line, 3);
    assert_eq!(
        fields(&understood),
        ["Cue #=id", "Time=time", "Dur=duration", "Item=action", "Dept=owner", "Notes=note", "Mic=-"]
    );
    assert_eq!(understood.columns[4].example, "FOH");
    let skipped: Vec<_> =
        understood.skipped.iter().map(|row| (row.line, row.last_line, row.reason, &*row.text)).collect();
    assert_eq!(
        skipped,
        [
            (1, 1, SkipReason::BeforeHeader, "Spring Gala 2026"),
            (5, 5, SkipReason::Heading, "ACT ONE"),
            (9, 10, SkipReason::Blank, ""),
            (11, 11, SkipReason::Heading, "ACT TWO"),
            (12, 12, SkipReason::Header, "Cue #"),
            (15, 15, SkipReason::Total, "Total:"),
        ]
    );
    assert_eq!(understood.soft_starts, [8]);
    assert!(remarks.iter().any(|remark| remark.problem.contains("\"Mic\"") && remark.remedy.contains("--map")));
}

#[test]
fn the_sum_of_an_act_is_no_cue_whatever_it_is_called() {
    let table = "Cue #,Time,Dur,Item\n\
        1,0:00,1:00,Opening\n\
        ,,1:00,Act total\n\
        Total act one,,1:00,\n\
        ,,2:00,Total running time so far\n\
        2,,1:00,Total eclipse\n\
        ,,1:00,Total eclipse reprise\n\
        3,,1:00,The grand total\n";
    assert_eq!(
        cues(&FORMAT, table, &FormatOptions::default()),
        [
            "0-60000 1 Opening",
            "60000-120000 2 Total eclipse",
            "120000-180000 Total eclipse reprise@120000 Total eclipse reprise",
            "180000-240000 3 The grand total",
        ]
    );
    let skipped = imported(table, &FormatOptions::default()).understood.unwrap().skipped;
    let lines: Vec<_> = skipped.iter().map(|row| (row.line, row.reason)).collect();
    assert_eq!(lines, [3, 4, 5].map(|line| (line, SkipReason::Total)));
}

#[test]
fn columns_are_what_people_say_they_are() {
    let table = "Go!,What,Extra\n5,a,x\n";
    let options = mapped(&[("Go!", "time"), ("what", "action"), ("Extra", "params.extra")]);
    let made = imported(table, &options);
    assert!(made.sheet.contains(r#"{ "time": 5, "action": "a", "params": { "extra": "x" } }"#), "{}", made.sheet);
    assert_eq!(fields(&made.understood.unwrap()), ["Go!=time", "What=action", "Extra=params.extra"]);
    let nothing = imported(table, &mapped(&[("Go!", "time"), ("Extra", "-")]));
    assert!(!nothing.sheet.contains("Extra") && nothing.remarks.is_empty(), "{:?}", nothing.remarks);
    assert_eq!(
        refused(&FORMAT, table, &mapped(&[("Go!", "tine"), ("Stop", "until")])),
        [
            "- --map \"Go!=tine\": a cue has no field \"tine\"",
            "- --map: the table has no column \"Stop\"",
            "1 the header has no column \"time\"",
        ]
    );
    let vtt = crate::interchange::Format::named("vtt").unwrap();
    assert_eq!(refused(vtt, "WEBVTT\n", &options), ["- --map is given"]);
    let worksheet = FormatOptions { worksheet: Some("a".to_owned()), ..FormatOptions::default() };
    assert_eq!(refused(&FORMAT, table, &worksheet), ["- --worksheet is given"]);
}

#[test]
fn the_column_that_says_what_happens_is_found() {
    let read = |table: &str| cues(&FORMAT, table, &FormatOptions::default());
    assert_eq!(read("time,cue\n1,go\n"), ["1000 go@1000 go"]);
    assert_eq!(read("cue,time,action\n7,1,go\n"), ["1000 7 go"]);
    assert_eq!(read("Q,Start Time,Cue Name\n7,1,go\n"), ["1000 7 go"]);
    let noted = imported("time,action,item\n1,go,the big one\n", &FormatOptions::default());
    assert!(noted.sheet.contains(r#""note": "the big one""#), "{}", noted.sheet);
    // A column whose name is nearly a known one is a slip, another is somebody else's.
    assert_eq!(
        refused(&FORMAT, "time,action,dration\n1,a,2\n", &FormatOptions::default()),
        ["1 column 3 is called \"dration\""]
    );
    assert_eq!(read("time,action,Mic\n1,a,2\n"), ["1000 a@1000 a"]);
    // Two columns for one field: an error if both are fields, otherwise the first counts.
    assert_eq!(
        refused(&FORMAT, "end,time,action,until\n3,1,a,2\n", &FormatOptions::default()),
        ["1 column 4 says the same as an earlier one (\"until\")"]
    );
    let both = imported("time,action,note,Comments\n1,a,x,y\n", &FormatOptions::default());
    assert!(
        both.sheet.contains(r#""note": "x""#) && both.remarks[0].problem.contains("\"Comments\""),
        "{:?}",
        both.remarks
    );
}

#[test]
fn a_row_that_was_forgotten_is_not_taken_for_a_heading() {
    let lost = "time,action\n1,a\n,b\n";
    assert_eq!(refused(&FORMAT, lost, &FormatOptions::default()), ["3 it has no time"]);
    assert_eq!(refused(&FORMAT, "time,action\n,b\n", &FormatOptions::default()), ["2 it has no time"]);
    assert_eq!(refused(&FORMAT, "time,action\n1,a\n2,\n", &FormatOptions::default()), ["3 it does not say what to do"]);
    assert_eq!(cues(&FORMAT, "id,time,action\ntotal,1,sum\n", &FormatOptions::default()), ["1000 total sum"]);
    let soft = "time,action,duration\n1,a,2\n,b,\n";
    assert_eq!(cues(&FORMAT, soft, &FormatOptions::default()), ["1000-3000 a@1000 a", "3000 b@3000 b"]);
}

#[test]
fn markers_of_premiere_and_resolve_are_tables() {
    let premiere = "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\r\n\
        startSong [music] #song1\twait\t00:00:10:00\t00:00:14:00\t00:00:04:00\tComment\r\n\
        bell\t\t00:01:00:12\t00:01:00:12\t00:00:00:00\tChapter\r\n";
    let rate = FormatOptions { frame_rate: "25".parse().ok(), ..FormatOptions::default() };
    assert_eq!(cues(&FORMAT, premiere, &rate), ["10000-14000 song1 startSong music", "60480 bell bell"]);
    assert!(imported(premiere, &rate).sheet.contains(r#""note": "wait""#));
    let resolve = "\"#\",\"Reel\",\"Match\",\"V\",\"C\",\"Dur\",\"Source In\",\"Source Out\",\"Record In\",\"Record Out\",\"Name\",\"Comments\",\"Color\",\"Notes\"\n\
        \"1\",\"\",\"\",\"V1\",\"C\",\"00:00:00:01\",\"01:00:00:00\",\"01:00:00:01\",\"01:00:10:00\",\"01:00:10:01\",\"flash [fx]\",\"\",\"Blue\",\"now\"\n";
    let options = FormatOptions { start: Some("01:00:00:00".to_owned()), ..rate };
    assert_eq!(cues(&FORMAT, resolve, &options), ["10000-10040 flash flash fx"]);
    // The whole edit index of a later version. What is about clips is left out in silence; the notes are the markers' own.
    let index = "#,Reel,Match,V,C,Dur,Source In,Source Out,Record In,Record Out,Name,Comments,Source Start,Source End,\
        Source Duration,Codec,Source FPS,Resolution,Color,Notes,EDL Clip Name,Marker Keywords\n\
        1,,,V1,C,00:00:00:01,01:00:10:00,01:00:10:01,01:00:10:00,01:00:10:01,Marker 1,of the clip,01:00:10:00,01:00:10:01,\
        00:00:00:01,,,,Blue,lights down,,\n\
        2,,,V1,C,00:00:04:00,01:00:20:00,01:00:24:00,01:00:20:00,01:00:24:00,Marker 2,,01:00:20:00,01:00:24:00,\
        00:00:04:00,,,,Red,\"confetti\nleft side\",,sfx\n";
    assert_eq!(cues(&FORMAT, index, &options), ["10000-10040 Marker-1 Marker 1", "20000-24000 Marker-2 Marker 2"]);
    let made = imported(index, &options);
    assert!(made.sheet.contains(r#""note": "lights down""#), "{}", made.sheet);
    assert!(made.sheet.contains(r#""note": "confetti\nleft side""#), "{}", made.sheet);
    let said: Vec<_> = made.remarks.iter().map(|remark| remark.problem.as_str()).collect();
    assert_eq!(said.len(), 2, "only of the colour and the keywords: {said:#?}");
    // A table of one's own may well have such names.
    let own = "Time,Action,V,Comments\n1,a,2,wait\n";
    assert!(imported(own, &FormatOptions::default()).sheet.contains(r#""note": "wait""#));
    let audition = "Name\tStart\tDuration\tTime Format\tType\tDescription\nbell\t0:01.500\t0:00.000\tdecimal\tCue\t\n";
    assert_eq!(cues(&FORMAT, audition, &FormatOptions::default()), ["1500 bell bell"]);
}

#[test]
fn an_end_and_a_length_must_agree() {
    let table = "time,action,end,dur\n1,a,3,2\n10,b,15,7\n";
    assert_eq!(
        refused(&FORMAT, table, &FormatOptions::default()),
        ["3 cue number 2 at 00:00:10 has both \"until\" and \"duration\""]
    );
}

#[test]
fn the_sheet_names_its_schema() {
    let options = FormatOptions { schema: Some("./downbeat.schema.json".to_owned()), ..FormatOptions::default() };
    assert!(
        imported("time,action\n1,a\n", &options).sheet.starts_with("{\n  \"$schema\": \"./downbeat.schema.json\",\n")
    );
}
