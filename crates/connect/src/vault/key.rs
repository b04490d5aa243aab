//! The master key: 32 bytes from a file that only its owner may read, or from the environment.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

const BYTES: usize = 32;
/// A key file is one short line; anything larger is something else.
const FILE_BYTES_MAX: u64 = 1024;

/// Wraps the keys of all secrets. Overwritten when dropped.
#[derive(Clone)]
pub struct MasterKey {
    bytes: Zeroizing<[u8; BYTES]>,
}

/// Names a master key without telling anything about it: the first eight bytes of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("a master key is 32 bytes, written in base64 or as 64 hexadecimal digits")]
    NotAKey,
    #[error("the master key file may be read by others; run chmod 600 on it")]
    OpenToOthers,
    #[error("the master key file: {0}")]
    File(#[from] io::Error),
    #[error("the system gave no random bytes")]
    NoRandomness,
}

impl MasterKey {
    /// A new key from the system's randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        SystemRandom::new().fill(bytes.as_mut()).map_err(|_| KeyError::NoRandomness)?;
        Ok(MasterKey { bytes })
    }

    /// Reads base64 (either alphabet, padded or not) or hexadecimal; blanks around it do not matter.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let engines = [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD];
        let decoded = if text.len() == 2 * BYTES {
            hex(text)
        } else {
            engines.into_iter().find_map(|engine| engine.decode(text).ok()).map(Zeroizing::new)
        };
        let decoded = decoded.filter(|decoded| decoded.len() == BYTES).ok_or(KeyError::NotAKey)?;
        let mut bytes = Zeroizing::new([0; BYTES]);
        bytes.copy_from_slice(&decoded);
        Ok(MasterKey { bytes })
    }

    /// Reads a key file, and refuses one that other users may read.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let file = File::open(path)?;
        refuse_open_to_others(&file)?;
        let mut text = Zeroizing::new(String::new());
        file.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
        Self::parse(&text)
    }

    /// Makes a new key and its file, readable by the owner only. Never overwrites one: that would lose every secret.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let key = Self::generate()?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let text = Zeroizing::new(format!("{}\n", STANDARD.encode(key.bytes.as_ref())));
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(key)
    }

    pub fn id(&self) -> KeyId {
        let mut text = Zeroizing::new(b"rapport master key id".to_vec());
        text.extend_from_slice(self.bytes.as_ref());
        let mut id = [0; 8];
        id.copy_from_slice(&digest(&SHA256, &text).as_ref()[..8]);
        KeyId(id)
    }

    pub(super) fn bytes(&self) -> &[u8; BYTES] {
        &self.bytes
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id())
    }
}

impl KeyId {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<[u8; 8]> for KeyId {
    fn from(bytes: [u8; 8]) -> Self {
        KeyId(bytes)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<_>>>()?;
    // A digit is below 16, so a pair fits a byte.
    let bytes = digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap_or_default());
    Some(Zeroizing::new(bytes.collect()))
}

#[cfg(unix)]
fn refuse_open_to_others(file: &File) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    let open = file.metadata()?.permissions().mode() & 0o077 != 0;
    if open { Err(KeyError::OpenToOthers) } else { Ok(()) }
}

#[cfg(not(unix))]
fn refuse_open_to_others(_: &File) -> Result<(), KeyError> {
    Ok(())
}
