//! Secrets at rest. Each value is encrypted with a random key of its own, and that key with the master key; account,
//! name and origins are authenticated with both, so that a row copied to another name, account or binding does not open.
//!
//! A sealed secret, version 1, in bytes:
//! `1 | master key id (8) | nonce (12) | wrapped data key (32 + 16) | nonce (12) | value (n + 16)`.
//! Both layers are AES-256-GCM with random nonces. Rotating the master key rewraps data keys and never touches a value.

mod key;

pub use key::{KeyError, KeyId, MasterKey};

use crate::origin::Origin;
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// Longest secret, in bytes.
pub const VALUE_BYTES_MAX: usize = 64 * 1024;

const VERSION: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;
const KEY: usize = 32;
const ID: usize = 8;
/// Version, key id, nonce and wrapped data key.
const HEAD: usize = 1 + ID + NONCE + KEY + TAG;

/// Seals and opens secrets.
#[derive(Debug)]
pub struct Vault {
    current: MasterKey,
    older: Vec<MasterKey>,
}

/// What a sealed secret belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Label<'a> {
    pub account: &'a str,
    pub name: &'a str,
    /// In any order.
    pub origins: &'a [Origin],
}

/// A secret could not be sealed or opened. Never says anything about its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("a secret is at most {VALUE_BYTES_MAX} bytes long")]
    TooLong,
    #[error("the stored secret is cut short or of an unknown version")]
    Unreadable,
    #[error("the secret was sealed with master key {0}, which this server was not given")]
    UnknownKey(KeyId),
    #[error(
        "the stored secret was changed, or belongs to another account, name or set of origins; give its value again"
    )]
    Tampered,
    #[error("the system gave no random bytes")]
    NoRandomness,
}

impl Vault {
    pub fn new(current: MasterKey) -> Self {
        Vault { current, older: Vec::new() }
    }

    /// Also opens what was sealed with keys of before.
    #[must_use]
    pub fn with_older(mut self, keys: impl IntoIterator<Item = MasterKey>) -> Self {
        self.older.extend(keys);
        self
    }

    pub fn seal(&self, label: Label<'_>, value: &str) -> Result<Vec<u8>, VaultError> {
        if value.len() > VALUE_BYTES_MAX {
            return Err(VaultError::TooLong);
        }
        let mut data_key = Zeroizing::new([0; KEY]);
        SystemRandom::new().fill(data_key.as_mut()).map_err(|_| VaultError::NoRandomness)?;
        let mut sealed = Vec::with_capacity(HEAD + NONCE + value.len() + TAG);
        self.write_head(label, &data_key, &mut sealed)?;
        write_layer(&data_key, &label.associated(b"value", &[]), value.as_bytes(), &mut sealed)?;
        Ok(sealed)
    }

    pub fn open(&self, label: Label<'_>, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let data_key = self.data_key(label, sealed)?;
        let value = read_layer(&data_key, &label.associated(b"value", &[]), &sealed[HEAD..])?;
        let text = std::str::from_utf8(&value).map_err(|_| VaultError::Tampered)?;
        Ok(SecretString::from(text))
    }

    /// The same secret under the current master key; `None` when it already is.
    pub fn rewrap(&self, label: Label<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        if key_id(sealed)? == self.current.id() {
            return Ok(None);
        }
        let data_key = self.data_key(label, sealed)?;
        let mut rewrapped = Vec::with_capacity(sealed.len());
        self.write_head(label, &data_key, &mut rewrapped)?;
        rewrapped.extend_from_slice(&sealed[HEAD..]);
        Ok(Some(rewrapped))
    }

    fn write_head(
        &self,
        label: Label<'_>,
        data_key: &[u8; KEY],
        out: &mut Vec<u8>,
    ) -> Result<(), VaultError> {
        let id = self.current.id();
        out.push(VERSION);
        out.extend_from_slice(id.as_bytes());
        write_layer(self.current.bytes(), &label.associated(b"key", id.as_bytes()), data_key, out)
    }

    fn data_key(&self, label: Label<'_>, sealed: &[u8]) -> Result<Zeroizing<[u8; KEY]>, VaultError> {
        let id = key_id(sealed)?;
        let master = std::iter::once(&self.current).chain(&self.older).find(|key| key.id() == id);
        let master = master.ok_or(VaultError::UnknownKey(id))?;
        let opened =
            read_layer(master.bytes(), &label.associated(b"key", id.as_bytes()), &sealed[1 + ID..HEAD])?;
        let mut data_key = Zeroizing::new([0; KEY]);
        data_key.copy_from_slice(&opened);
        Ok(data_key)
    }
}

/// The master key that a secret was sealed with.
pub fn key_id(sealed: &[u8]) -> Result<KeyId, VaultError> {
    if sealed.len() < HEAD + NONCE + TAG || sealed[0] != VERSION {
        return Err(VaultError::Unreadable);
    }
    let mut id = [0; ID];
    id.copy_from_slice(&sealed[1..=ID]);
    Ok(KeyId::from(id))
}

impl Label<'_> {
    /// Every field with its length, so that no two labels run together.
    fn associated(&self, layer: &[u8], id: &[u8]) -> Vec<u8> {
        let mut origins: Vec<&str> = self.origins.iter().map(Origin::as_str).collect();
        origins.sort_unstable();
        origins.dedup();
        let fields = [b"rapport secret v1", layer, id, self.account.as_bytes(), self.name.as_bytes()];
        let mut out = Vec::new();
        for field in fields.into_iter().chain(origins.into_iter().map(str::as_bytes)) {
            out.extend_from_slice(&(field.len() as u64).to_be_bytes());
            out.extend_from_slice(field);
        }
        out
    }
}

fn write_layer(
    key: &[u8; KEY],
    associated: &[u8],
    plain: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), VaultError> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| VaultError::NoRandomness)?;
    let mut text = Zeroizing::new(Vec::with_capacity(plain.len() + TAG));
    text.extend_from_slice(plain);
    let nonce = key
        .seal_in_place_append_tag(Aad::from(associated), &mut *text)
        .map_err(|_| VaultError::NoRandomness)?;
    out.extend_from_slice(nonce.as_ref());
    out.extend_from_slice(&text);
    Ok(())
}

fn read_layer(key: &[u8; KEY], associated: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (nonce, text) = sealed.split_at_checked(NONCE).ok_or(VaultError::Unreadable)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::Unreadable)?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| VaultError::Unreadable)?;
    let mut text = Zeroizing::new(text.to_vec());
    let length =
        key.open_in_place(nonce, Aad::from(associated), &mut text).map_err(|_| VaultError::Tampered)?.len();
    text.truncate(length);
    Ok(text)
}

#[cfg(test)]
mod tests;
