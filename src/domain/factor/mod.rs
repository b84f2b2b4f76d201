//! Second factors. To add one: a file here with its rules, a purpose for its sealed secret, match arms where
//! [`Method`] is matched, and one file in the web app.

pub mod backup_code;
pub mod totp;

/// Ways to answer an MFA challenge, as `methods` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// A code from an authenticator app.
    Totp,
    /// A backup code.
    BackupCode,
}

impl Method {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::BackupCode => "backup_code",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Method;

    #[test]
    fn methods_have_the_names_of_the_contract() {
        assert_eq!([Method::Totp, Method::BackupCode].map(Method::as_str), ["totp", "backup_code"]);
    }
}
