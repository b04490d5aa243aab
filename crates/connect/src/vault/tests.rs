use super::*;
use proptest::prelude::*;
use secrecy::ExposeSecret;

fn key(seed: char) -> MasterKey {
    MasterKey::parse(&seed.to_string().repeat(64)).unwrap()
}

fn origins() -> Vec<Origin> {
    ["https://api.intercom.io", "https://api.eu.intercom.io"].map(|origin| origin.parse().unwrap()).to_vec()
}

fn label(origins: &[Origin]) -> Label<'_> {
    Label { account: "main", name: "intercom_token", origins }
}

#[test]
fn what_is_sealed_opens_and_no_two_seals_are_equal() {
    let (vault, origins) = (Vault::new(key('1')), origins());
    let first = vault.seal(label(&origins), "value").unwrap();
    let second = vault.seal(label(&origins), "value").unwrap();
    assert_ne!(first, second);
    assert_eq!(vault.open(label(&origins), &first).unwrap().expose_secret(), "value");
    assert!(!first.windows(5).any(|window| window == b"value"));
}

#[test]
fn the_order_of_origins_does_not_matter_but_the_set_does() {
    let (vault, mut origins) = (Vault::new(key('1')), origins());
    let sealed = vault.seal(label(&origins), "value").unwrap();
    origins.reverse();
    assert!(vault.open(label(&origins), &sealed).is_ok());
    assert_eq!(vault.open(label(&origins[..1]), &sealed).unwrap_err(), VaultError::Tampered);
}

#[test]
fn another_master_key_opens_nothing() {
    let origins = origins();
    let sealed = Vault::new(key('1')).seal(label(&origins), "value").unwrap();
    let error = Vault::new(key('2')).open(label(&origins), &sealed).unwrap_err();
    assert_eq!(error, VaultError::UnknownKey(key('1').id()));
}

#[test]
fn a_row_moved_to_another_account_or_name_does_not_open() {
    let (vault, origins) = (Vault::new(key('1')), origins());
    let sealed = vault.seal(label(&origins), "value").unwrap();
    for (account, name) in
        [("other", "intercom_token"), ("main", "zendesk_token"), ("mai", "nintercom_token")]
    {
        let moved = Label { account, name, origins: &origins };
        assert_eq!(vault.open(moved, &sealed).unwrap_err(), VaultError::Tampered);
    }
}

#[test]
fn data_keys_and_values_cannot_be_swapped_between_rows() {
    let (vault, origins) = (Vault::new(key('1')), origins());
    let first = vault.seal(label(&origins), "value one").unwrap();
    let second = vault.seal(label(&origins), "value two").unwrap();
    let mixed = [&first[..HEAD], &second[HEAD..]].concat();
    assert_eq!(vault.open(label(&origins), &mixed).unwrap_err(), VaultError::Tampered);
}

#[test]
fn rotation_rewraps_the_key_and_leaves_the_value_alone() {
    let origins = origins();
    let sealed = Vault::new(key('1')).seal(label(&origins), "value").unwrap();
    let vault = Vault::new(key('2')).with_older([key('1')]);
    assert_eq!(vault.open(label(&origins), &sealed).unwrap().expose_secret(), "value");
    let rewrapped = vault.rewrap(label(&origins), &sealed).unwrap().unwrap();
    assert_eq!(key_id(&rewrapped).unwrap(), key('2').id());
    assert_eq!(rewrapped[HEAD..], sealed[HEAD..]);
    assert_eq!(Vault::new(key('2')).open(label(&origins), &rewrapped).unwrap().expose_secret(), "value");
    assert_eq!(vault.rewrap(label(&origins), &rewrapped).unwrap(), None);
}

#[test]
fn an_overlong_value_is_refused() {
    let value = "x".repeat(VALUE_BYTES_MAX + 1);
    assert_eq!(Vault::new(key('1')).seal(label(&[]), &value).unwrap_err(), VaultError::TooLong);
}

#[test]
fn keys_are_read_from_base64_and_hex_and_nothing_else() {
    let hex = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
    let base64 = "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=";
    let id = MasterKey::parse(hex).unwrap().id();
    for text in [base64, base64.trim_end_matches('='), &base64.replace('/', "_"), &format!(" {hex}\n")] {
        assert_eq!(MasterKey::parse(text).unwrap().id(), id, "{text}");
    }
    for text in ["", "password", &hex[1..], &hex.replace('0', "g"), "ABEiMw=="] {
        assert!(matches!(MasterKey::parse(text), Err(KeyError::NotAKey)), "{text}");
    }
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(format!("{:?}", key('a')), format!("MasterKey({})", key('a').id()));
}

#[cfg(unix)]
#[test]
fn a_key_file_is_private_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let made = MasterKey::create(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(MasterKey::load(&path).unwrap().id(), made.id());
    assert!(matches!(MasterKey::create(&path), Err(KeyError::File(_))));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(MasterKey::load(&path), Err(KeyError::OpenToOthers)));
}

proptest! {
    #[test]
    fn any_value_opens_as_it_was_sealed(value: String) {
        let vault = Vault::new(key('1'));
        let sealed = vault.seal(label(&[]), &value).unwrap();
        let opened = vault.open(label(&[]), &sealed).unwrap();
        prop_assert_eq!(opened.expose_secret(), value);
    }

    #[test]
    fn a_changed_byte_anywhere_is_noticed(at: prop::sample::Index, change in 1_u8..) {
        let vault = Vault::new(key('1'));
        let mut sealed = vault.seal(label(&[]), "value").unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= change;
        prop_assert!(vault.open(label(&[]), &sealed).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes: Vec<u8>, cut in 0_usize..200) {
        let vault = Vault::new(key('1'));
        prop_assert!(vault.open(label(&[]), &bytes).is_err());
        let mut sealed = vault.seal(label(&[]), "value").unwrap();
        sealed.truncate(cut.min(sealed.len() - 1));
        prop_assert!(vault.open(label(&[]), &sealed).is_err());
    }
}
