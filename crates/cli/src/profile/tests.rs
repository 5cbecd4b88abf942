use super::*;
use crate::error::Error;
use crate::exit::Exit;

const TOML: &str = r#"
[profile.local]
server = "http://127.0.0.1:8787"
event = "rehearsal"
tokenFile = "secret/local.token"

[profile.production]
server = "https://downbeat.example.com"
"#;

fn resolve(flags: &Flags, variables: &[(&'static str, &str)], toml: Option<&str>) -> Result<Settings, ProfileError> {
    let variable =
        |name: &'static str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Settings::resolve(flags, &variable, toml.map(|text| (Path::new("/shows/gala/downbeat.toml"), text)))
}

fn profile(name: &str) -> Flags {
    Flags { profile: Some(name.to_owned()), ..Flags::default() }
}

#[test]
fn a_profile_gives_server_event_and_token() {
    let settings = resolve(&profile("local"), &[], Some(TOML)).unwrap();
    assert_eq!(settings.server().unwrap().to_string(), "http://127.0.0.1:8787");
    assert_eq!(settings.event.as_str(), "rehearsal");
    assert_eq!(settings.token, TokenSource::File("/shows/gala/secret/local.token".into()));
    assert_eq!(settings.confirm, Confirm::Ask);
    assert_eq!(settings.arguments(), ["--event", "rehearsal", "--profile", "local"]);
}

#[test]
fn a_token_file_can_lie_in_the_home_directory() {
    let toml = "[profile.local]\nserver = \"http://127.0.0.1:8787\"\ntokenFile = \"~/.config/downbeat/a.token\"\n";
    let settings = resolve(&profile("local"), &[("HOME", "/home/maria")], Some(toml)).unwrap();
    assert_eq!(settings.token, TokenSource::File("/home/maria/.config/downbeat/a.token".into()));
}

#[test]
fn the_environment_wins_over_the_profile_and_a_flag_over_both() {
    let variables = [
        ("DOWNBEAT_PROFILE", "local"),
        ("DOWNBEAT_SERVER", "http://127.0.0.1:1"),
        ("DOWNBEAT_EVENT", "from-env"),
        ("DOWNBEAT_TOKEN_FILE", "env.token"),
        ("DOWNBEAT_TIMEOUT", "3s"),
    ];
    let settings = resolve(&Flags::default(), &variables, Some(TOML)).unwrap();
    assert_eq!(settings.profile.as_deref(), Some("local"));
    assert_eq!(settings.server().unwrap().to_string(), "http://127.0.0.1:1");
    assert_eq!(settings.event.as_str(), "from-env");
    assert_eq!(settings.token, TokenSource::File("env.token".into()));
    assert_eq!(settings.timeout, Span::from_millis(3_000));

    let flags = Flags {
        profile: Some("production".to_owned()),
        server: Some("http://127.0.0.1:2".parse().unwrap()),
        event: Some("from-flag".parse().unwrap()),
        token_file: Some("flag.token".into()),
        timeout: Some(Span::from_millis(1_000)),
        insecure: true,
    };
    let settings = resolve(&flags, &variables, Some(TOML)).unwrap();
    assert_eq!(settings.profile.as_deref(), Some("production"));
    assert_eq!(settings.server().unwrap().to_string(), "http://127.0.0.1:2");
    assert_eq!(settings.event.as_str(), "from-flag");
    assert_eq!(settings.token, TokenSource::File("flag.token".into()));
    assert_eq!(settings.timeout, Span::from_millis(1_000));
    let undo = "--event from-flag --profile production --server http://127.0.0.1:2 --token-file flag.token --insecure";
    assert_eq!(settings.arguments().join(" "), undo);
}

#[test]
fn a_token_in_the_environment_wins_over_its_file_but_not_over_the_flag() {
    let variables = [("DOWNBEAT_TOKEN", "dbt_ci_0123456789abcdef"), ("DOWNBEAT_TOKEN_FILE", "env.token")];
    let settings = resolve(&profile("local"), &variables, Some(TOML)).unwrap();
    assert_eq!(settings.token, TokenSource::Environment("dbt_ci_0123456789abcdef".to_owned()));
    assert_eq!(settings.read_token().unwrap().unwrap().id().as_str(), "ci");
    assert_eq!(format!("{:?}", settings.token), "DOWNBEAT_TOKEN");
    let flags = Flags { token_file: Some("flag.token".into()), ..Flags::default() };
    assert_eq!(resolve(&flags, &variables, None).unwrap().token, TokenSource::File("flag.token".into()));
}

#[test]
fn production_asks_for_the_events_name_unless_its_profile_says_otherwise() {
    let confirm = |name: &str, toml: &str| resolve(&profile(name), &[], Some(toml)).unwrap().confirm;
    assert_eq!(confirm("production", TOML), Confirm::Name);
    assert_eq!(confirm("production", "[profile.production]\nconfirm = \"ask\"\n"), Confirm::Ask);
    assert_eq!(confirm("venue", "[profile.venue]\nconfirm = \"name\"\n"), Confirm::Name);
}

#[test]
fn without_a_named_profile_the_default_or_the_only_one_is_used() {
    let nothing = Flags::default();
    assert_eq!(resolve(&nothing, &[], Some(TOML)).unwrap().profile, None);
    let with_default = format!("default = \"production\"\n{TOML}");
    assert_eq!(resolve(&nothing, &[], Some(&with_default)).unwrap().profile.as_deref(), Some("production"));
    let only = "[profile.venue]\nserver = \"https://venue.example\"\n";
    assert_eq!(resolve(&nothing, &[], Some(only)).unwrap().profile.as_deref(), Some("venue"));
}

#[test]
fn a_server_named_on_its_own_gets_no_token_of_a_profile_nobody_named() {
    let only = "[profile.production]\nserver = \"https://downbeat.example.com\"\ntokenFile = \"prod.token\"\n";
    let flags = Flags { server: Some("http://127.0.0.1:8787".parse().unwrap()), ..Flags::default() };
    let settings = resolve(&flags, &[], Some(only)).unwrap();
    assert_eq!((settings.profile, settings.token), (None, TokenSource::None));
}

#[test]
fn what_is_missing_or_wrong_says_what_sets_it() {
    let error = resolve(&Flags::default(), &[], Some(TOML)).unwrap().server().unwrap_err();
    assert_eq!(
        error.hint(),
        "choose a profile with --profile (local, production), give --server URL, or set DOWNBEAT_SERVER"
    );
    let error = resolve(&Flags::default(), &[], None).unwrap().server().unwrap_err();
    assert!(error.hint().contains("[profile.local]"), "{}", error.hint());
    let error = resolve(&profile("stage"), &[], Some(TOML)).unwrap_err();
    assert!(error.to_string().contains("it has local, production"), "{error}");
    let error = resolve(&profile("local"), &[], Some("[profile.local]\nsever = \"x\"\n")).unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains("sever") && error.contains("tokenFile"), "{error}");
    let error = resolve(&Flags::default(), &[("DOWNBEAT_EVENT", "Main Stage")], None).unwrap_err().to_string();
    assert!(error.starts_with("DOWNBEAT_EVENT: ") && error.contains("1 to 63"), "{error}");
    assert!(resolve(&Flags::default(), &[], Some("default = \"x\"\n")).is_err());
}

#[test]
fn what_is_missing_has_its_exit_code() {
    assert_eq!(Error::from(ProfileError::NoServer { known: vec![] }).exit(), Exit::Usage);
    assert_eq!(Error::from(ProfileError::NoToken).exit(), Exit::Auth);
}
