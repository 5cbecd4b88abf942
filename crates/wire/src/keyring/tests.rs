mod devices;

use super::*;
use crate::token::Token;
use proptest::prelude::*;

const fn at(ms: i64) -> ServerTime {
    ServerTime::from_millis(1_704_067_200_000 + ms)
}

const HOUR: i64 = 3_600_000;

fn id(text: &str) -> TokenId {
    text.parse().unwrap()
}

fn admin() -> Grant {
    Grant { id: id("admin"), scopes: Scope::ALL.to_vec(), events: None, expires: None }
}

fn token(name: &str, byte: u8) -> Token {
    Token::new(id(name), [byte; 32])
}

fn code(name: &str, byte: u8) -> SignInCode {
    SignInCode::new(id(name), [byte; bodies::CODE_BYTES])
}

fn new(name: &str, scopes: &[Scope], credential: Credential) -> NewToken {
    NewToken { id: id(name), scopes: scopes.to_vec(), events: None, expires: None, credential, device: false }
}

fn secret(token: &Token) -> Credential {
    Credential::Secret(token.sha256())
}

fn check(keyring: &Keyring, token: &Token, now: ServerTime) -> Check {
    keyring.check(token.id(), |sha256| *sha256 == token.sha256(), |id| id.as_str() == "in-secret", now)
}

fn is_granted(keyring: &Keyring, token: &Token, now: ServerTime) -> bool {
    matches!(check(keyring, token, now), Check::Granted(_))
}

fn redeem(
    keyring: &mut Keyring,
    code: &SignInCode,
    token: &Token,
    now: ServerTime,
) -> Result<(Grant, Outcome), Problem> {
    let redemption = Redemption { code: code.clone(), sha256: token.sha256() };
    keyring.redeem(&redemption, |sha256| *sha256 == code.sha256(), now)
}

/// A keyring with the token `maria` of scope hold.
fn with_maria() -> (Keyring, Token) {
    let (mut keyring, maria) = (Keyring::default(), token("maria", 1));
    keyring.add(new("maria", &[Scope::Hold], secret(&maria)), &admin(), at(0)).unwrap();
    (keyring, maria)
}

#[test]
fn a_token_is_valid_from_adding_until_it_is_revoked() {
    let (mut keyring, maria) = with_maria();
    let Check::Granted(grant) = check(&keyring, &maria, at(1)) else { panic!() };
    assert_eq!((grant.id, grant.scopes), (id("maria"), vec![Scope::Hold]));
    assert_eq!(check(&keyring, &token("maria", 2), at(1)), Check::Unknown);
    assert_eq!(check(&keyring, &token("tom", 1), at(1)), Check::Unknown);
    keyring.revoke(&id("maria"), &admin(), OwnToken::Kept, at(2)).unwrap();
    assert_eq!(check(&keyring, &maria, at(2)), Check::Refused("this token was revoked; ask for a new one"));
    assert!(matches!(keyring.revoke(&id("maria"), &admin(), OwnToken::Kept, at(3)), Ok(Outcome::Repeated(_))));
    let unknown = keyring.revoke(&id("mary"), &admin(), OwnToken::Kept, at(3)).unwrap_err();
    assert!(unknown.is(Code::UnknownToken), "a mistyped id is not reported as revoked");
}

#[test]
fn the_second_arrival_of_a_call_changes_nothing_and_does_not_bring_a_revoked_token_back() {
    let (mut keyring, maria) = with_maria();
    let wanted = new("maria", &[Scope::Hold], secret(&maria));
    assert!(matches!(keyring.add(wanted.clone(), &admin(), at(1)), Ok(Outcome::Repeated(_))));
    let other = keyring.add(new("maria", &[Scope::Hold], secret(&token("maria", 2))), &admin(), at(1)).unwrap_err();
    assert!(other.is(Code::TokenConflict));
    keyring.revoke(&id("maria"), &admin(), OwnToken::Kept, at(2)).unwrap();
    assert!(keyring.add(wanted, &admin(), at(3)).unwrap_err().is(Code::TokenConflict));
    assert!(!is_granted(&keyring, &maria, at(3)));
    // The id is free for another token.
    let again = token("maria", 3);
    keyring.add(new("maria", &[Scope::Read], secret(&again)), &admin(), at(4)).unwrap();
    assert!(is_granted(&keyring, &again, at(4)) && !is_granted(&keyring, &maria, at(4)));
}

/// Calls arrive in any order and at any time: what has ended stays ended, although its id or its token lives on.
#[test]
fn a_delayed_call_brings_no_secret_and_no_code_back() {
    let (mut keyring, first) = with_maria();
    let wanted = |token: &Token| new("maria", &[Scope::Hold], secret(token));
    let (second, third) = (token("maria", 2), token("maria", 3));
    keyring.revoke(&id("maria"), &admin(), OwnToken::Kept, at(1)).unwrap();
    keyring.add(wanted(&second), &admin(), at(2)).unwrap();
    assert!(keyring.add(wanted(&first), &admin(), at(3)).unwrap_err().is(Code::TokenConflict));
    keyring.revoke(&id("maria"), &admin(), OwnToken::Kept, at(4)).unwrap();
    for ended in [&first, &second] {
        assert!(keyring.add(wanted(ended), &admin(), at(5)).unwrap_err().is(Code::TokenConflict));
    }
    keyring.add(wanted(&third), &admin(), at(6)).unwrap();

    let rotate = |keyring: &mut Keyring, credential, ms| {
        keyring.rotate(&id("maria"), &Rotation { credential, grace: Span::ZERO }, &admin(), at(ms))
    };
    let (fourth, fifth, sixth) = (token("maria", 4), token("maria", 5), token("maria", 6));
    for (token, ms) in [(&fourth, 7), (&fifth, 8), (&sixth, 9)] {
        rotate(&mut keyring, secret(token), ms).unwrap();
    }
    for ended in [&first, &second, &third, &fourth] {
        assert!(rotate(&mut keyring, secret(ended), 10).unwrap_err().is(Code::TokenConflict));
    }
    assert!(is_granted(&keyring, &sixth, at(11)));

    let (link, newer) = (code("maria", 1), code("maria", 2));
    rotate(&mut keyring, Credential::Code(link.sha256()), 12).unwrap();
    rotate(&mut keyring, Credential::Code(newer.sha256()), 13).unwrap();
    let late = rotate(&mut keyring, Credential::Code(link.sha256()), 14).unwrap_err();
    assert!(late.is(Code::TokenConflict) && late.detail.contains("make another"), "{}", late.detail);
    assert!(redeem(&mut keyring, &newer, &token("maria", 7), at(15)).is_ok());

    // Saved and read back it still knows, and what it knows has an end.
    let text = serde_json::to_string(&keyring).unwrap();
    let mut keyring: Keyring = serde_json::from_str(&text).unwrap();
    assert!(rotate(&mut keyring, secret(&fourth), 16).is_err());
    for byte in 100..200 {
        rotate(&mut keyring, secret(&token("maria", byte)), 17).unwrap();
    }
    assert!(serde_json::to_string(&keyring).unwrap().len() < 2_000);
}

#[test]
fn after_a_rotation_both_secrets_work_for_the_grace_and_then_the_new_one() {
    let (mut keyring, first) = with_maria();
    let (second, third) = (token("maria", 2), token("maria", 3));
    let rotation = |token: &Token, grace| Rotation { credential: secret(token), grace: Span::from_millis(grace) };
    keyring.rotate(&id("maria"), &rotation(&second, HOUR), &admin(), at(0)).unwrap();
    assert!(matches!(
        keyring.rotate(&id("maria"), &rotation(&second, HOUR), &admin(), at(9)),
        Ok(Outcome::Repeated(_))
    ));
    assert!(is_granted(&keyring, &first, at(HOUR - 1)) && is_granted(&keyring, &second, at(HOUR - 1)));
    assert!(matches!(check(&keyring, &first, at(HOUR)), Check::Refused(why) if why.contains("replaced")));
    // A third secret ends the first, and never lengthens the second's time.
    keyring.rotate(&id("maria"), &rotation(&third, 2 * HOUR), &admin(), at(10)).unwrap();
    assert_eq!(check(&keyring, &first, at(11)), Check::Unknown);
    assert!(is_granted(&keyring, &second, at(11)) && is_granted(&keyring, &third, at(11)));
    // Without a grace the old one ends at once: a token that leaked.
    let fourth = token("maria", 4);
    keyring.rotate(&id("maria"), &rotation(&fourth, 0), &admin(), at(12)).unwrap();
    assert!(!is_granted(&keyring, &third, at(12)) && is_granted(&keyring, &fourth, at(12)));
}

#[test]
fn a_sign_in_code_works_once_and_for_ten_minutes() {
    let (mut keyring, link) = (Keyring::default(), code("phone", 1));
    let phone = token("phone", 2);
    let wanted = || new("phone", &[Scope::Hold], Credential::Code(link.sha256()));
    keyring.add(wanted(), &admin(), at(0)).unwrap();
    assert!(!is_granted(&keyring, &phone, at(1)), "nobody has it yet");
    assert!(redeem(&mut keyring, &code("phone", 9), &phone, at(1)).unwrap_err().is(Code::Unauthorized));
    assert!(redeem(&mut keyring, &code("tom", 1), &phone, at(1)).unwrap_err().is(Code::Unauthorized));
    let (grant, _) = redeem(&mut keyring, &link, &phone, at(599_999)).unwrap();
    assert_eq!(grant.scopes, [Scope::Hold]);
    assert!(is_granted(&keyring, &phone, at(700_000)));
    // The same phone that did not get the answer; and another phone.
    assert!(matches!(redeem(&mut keyring, &link, &phone, at(700_000)), Ok((_, Outcome::Repeated(_)))));
    let used = redeem(&mut keyring, &link, &token("phone", 3), at(600_000)).unwrap_err();
    assert!(used.is(Code::CodeUsed) && used.detail.contains("token revoke phone"), "{}", used.detail);
    assert!(!is_granted(&keyring, &token("phone", 3), at(700_000)));

    let late = code("late", 1);
    keyring.add(new("late", &[Scope::Hold], Credential::Code(late.sha256())), &admin(), at(0)).unwrap();
    assert!(redeem(&mut keyring, &late, &token("late", 1), at(600_000)).unwrap_err().is(Code::CodeExpired));
    // A new link; the old one is then unknown.
    let again = code("late", 2);
    let rotation = Rotation { credential: Credential::Code(again.sha256()), grace: Span::ZERO };
    keyring.rotate(&id("late"), &rotation, &admin(), at(600_001)).unwrap();
    assert!(redeem(&mut keyring, &late, &token("late", 1), at(600_002)).unwrap_err().is(Code::Unauthorized));
    assert!(redeem(&mut keyring, &again, &token("late", 1), at(600_002)).is_ok());
    keyring.revoke(&id("late"), &admin(), OwnToken::Kept, at(600_003)).unwrap();
    assert!(redeem(&mut keyring, &again, &token("late", 2), at(600_004)).unwrap_err().is(Code::Unauthorized));
}

#[test]
fn a_link_for_a_token_in_use_ends_the_old_secret_when_it_is_opened_and_not_before() {
    let (mut keyring, first) = with_maria();
    let link = code("maria", 1);
    let rotation = Rotation { credential: Credential::Code(link.sha256()), grace: Span::ZERO };
    keyring.rotate(&id("maria"), &rotation, &admin(), at(0)).unwrap();
    assert!(is_granted(&keyring, &first, at(1)));
    let second = token("maria", 2);
    redeem(&mut keyring, &link, &second, at(2)).unwrap();
    assert!(!is_granted(&keyring, &first, at(3)) && is_granted(&keyring, &second, at(3)));
}

#[test]
fn nobody_grants_more_than_they_have_or_changes_what_has_more() {
    let mut keyring = Keyring::default();
    let patterns = |list: &[&str]| Some(list.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>());
    let lead = Grant {
        id: id("lead"),
        scopes: vec![Scope::Admin, Scope::Operate],
        events: patterns(&["gala-*"]),
        expires: Some(at(HOUR)),
    };
    let wanted = |scopes: &[Scope], events: Option<&[&str]>, expires| NewToken {
        events: events.and_then(patterns),
        expires,
        ..new("x", scopes, secret(&token("x", 1)))
    };
    for (scopes, events, expires, pointer) in [
        (&[Scope::Read][..], Some(&["gala-1"][..]), Some(at(1)), "/scopes"),
        (&[Scope::Operate, Scope::Emergency], Some(&["gala-1"]), Some(at(1)), "/scopes"),
        (&[Scope::Operate], None, Some(at(1)), "/events"),
        (&[Scope::Operate], Some(&["gala*"]), Some(at(1)), "/events"),
        (&[Scope::Operate], Some(&["gala-1"]), None, "/expires"),
        (&[Scope::Operate], Some(&["gala-1"]), Some(at(HOUR + 1)), "/expires"),
    ] {
        let refused = keyring.add(wanted(scopes, events, expires), &lead, at(0)).unwrap_err();
        assert_eq!((refused.status, refused.more["pointer"].as_str()), (403, Some(pointer)), "{}", refused.detail);
    }
    assert_eq!(keyring, Keyring::default());
    keyring.add(wanted(&[Scope::Hold], Some(&["gala-1"]), Some(at(HOUR))), &lead, at(0)).unwrap();

    // What the lead could not have made it neither sees nor changes: a rotation would be a way to get it.
    keyring.add(new("boss", &[Scope::Admin], secret(&token("boss", 1))), &admin(), at(0)).unwrap();
    let rotation = Rotation { credential: secret(&token("boss", 2)), grace: Span::ZERO };
    assert!(keyring.rotate(&id("boss"), &rotation, &lead, at(0)).unwrap_err().is(Code::Forbidden));
    assert!(keyring.revoke(&id("boss"), &lead, OwnToken::Kept, at(0)).unwrap_err().is(Code::Forbidden));
    let seen = |maker: &Grant| keyring.listed(maker, at(1)).into_iter().map(|token| token.id).collect::<Vec<_>>();
    assert_eq!((seen(&lead), seen(&admin())), (vec![id("x")], vec![id("x"), id("boss")]));
}

#[test]
fn what_is_in_the_secret_is_said_to_those_only_who_could_have_made_it() {
    let entry = TokenEntry {
        id: id("boss"),
        sha256: token("boss", 1).sha256(),
        scopes: vec![Scope::Operate],
        events: None,
        expires: None,
    };
    assert!(in_secret(&entry, &admin()).is(Code::TokenConflict));
    let lead = Grant { scopes: vec![Scope::Admin, Scope::Read], ..admin() };
    assert!(in_secret(&entry, &lead).is(Code::Forbidden));
}

#[test]
fn nobody_locks_themselves_out_without_saying_so() {
    let (mut keyring, _) = with_maria();
    let maria = Grant { id: id("maria"), ..admin() };
    assert!(keyring.revoke(&id("maria"), &maria, OwnToken::Kept, at(1)).unwrap_err().is(Code::TokenConflict));
    assert!(keyring.revoke(&id("maria"), &maria, OwnToken::Revoked, at(1)).is_ok());
}

#[test]
fn a_token_expires_and_its_id_is_then_free() {
    let (mut keyring, short) = (Keyring::default(), token("short", 1));
    let wanted = NewToken { expires: Some(at(10)), ..new("short", &[Scope::Read], secret(&short)) };
    assert_eq!(keyring.add(wanted.clone(), &admin(), at(10)).unwrap_err().more["pointer"], "/expires");
    keyring.add(wanted, &admin(), at(0)).unwrap();
    assert!(is_granted(&keyring, &short, at(9)));
    assert!(matches!(check(&keyring, &short, at(10)), Check::Refused(why) if why.contains("expired")));
    keyring.add(new("short", &[Scope::Read], secret(&token("short", 2))), &admin(), at(11)).unwrap();
}

#[test]
fn the_last_use_is_noted_once_a_day() {
    let (mut keyring, _) = with_maria();
    assert!(keyring.handle_use(&id("maria"), at(0)).is_some());
    assert!(keyring.handle_use(&id("maria"), at(HOUR)).is_none());
    assert!(keyring.handle_use(&id("maria"), at(24 * HOUR + 5)).is_some());
    let listed = keyring.listed(&admin(), at(0)).remove(0);
    assert_eq!(listed.last_used, Some(at(24 * HOUR)), "the day and not the time");
    assert!(keyring.handle_use(&id("nobody"), at(0)).is_none());
}

#[test]
fn there_is_room_for_as_many_tokens_as_are_in_use() {
    let mut keyring = Keyring::default();
    let add = |keyring: &mut Keyring, number: usize| {
        let name = format!("t{number}");
        keyring.add(new(&name, &[Scope::Read], secret(&token(&name, 1))), &admin(), at(0))
    };
    for number in 0..TOKENS_MAX {
        add(&mut keyring, number).unwrap();
    }
    assert!(add(&mut keyring, TOKENS_MAX).unwrap_err().is(Code::TokenConflict));
    keyring.revoke(&id("t0"), &admin(), OwnToken::Kept, at(1)).unwrap();
    add(&mut keyring, TOKENS_MAX).unwrap();
    let text = serde_json::to_string(&keyring).unwrap();
    assert_eq!(serde_json::from_str::<Keyring>(&text).unwrap(), keyring);
    assert!(text.len() < 100_000, "{} bytes are copied to each isolate", text.len());
}

#[test]
fn bodies_are_read_back_as_they_were_written_and_wrong_ones_point_at_the_field() {
    let maria = token("maria", 1);
    let wanted = NewToken {
        events: Some(vec!["gala-*".parse().unwrap()]),
        expires: Some(at(5)),
        ..new("maria", &[Scope::Operate, Scope::Read], secret(&maria))
    };
    assert_eq!(NewToken::parse(wanted.body().to_string().as_bytes()).unwrap(), wanted);
    let rotation = Rotation { credential: Credential::Code(maria.sha256()), grace: Span::from_millis(5) };
    assert_eq!(Rotation::parse(rotation.body().to_string().as_bytes()).unwrap(), rotation);
    let redemption = Redemption { code: code("maria", 7), sha256: maria.sha256() };
    assert_eq!(Redemption::parse(redemption.body().to_string().as_bytes()).unwrap(), redemption);

    let sha256 = maria.sha256();
    for (body, pointer) in [
        (format!(r#"{{"scopes":["read"],"sha256":"{sha256}"}}"#), "/id"),
        (format!(r#"{{"id":"M","scopes":["read"],"sha256":"{sha256}"}}"#), "/id"),
        (format!(r#"{{"id":"m","scopes":[],"sha256":"{sha256}"}}"#), "/scopes"),
        (format!(r#"{{"id":"m","scopes":["root"],"sha256":"{sha256}"}}"#), "/scopes"),
        (format!(r#"{{"id":"m","scopes":["read"],"events":[],"sha256":"{sha256}"}}"#), "/events"),
        (format!(r#"{{"id":"m","scopes":["read"],"events":["A"],"sha256":"{sha256}"}}"#), "/events"),
        (format!(r#"{{"id":"m","scopes":["read"],"expires":-1,"sha256":"{sha256}"}}"#), "/expires"),
        (r#"{"id":"m","scopes":["read"]}"#.to_owned(), "/sha256"),
        (format!(r#"{{"id":"m","scopes":["read"],"sha256":"{sha256}","codeSha256":"{sha256}"}}"#), "/sha256"),
    ] {
        assert_eq!(NewToken::parse(body.as_bytes()).unwrap_err().more["pointer"], pointer, "{body}");
    }
    for grace in ["-1", "2592000001", "1e300", "\"1h\""] {
        let body = format!(r#"{{"grace":{grace},"sha256":"{sha256}"}}"#);
        assert_eq!(Rotation::parse(body.as_bytes()).unwrap_err().more["pointer"], "/grace", "{body}");
    }
    for wrong in ["", "dbt_maria_00", "dbl_maria_00", &format!("{}0", code("maria", 7).expose()), "dbl_Maria_0707"] {
        let body = format!(r#"{{"code":"{wrong}","sha256":"{sha256}"}}"#);
        let problem = Redemption::parse(body.as_bytes()).unwrap_err();
        assert_eq!(problem.more["pointer"], "/code", "{body}");
        assert!(wrong.is_empty() || !problem.detail.contains(wrong));
    }
    assert!(!format!("{:?}", code("maria", 7)).contains("0707"));
}

/// A keyring's object, and an isolate that has a copy.
struct Isolate {
    object: Keyring,
    copy: KeyringCopy,
    asked: u32,
}

impl Isolate {
    fn of(object: Keyring) -> Self {
        Self { object, copy: KeyringCopy::default(), asked: 0 }
    }

    /// Checks a token for a call that arrives `now`; the object answers `latency` ms after it is asked. Returns what the
    /// token is worth and when that is known.
    fn check(&mut self, token: &Token, mut now: ServerTime, latency: i64) -> (Option<Check>, ServerTime) {
        let arrived = now;
        for _ in 0..1_000 {
            match self.copy.look(|keyring| check(keyring, token, now), arrived, now) {
                Answer::Final(check) => return (Some(check), now),
                Answer::Unavailable => return (None, now),
                Answer::Wait(span) => now += span,
                Answer::Ask => {
                    self.asked += 1;
                    self.copy.handle_answer(self.object.clone(), now);
                    now += Span::from_millis(latency);
                }
            }
        }
        panic!("never answered");
    }
}

#[test]
fn a_copy_serves_valid_tokens_and_a_revoked_one_is_refused_within_five_seconds() {
    let (keyring, maria) = with_maria();
    let mut isolate = Isolate::of(keyring);
    for ms in [0, 1, 2_000, 3_999] {
        assert!(matches!(isolate.check(&maria, at(ms), 0).0, Some(Check::Granted(_))), "{ms}");
    }
    assert_eq!(isolate.asked, 1);
    isolate.object.revoke(&id("maria"), &admin(), OwnToken::Kept, at(0)).unwrap();
    assert!(matches!(isolate.check(&maria, at(3_999), 0).0, Some(Check::Granted(_))));
    assert!(matches!(isolate.check(&maria, at(4_000), 0).0, Some(Check::Refused(_))));
}

#[test]
fn a_token_made_a_moment_ago_is_never_refused_for_an_old_copy() {
    let (keyring, maria) = with_maria();
    let mut isolate = Isolate::of(keyring);
    isolate.check(&maria, at(0), 0);
    let tom = token("tom", 1);
    isolate.object.add(new("tom", &[Scope::Read], secret(&tom)), &admin(), at(1)).unwrap();
    let (check, when) = isolate.check(&tom, at(2), 5);
    assert!(matches!(check, Some(Check::Granted(_))) && when <= at(300), "{when:?}");
}

#[test]
fn many_wrong_tokens_do_not_make_many_requests_nor_keep_a_valid_one_waiting() {
    let (keyring, maria) = with_maria();
    let mut isolate = Isolate::of(keyring);
    let (mut waiting, mut refused) = (Vec::new(), 0);
    // A stranger arrives every millisecond; each is looked at again every millisecond.
    for ms in 0..2_000 {
        waiting.push((token(&format!("s{ms}"), 9), at(ms)));
        waiting.retain(|(stranger, arrived)| {
            let look = |copy: &mut KeyringCopy| copy.look(|keyring| check(keyring, stranger, at(ms)), *arrived, at(ms));
            match look(&mut isolate.copy) {
                Answer::Ask => {
                    isolate.asked += 1;
                    isolate.copy.handle_answer(isolate.object.clone(), at(ms));
                    true
                }
                Answer::Final(check) => {
                    assert_eq!(check, Check::Unknown);
                    refused += 1;
                    false
                }
                _ => true,
            }
        });
        let (check, when) = isolate.check(&maria, at(ms), 0);
        assert!(matches!(check, Some(Check::Granted(_))) && when == at(ms), "{ms}");
    }
    assert!(refused >= 1_700, "{refused} were told");
    assert!(isolate.asked <= 10, "{} requests in two seconds", isolate.asked);
}

#[test]
fn without_an_answer_a_token_is_neither_valid_nor_invalid() {
    let (keyring, maria) = with_maria();
    let mut copy = KeyringCopy::default();
    let look = |copy: &mut KeyringCopy, ms| copy.look(|keyring| check(keyring, &maria, at(ms)), at(ms), at(ms));
    assert_eq!(look(&mut copy, 0), Answer::Ask);
    assert_eq!(look(&mut copy, 1), Answer::Wait(Span::from_millis(20)), "one asks, the others wait");
    copy.handle_failure(at(0), at(2_000));
    assert_eq!(look(&mut copy, 2_001), Answer::Unavailable);
    assert_eq!(look(&mut copy, 2_999), Answer::Unavailable);
    assert_eq!(look(&mut copy, 3_000), Answer::Ask);
    copy.handle_answer(keyring, at(3_000));
    assert!(matches!(look(&mut copy, 3_001), Answer::Final(Check::Granted(_))));
    // The object fails later: what was known counts for its four seconds and no longer.
    copy.handle_failure(at(3_500), at(3_500));
    assert!(matches!(look(&mut copy, 6_999), Answer::Final(Check::Granted(_))));
    assert_eq!(look(&mut copy, 7_000), Answer::Ask);
    copy.handle_failure(at(7_000), at(7_001));
    assert_eq!(look(&mut copy, 7_002), Answer::Unavailable);
}

#[test]
fn a_request_that_never_ends_and_a_clock_set_back_stop_nobody() {
    let (keyring, maria) = with_maria();
    let mut copy = KeyringCopy::default();
    let look = |copy: &mut KeyringCopy, ms| copy.look(|keyring| check(keyring, &maria, at(ms)), at(ms), at(ms));
    assert_eq!(look(&mut copy, 0), Answer::Ask);
    assert_eq!(look(&mut copy, 499), Answer::Wait(Span::from_millis(20)));
    assert_eq!(look(&mut copy, 500), Answer::Ask, "the first one's worker may be gone");
    copy.handle_answer(keyring, at(500));
    assert_eq!(look(&mut copy, -60_000), Answer::Ask);
}

proptest! {
    /// Whatever happens, in whichever order: a token that was revoked is granted nowhere five seconds later, and an
    /// answered one always is.
    #[test]
    fn revocation_reaches_every_isolate_within_five_seconds(
        steps in prop::collection::vec((0..3usize, 0..3_000i64, 0..400i64, any::<bool>()), 1..60),
        revoked_after in 0..60usize,
    ) {
        let (mut keyring, maria) = with_maria();
        let mut isolates = [0; 3].map(|_| Isolate::of(keyring.clone()));
        let (mut now, mut revoked_at) = (at(0), None);
        for (index, (isolate, wait, latency, wrong)) in steps.into_iter().enumerate() {
            if index == revoked_after {
                keyring.revoke(&id("maria"), &admin(), OwnToken::Kept, now).unwrap();
                isolates.iter_mut().for_each(|isolate| isolate.object = keyring.clone());
                revoked_at = Some(now);
            }
            let shown = if wrong { token("maria", 9) } else { maria.clone() };
            let (check, when) = isolates[isolate].check(&shown, now, latency);
            let granted = matches!(check, Some(Check::Granted(_)));
            prop_assert!(!(granted && wrong));
            if !wrong {
                match revoked_at {
                    None => prop_assert!(granted),
                    Some(revoked_at) => prop_assert!(!granted || when - revoked_at < Span::from_millis(5_000)),
                }
            }
            now = when + Span::from_millis(wait);
        }
    }
}
