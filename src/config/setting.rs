//! How one value is read: from a file it has a type, from the environment it is text.

use std::{net::SocketAddr, path::PathBuf};

use config::{Value, ValueKind};
use ipnet::IpNet;
use secrecy::SecretString;

/// A type that a setting can have. The error is the rest of a sentence that begins with the key.
pub(super) trait Setting: Sized {
    /// Whether the value must not be shown and may come from a `_FILE`.
    const SECRET: bool = false;

    /// Reads the value.
    fn read(value: Value) -> Result<Self, String>;
}

fn text(value: Value) -> Result<String, String> {
    match value.kind {
        ValueKind::String(text) => Ok(text),
        _ => Err("must be a text in quotes".into()),
    }
}

impl Setting for String {
    fn read(value: Value) -> Result<Self, String> {
        text(value)
    }
}

/// Empty text means that it is not set.
impl Setting for Option<SecretString> {
    const SECRET: bool = true;

    fn read(value: Value) -> Result<Self, String> {
        text(value).map(|text| (!text.is_empty()).then(|| text.into()))
    }
}

/// Empty text means that it is not set.
impl Setting for Option<PathBuf> {
    fn read(value: Value) -> Result<Self, String> {
        text(value).map(|text| (!text.is_empty()).then(|| text.into()))
    }
}

/// Empty text means that it is not set.
impl Setting for Option<SocketAddr> {
    fn read(value: Value) -> Result<Self, String> {
        match &value.kind {
            ValueKind::String(text) if text.is_empty() => Ok(None),
            _ => SocketAddr::read(value).map(Some),
        }
    }
}

impl Setting for SocketAddr {
    fn read(value: Value) -> Result<Self, String> {
        text(value)?.parse().map_err(|_| "must be an address and a port such as \"127.0.0.1:8000\"".into())
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Setting for $number {
            fn read(value: Value) -> Result<Self, String> {
                let number = match value.kind {
                    ValueKind::I64(number) => <$number>::try_from(number).ok(),
                    ValueKind::String(text) => text.trim().parse().ok(),
                    _ => None,
                };
                number.ok_or_else(|| format!("must be a whole number from 0 to {}", <$number>::MAX))
            }
        }
    )+};
}

numbers!(u32, u64);

fn list(value: Value) -> Result<Vec<String>, String> {
    match value.kind {
        ValueKind::Array(items) => items.into_iter().map(text).collect(),
        ValueKind::String(text) => {
            Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Into::into).collect())
        }
        _ => Err("must be a list of texts".into()),
    }
}

impl Setting for Vec<String> {
    fn read(value: Value) -> Result<Self, String> {
        list(value)
    }
}

impl Setting for Vec<IpNet> {
    fn read(value: Value) -> Result<Self, String> {
        let network = |text: String| {
            let host = || text.parse::<std::net::IpAddr>().map(IpNet::from);
            text.parse()
                .or_else(|_| host())
                .map_err(|_| format!("names {text:?}, which is no network such as 10.0.0.0/8"))
        };
        list(value)?.into_iter().map(network).collect()
    }
}
