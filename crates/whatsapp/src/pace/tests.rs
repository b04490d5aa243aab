use proptest::prelude::*;

use super::*;
use crate::ids::WaId;

const T0: i64 = 1_739_321_024_000;

fn person(n: u64) -> Address {
    WaId::new(n.to_string()).unwrap().into()
}

/// Sends as fast as allowed from `T0`; the times at which messages left.
fn flood(pace: &mut NumberPace, messages: usize) -> Vec<i64> {
    let mut now = T0;
    let mut left = Vec::new();
    while left.len() < messages {
        match pace.take(now) {
            Ok(()) => left.push(now),
            Err(ready) => {
                assert!(ready > now, "a refusal names a later time");
                now = ready;
            }
        }
    }
    left
}

#[test]
fn a_number_keeps_its_rate_after_a_small_burst() {
    let left = flood(&mut NumberPace::new(80), 808);
    assert_eq!(left.iter().filter(|at| **at == T0).count(), 8, "a tenth of a second's worth at once");
    assert_eq!(left[807] - T0, 10_000, "then 800 in ten seconds");
}

#[test]
fn zero_lifts_the_limit_but_a_hold_still_holds() {
    let mut pace = NumberPace::new(0);
    assert!((0..10_000).all(|_| pace.take(T0).is_ok()));
    pace.hold(T0 + 500);
    assert_eq!(pace.take(T0), Err(T0 + 500));
    assert_eq!(pace.take(T0 + 500), Ok(()));
}

#[test]
fn one_a_second_and_a_thousand_a_second_are_exact() {
    assert_eq!(flood(&mut NumberPace::new(1), 4), [T0, T0 + 1000, T0 + 2000, T0 + 3000]);
    assert_eq!(flood(&mut NumberPace::new(1000), 1100)[1099] - T0, 1000);
}

#[test]
fn a_person_gets_45_at_once_and_then_one_in_6_seconds() {
    let mut pace = PairPace::default();
    let to = person(1);
    assert!((0..45).all(|_| pace.take(T0, &to).is_ok()));
    assert_eq!(pace.take(T0, &to), Err(T0 + 6000));
    assert_eq!(pace.take(T0 + 6000, &to), Ok(()));
    assert_eq!(pace.take(T0 + 6000, &to), Err(T0 + 12_000));
    assert_eq!(pace.take(T0, &person(2)), Ok(()), "others are not affected");
}

#[test]
fn a_burst_is_paid_back_by_waiting() {
    let mut pace = PairPace::default();
    let to = person(1);
    assert!((0..45).all(|_| pace.take(T0, &to).is_ok()));
    // After 2 minutes 20 are earned again.
    let later = T0 + 120_000;
    assert!((0..20).all(|_| pace.take(later, &to).is_ok()));
    assert_eq!(pace.take(later, &to), Err(later + 6000));
}

#[test]
fn after_a_hold_a_person_gets_one_by_one() {
    let mut pace = Pace::new(0);
    let to = person(1);
    pace.hold_recipient(T0 + 4000, &to);
    assert_eq!(pace.take(T0, &to), Err(T0 + 4000));
    assert_eq!(pace.take(T0 + 4000, &to), Ok(()));
    assert_eq!(pace.take(T0 + 4000, &to), Err(T0 + 10_000));
    assert_eq!(pace.take(T0, &person(2)), Ok(()));
}

#[test]
fn a_refusal_by_one_limit_takes_nothing_from_the_other() {
    let mut pace = Pace::new(10);
    let (busy, idle) = (person(1), person(2));
    pace.hold_recipient(T0 + 60_000, &busy);
    assert!((0..100).all(|_| pace.take(T0, &busy).is_err()));
    assert_eq!(pace.take(T0, &idle), Ok(()), "the number's only slot is still there");
    pace.hold_number(T0 + 60_000);
    assert!((0..100).all(|_| pace.take(T0 + 1000, &idle).is_err()));
    assert!((0..44).all(|n| pace.take(T0 + 60_000 + n * 100, &idle).is_ok()), "the person's burst is whole");
}

#[test]
fn idle_people_are_forgotten() {
    let mut pace = PairPace::default();
    for n in 0..200_000_u64 {
        // A thousand people a second, each once.
        pace.take(T0 + i64::try_from(n).unwrap(), &person(n)).unwrap();
    }
    // Each is busy for 6 s, so about 6000 are; the map may hold twice that before it is swept.
    assert!(pace.len() <= 13_000, "{} people remembered", pace.len());
}

proptest! {
    #[test]
    fn no_second_ever_sees_more_than_the_rate_and_a_tenth(
        rate in 1_u32..300,
        gaps in prop::collection::vec(0_i64..40, 1..800),
    ) {
        let mut pace = NumberPace::new(rate);
        let mut now = T0;
        let mut left = Vec::new();
        for gap in gaps {
            now += gap;
            if pace.take(now).is_ok() {
                left.push(now);
            }
        }
        let most = usize::try_from(rate + (rate / 10).max(1)).unwrap();
        for (n, start) in left.iter().enumerate() {
            let in_second = left[n..].iter().take_while(|at| **at < start + 1000).count();
            prop_assert!(in_second <= most, "{in_second} in the second from {start}, at most {most}");
        }
    }

    #[test]
    fn ready_at_is_exactly_when_a_message_is_taken(rate in 0_u32..300, takes in 0_usize..200, wait in 0_i64..5000) {
        let mut pace = NumberPace::new(rate);
        for _ in 0..takes {
            let _ = pace.take(T0);
        }
        let now = T0 + wait;
        let ready = pace.ready_at(now);
        if ready > now {
            prop_assert_eq!(pace.take(ready - 1), Err(ready));
        }
        prop_assert_eq!(pace.take(ready), Ok(()));
    }
}
