//! Tokens in memory, each behind a lock of its own that is held while it is fetched: who comes later waits and finds it.

use crate::secrets::Renewed;
use aws_lc_rs::digest::{Context, SHA256};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most tokens kept at once.
const TOKENS_MAX: usize = 1_000;
/// Life of a token whose endpoint does not say, in milliseconds.
const LIFE_MS: i64 = 300_000;
/// A token is renewed this long before its end, or a tenth of its life when that is less, in milliseconds.
const AHEAD_MS_MAX: i64 = 60_000;

/// SHA-256 of all that a token depends on, the client's secret included: a changed secret finds no old token.
pub(super) type Key = [u8; 32];

pub(super) type Slot = Arc<tokio::sync::Mutex<Kept>>;

#[derive(Default)]
pub(super) struct Cache {
    slots: Mutex<HashMap<Key, Slot>>,
}

#[derive(Default)]
pub(super) struct Kept {
    token: Option<SecretString>,
    fresh_until: i64,
}

pub(super) fn fingerprint(parts: &[&str]) -> Key {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    let mut key = [0; 32];
    key.copy_from_slice(context.finish().as_ref());
    key
}

impl Cache {
    /// The place of a token. When the cache is full, what has expired makes room, then anything nobody waits for.
    pub(super) fn slot(&self, key: Key, now: i64) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&key) {
            return slot.clone();
        }
        if slots.len() >= TOKENS_MAX {
            let in_use = |slot: &Slot| Arc::strong_count(slot) > 1;
            slots.retain(|_, slot| in_use(slot) || slot.try_lock().is_ok_and(|kept| kept.fresh_until > now));
            if slots.len() >= TOKENS_MAX {
                let spare = slots.iter().find(|(_, slot)| !in_use(slot)).map(|(key, _)| *key);
                spare.map(|key| slots.remove(&key));
            }
        }
        slots.entry(key).or_default().clone()
    }
}

impl Kept {
    /// The token while it is fresh and not the one that was just refused.
    pub(super) fn token(&self, now: i64, refused: Option<&SecretString>) -> Option<SecretString> {
        let token = self.token.as_ref().filter(|_| now < self.fresh_until)?;
        let turned_away = refused.is_some_and(|refused| refused.expose_secret() == token.expose_secret());
        (!turned_away).then(|| token.clone())
    }

    pub(super) fn keep(&mut self, answer: &Renewed, now: i64) {
        let life = answer.expires_at.map_or(LIFE_MS, |end| end.saturating_sub(now));
        self.fresh_until = now.saturating_add(life).saturating_sub((life / 10).min(AHEAD_MS_MAX));
        self.token = Some(answer.access_token.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(expires_at: Option<i64>) -> Renewed {
        Renewed { access_token: SecretString::from("token"), refresh_token: None, expires_at }
    }

    #[test]
    fn a_token_is_renewed_ahead_of_its_end() {
        let mut kept = Kept::default();
        assert!(kept.token(0, None).is_none());
        kept.keep(&answer(Some(3_600_000)), 0);
        assert!(kept.token(3_539_999, None).is_some());
        assert!(kept.token(3_540_000, None).is_none());
        kept.keep(&answer(Some(100_000)), 0);
        assert!(kept.token(89_999, None).is_some());
        assert!(kept.token(90_000, None).is_none());
        kept.keep(&answer(None), 0);
        assert!(kept.token(LIFE_MS, None).is_none());
    }

    #[test]
    fn a_refused_token_is_not_given_again() {
        let mut kept = Kept::default();
        kept.keep(&answer(Some(3_600_000)), 0);
        assert!(kept.token(0, Some(&SecretString::from("token"))).is_none());
        assert!(kept.token(0, Some(&SecretString::from("older"))).is_some());
    }

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_in_use() {
        let cache = Cache::default();
        let first = cache.slot(fingerprint(&["0"]), 0);
        for number in 1..2 * TOKENS_MAX {
            let slot = cache.slot(fingerprint(&[&number.to_string()]), 0);
            slot.try_lock().unwrap().keep(&answer(Some(1_000_000)), 0);
        }
        assert!(cache.slots.lock().unwrap().len() <= TOKENS_MAX);
        assert!(Arc::ptr_eq(&first, &cache.slot(fingerprint(&["0"]), 0)));
    }

    #[test]
    fn parts_of_a_key_do_not_run_together() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
