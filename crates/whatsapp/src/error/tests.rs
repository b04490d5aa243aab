use std::time::Duration;

use super::*;

/// What a sender does, in the letters of the reference: R retry, W wait for the recipient, D drop, T template,
/// C stop the campaign, A stop the channel.
fn letter(recourse: Recourse) -> char {
    match recourse {
        Recourse::Retry { .. } => 'R',
        Recourse::WaitForRecipient => 'W',
        Recourse::Drop(_) => 'D',
        Recourse::NeedsTemplate => 'T',
        Recourse::StopCampaign => 'C',
        Recourse::PauseChannel => 'A',
        Recourse::UnknownFate => '?',
    }
}

/// Every code of the reference (§12) with its action, written down from there and not from the table.
const REFERENCE: &[(char, &[i64])] = &[
    (
        'A',
        &[
            0, 190, 3, 10, 200, 230, 299, 131_005, 33, 133_010, 131_031, 368, 131_037, 131_042, 131_045,
            134_011,
        ],
    ),
    (
        'R',
        &[
            1, 2, 131_016, 133_004, 131_000, 135_000, 4, 80_007, 80_008, 613, 130_429, 131_053, 131_057,
            2_494_100,
        ],
    ),
    ('W', &[131_056]),
    ('T', &[131_047]),
    ('C', &[131_048, 131_064, 131_055, 134_100, 134_101, 134_102, 131_063]),
    ('C', &[132_000, 132_001, 132_007, 132_015, 132_016, 132_068, 132_069]),
    (
        'D',
        &[
            131_049, 131_050, 130_472, 131_026, 131_051, 131_052, 131_008, 131_009, 100, 131_021, 131_030,
            130_497,
        ],
    ),
    ('D', &[131_062, 132_005, 132_008, 132_012, 132_018, 137_000]),
    ('D', &[131_020, 131_041, 131_059, 131_201, 131_208, 131_215, 130_501]),
    ('D', &[133_000, 133_005, 133_016, 139_000, 139_006, 139_100, 139_103]),
    ('D', &[2_388_019, 2_388_040, 2_388_047, 2_388_072, 2_388_073, 2_388_293, 2_388_299]),
];

#[test]
fn every_documented_code_has_its_action() {
    for (action, codes) in REFERENCE {
        for code in *codes {
            let row = row(*code).unwrap_or_else(|| panic!("{code} is missing"));
            assert_eq!(letter(row.recourse), *action, "{code}: {}", row.meaning);
        }
    }
}

#[test]
fn every_row_is_reached_and_no_code_stands_in_two() {
    let reached: Vec<*const Row> = REFERENCE
        .iter()
        .flat_map(|(_, codes)| *codes)
        .filter_map(|code| row(*code))
        .map(std::ptr::from_ref)
        .collect();
    for (n, line) in TABLE.iter().enumerate() {
        assert!(reached.contains(&std::ptr::from_ref(line)), "no test for: {}", line.meaning);
        for (m, other) in TABLE.iter().enumerate().filter(|(m, _)| *m != n) {
            for codes in line.codes {
                let both = other
                    .codes
                    .iter()
                    .any(|theirs| theirs.contains(codes.start()) || codes.contains(theirs.start()));
                assert!(!both, "rows {n} and {m} share a code of {codes:?}");
            }
        }
        assert!(line.mend.ends_with('.') && !line.meaning.ends_with('.'), "{line:?}");
    }
}

fn tries(code: i64) -> (u32, Scope) {
    match row(code).unwrap().recourse {
        Recourse::Retry { backoff, scope } => (backoff.max_tries, scope),
        other => panic!("{other:?}"),
    }
}

#[test]
fn retries_are_counted_and_scoped_as_the_reference_says() {
    assert_eq!(tries(1), (2, Scope::Message));
    assert_eq!(tries(131_053), (2, Scope::Message));
    assert_eq!(tries(131_000), (3, Scope::Message));
    assert_eq!(tries(130_429).1, Scope::Number);
    assert_eq!(tries(80_007).1, Scope::Account);
    assert_eq!(tries(4).1, Scope::App);
    let Recourse::Retry { backoff, .. } = row(131_057).unwrap().recourse else { panic!() };
    assert_eq!(backoff.delay(1, 0.0), Some(Duration::from_mins(1)), "maintenance takes a minute");
}

#[test]
fn opting_out_is_told_from_other_losses() {
    assert_eq!(row(131_050).unwrap().recourse, Recourse::Drop(DropReason::OptedOut));
    assert_eq!(row(131_049).unwrap().recourse, Recourse::Drop(DropReason::NotDelivered));
    assert_eq!(row(131_026).unwrap().recourse, Recourse::Drop(DropReason::Unreachable));
    assert_eq!(row(131_009).unwrap().recourse, Recourse::Drop(DropReason::BadRequest));
}

#[test]
fn after_a_failed_status_only_three_codes_are_sent_again() {
    let again: Vec<i64> = REFERENCE
        .iter()
        .flat_map(|(_, codes)| codes.iter().copied())
        .filter(|code| {
            matches!(
                after_failed_status(*code),
                Recourse::Retry { .. } | Recourse::WaitForRecipient | Recourse::UnknownFate
            )
        })
        .collect();
    assert_eq!(again, [131_016, 131_000, 131_053]);
    let Recourse::Retry { backoff, .. } = after_failed_status(131_053) else { panic!() };
    assert_eq!(backoff.delay(2, 1.0), None, "once");
    assert_eq!(letter(after_failed_status(0)), 'D');
    assert_eq!(letter(after_failed_status(131_042)), 'A');
    assert_eq!(letter(after_failed_status(132_015)), 'C');
    assert_eq!(letter(after_failed_status(131_047)), 'T');
    assert_eq!(letter(after_failed_status(987_654)), 'D');
}

fn graph(body: &str) -> GraphError {
    GraphError::read(400, body).unwrap()
}

#[test]
fn the_error_object_is_read_in_all_its_shapes() {
    let full = graph(
        r#"{"error":{"message":"(#131056) pair","type":"OAuthException","code":131056,"error_subcode":2494055,
        "error_data":{"messaging_product":"whatsapp","details":"too many"},"is_transient":false,"fbtrace_id":"AbC"}}"#,
    );
    assert_eq!(
        (full.code, full.subcode, full.details.as_deref()),
        (131_056, Some(2_494_055), Some("too many"))
    );
    assert_eq!(full.recourse(), Recourse::WaitForRecipient);
    let text = full.to_string();
    assert!(
        ["131056", "AbC", "too many", "later messages to this person wait"]
            .iter()
            .all(|part| text.contains(part)),
        "{text}"
    );
    assert_eq!(
        graph(r#"{"error":{"code":"100","error_data":"plain text"}}"#).details.as_deref(),
        Some("plain text")
    );
    assert_eq!(graph(r#"{"error":{"code":190}}"#).recourse(), Recourse::PauseChannel);
}

#[test]
fn an_undocumented_code_is_retried_only_on_metas_word() {
    assert_eq!(letter(graph(r#"{"error":{"code":999999,"is_transient":true}}"#).recourse()), 'R');
    assert_eq!(letter(graph(r#"{"error":{"code":999999}}"#).recourse()), 'D');
}

#[test]
fn what_holds_no_code_is_no_graph_error() {
    for body in [
        "",
        "<html>",
        "{}",
        "null",
        r#"{"error":"x"}"#,
        r#"{"error":{}}"#,
        r#"{"error":{"code":"x"}}"#,
        "[1]",
    ] {
        assert_eq!(GraphError::read(500, body), None, "{body}");
    }
}

#[test]
fn a_token_that_meta_quotes_goes_no_further() {
    let error = graph(
        r#"{"error":{"code":190,"message":"Malformed access token EAAG1","error_data":{"details":"EAAG1"}}}"#,
    );
    let text = SendError::Refused(Box::new(error.without("EAAG1"))).to_string();
    assert!(!text.contains("EAAG1") && text.contains("[token]"), "{text}");
}

#[test]
fn the_wait_that_meta_names_is_kept() {
    let limited =
        GraphError { regain_access: Some(Duration::from_mins(20)), ..graph(r#"{"error":{"code":80007}}"#) };
    let Recourse::Retry { backoff, .. } = limited.recourse() else { panic!() };
    assert!(backoff.delay(1, 0.0).unwrap() >= Duration::from_mins(20));
}

#[test]
fn the_fate_is_unknown_exactly_when_bytes_may_have_arrived() {
    let (host, reason) = ("graph".to_owned(), "r".to_owned());
    let unknown = |error: SendError| error.recourse() == Recourse::UnknownFate;
    assert!(unknown(SendError::NoAnswer { host: host.clone(), reason: reason.clone() }));
    assert!(unknown(SendError::Unreadable { host: host.clone(), status: 502, seen: String::new() }));
    assert!(!unknown(SendError::NotSent { host, reason: reason.clone() }));
    assert!(!unknown(SendError::NotMade { reason }));
}
