//! Where a request may go. Only public addresses, or private ones that the operator listed, whatever the author of a flow
//! wrote, a name server answered or a redirect said.

use crate::address;
use crate::allow::AllowedHost;
use std::net::IpAddr;
use url::{Host, Url};

/// Refuses what points inward.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allow: Vec<AllowedHost>,
}

/// Why an address is not dialled, in words for the author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Blocked(String);

/// Ports of services that read a request line by line as commands of their own (mail, shells, caches), so that HTTP sent
/// there could be obeyed. Any other port may be called.
const PORTS_REFUSED: [u16; 17] = [0, 7, 9, 19, 21, 22, 23, 25, 53, 110, 119, 143, 465, 587, 993, 995, 6379];

/// Names that mean this machine, its network or its cloud, whatever a name server says.
const NAMES_REFUSED: [&str; 9] = [
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "metadata",
    "instance-data",
];

impl Guard {
    pub fn new(allow: Vec<AllowedHost>) -> Self {
        Guard { allow }
    }

    /// Everything that can be said before a name is looked up: scheme, user info, port, literal addresses, names.
    pub fn check_url(&self, url: &Url) -> Result<(), Blocked> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Blocked(format!("{}: is not called; write https:// or http://", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let mend = "an address with a user before an @ is not called; give user and password under auth";
            return Err(Blocked(mend.to_owned()));
        }
        let Some(port) = url.port_or_known_default() else {
            return Err(Blocked("the address has no port".to_owned()));
        };
        match url.host() {
            Some(Host::Domain(name)) => self.check_name(name, port),
            Some(Host::Ipv4(literal)) => self.check_literal(IpAddr::V4(literal), port),
            Some(Host::Ipv6(literal)) => self.check_literal(IpAddr::V6(literal), port),
            None => Err(Blocked("the address has no host".to_owned())),
        }
    }

    /// A name before it is looked up.
    pub(crate) fn check_name(&self, name: &str, port: u16) -> Result<(), Blocked> {
        let name = plain_name(name);
        if self.lists_name(name, port) {
            return Ok(());
        }
        check_port(name, port)?;
        let inward = NAMES_REFUSED.iter().any(|refused| {
            name.strip_suffix(refused).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        });
        if name.is_empty() || inward {
            return Err(blocked(&format!("{name} is a name inside this network"), &format!("{name}:{port}")));
        }
        Ok(())
    }

    /// The addresses that a name answered. One that points inward refuses them all: a name that mixes is a trick.
    ///
    /// The words do not show the address, or a flow could read the network's names one by one.
    pub(crate) fn check_answer(&self, name: &str, port: u16, addresses: &[IpAddr]) -> Result<(), Blocked> {
        let name = plain_name(name);
        if self.lists_name(name, port) {
            return Ok(());
        }
        for address in addresses {
            if let Some(reason) = self.refusal(*address, port) {
                return Err(blocked(&format!("{name} answers with {reason}"), &format!("{name}:{port}")));
            }
        }
        Ok(())
    }

    /// An address written out.
    pub(crate) fn check_literal(&self, literal: IpAddr, port: u16) -> Result<(), Blocked> {
        if self.allow.iter().any(|entry| entry.covers(literal, port)) {
            return Ok(());
        }
        let shown = match literal {
            IpAddr::V4(literal) => literal.to_string(),
            IpAddr::V6(literal) => format!("[{literal}]"),
        };
        check_port(&shown, port)?;
        match address::refusal(literal) {
            Some(reason) => Err(blocked(&format!("{shown} is {reason}"), &format!("{shown}:{port}"))),
            None => Ok(()),
        }
    }

    /// Whether the operator listed this host as the address writes it. Only such a host is sent secrets without TLS.
    pub(crate) fn lists(&self, url: &Url) -> bool {
        let Some(port) = url.port_or_known_default() else { return false };
        match url.host() {
            Some(Host::Domain(name)) => self.lists_name(plain_name(name), port),
            Some(Host::Ipv4(literal)) => self.allow.iter().any(|entry| entry.covers(literal.into(), port)),
            Some(Host::Ipv6(literal)) => self.allow.iter().any(|entry| entry.covers(literal.into(), port)),
            None => false,
        }
    }

    fn lists_name(&self, name: &str, port: u16) -> bool {
        self.allow.iter().any(|entry| entry.names(name, port))
    }

    fn refusal(&self, address: IpAddr, port: u16) -> Option<&'static str> {
        let reason = address::refusal(address)?;
        (!self.allow.iter().any(|entry| entry.covers(address, port))).then_some(reason)
    }
}

/// `example.com.` is `example.com`. The url crate has lower-cased it and undone its IDNA spellings.
fn plain_name(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

fn check_port(host: &str, port: u16) -> Result<(), Blocked> {
    if PORTS_REFUSED.contains(&port) {
        return Err(blocked(
            &format!("port {port} of {host} does not speak HTTP"),
            &format!("{host}:{port}"),
        ));
    }
    Ok(())
}

fn blocked(what: &str, entry: &str) -> Blocked {
    Blocked(format!("{what}; only the operator can open it, with network.allow = [\"{entry}\"]"))
}
