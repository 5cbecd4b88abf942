//! The keys of devices: they end with the token that they came from.

use super::*;

/// Adds the key of a device of `maker`, made from `byte`.
fn add_device(keyring: &mut Keyring, maker: &Grant, byte: u8, ms: i64) -> Result<Token, Problem> {
    let device = token(&format!("device-{byte}"), byte);
    let wanted = NewToken { device: true, ..new(device.id().as_str(), &[Scope::Hold], secret(&device)) };
    keyring.add(wanted, maker, at(ms)).map(|_| device)
}

#[test]
fn the_key_of_a_device_ends_with_the_token_that_it_came_from() {
    let refused = Check::Refused("the token that this device's key came from was revoked or replaced; sign in again");
    let maria = Grant { scopes: vec![Scope::Hold], ..admin() };
    let maria = Grant { id: id("maria"), ..maria };

    let (mut revoked, _) = with_maria();
    let device = add_device(&mut revoked, &maria, 9, 1).unwrap();
    assert!(is_granted(&revoked, &device, at(2)));
    let listed = |keyring: &Keyring| keyring.listed(&admin(), at(9)).pop().unwrap();
    assert_eq!(
        (listed(&revoked).device, listed(&revoked).made_by, listed(&revoked).revoked_at),
        (true, Some(id("maria")), None)
    );
    revoked.revoke(&id("maria"), &admin(), OwnToken::Kept, at(3)).unwrap();
    assert_eq!(check(&revoked, &device, at(3)), refused);
    assert_eq!(listed(&revoked).revoked_at, Some(at(3)));
    // Another token of the same id does not bring it back.
    let again = token("maria", 2);
    revoked.add(new("maria", &[Scope::Hold], secret(&again)), &admin(), at(4)).unwrap();
    assert!(is_granted(&revoked, &again, at(5)));
    assert_eq!(check(&revoked, &device, at(5)), refused);

    // Whoever had the old secret may have made it.
    let (mut rotated, _) = with_maria();
    let device = add_device(&mut rotated, &maria, 9, 1).unwrap();
    let rotation = Rotation { credential: secret(&token("maria", 3)), grace: Span::from_millis(HOUR) };
    rotated.rotate(&id("maria"), &rotation, &admin(), at(2)).unwrap();
    assert_eq!(check(&rotated, &device, at(2)), refused);
    let later = add_device(&mut rotated, &maria, 8, 3).unwrap();
    assert!(is_granted(&rotated, &later, at(4)));

    // Alone it can be revoked, too, also by itself.
    let (mut alone, maria_token) = with_maria();
    let device = add_device(&mut alone, &maria, 9, 1).unwrap();
    let itself = Grant { id: device.id().clone(), ..maria.clone() };
    alone.revoke(device.id(), &itself, OwnToken::Revoked, at(2)).unwrap();
    assert!(!is_granted(&alone, &device, at(2)));
    assert!(is_granted(&alone, &maria_token, at(2)));
}

#[test]
fn a_token_of_the_secret_has_devices_as_long_as_it_is_there() {
    let mut keyring = Keyring::default();
    let grant = |name| Grant { id: id(name), ..admin() };
    let there = add_device(&mut keyring, &grant("in-secret"), 1, 0).unwrap();
    let gone = add_device(&mut keyring, &grant("gone"), 2, 0).unwrap();
    assert!(is_granted(&keyring, &there, at(1)));
    assert!(!is_granted(&keyring, &gone, at(1)));
}

#[test]
fn devices_are_few_have_no_more_than_their_token_and_add_none() {
    let (mut keyring, _) = with_maria();
    let maria = Grant { id: id("maria"), scopes: vec![Scope::Hold], events: None, expires: None };
    let wide = token("wide", 1);
    let wanted = NewToken { device: true, ..new("wide", &[Scope::Hold, Scope::Operate], secret(&wide)) };
    assert_eq!(keyring.add(wanted, &maria, at(1)).unwrap_err().more["pointer"], "/scopes");
    for byte in 0..10 {
        add_device(&mut keyring, &maria, byte, 1).unwrap();
    }
    let full = add_device(&mut keyring, &maria, 10, 1).unwrap_err();
    assert!(full.detail.contains("has 10 devices"), "{full:?}");
    keyring.revoke(&id("device-3"), &admin(), OwnToken::Kept, at(2)).unwrap();
    add_device(&mut keyring, &maria, 10, 3).unwrap();
    let device = Grant { id: id("device-1"), ..maria };
    assert!(add_device(&mut keyring, &device, 11, 4).unwrap_err().is(Code::Forbidden));
}
