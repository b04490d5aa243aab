//! The operator's list of private hosts that requests may reach.

use crate::address;
use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// One entry of `network.allow`: `name:port`, `address:port` or `network/bits:port`; IPv6 stands in brackets
/// (`[fd00::1]:443`, `[fd00::/8]:443`).
///
/// A name allows whatever that name answers and only under that spelling; an address allows itself as a literal and as
/// the answer of a name. The port is always part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    host: Host,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    /// Lower case, no dot at the end.
    Name(String),
    Net(IpNet),
}

/// Why an entry of the list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllowError {
    #[error("`{0}` names no port; write host:port, such as 127.0.0.1:9100")]
    NoPort(String),
    #[error("`{0}` is neither a host name, an address nor a network such as 10.0.0.0/8:443")]
    NoHost(String),
}

impl AllowedHost {
    /// Whether the entry is this very name.
    pub fn names(&self, name: &str, port: u16) -> bool {
        self.port == port && matches!(&self.host, Host::Name(own) if own == name)
    }

    /// Whether the entry is this address or a network around it.
    pub fn covers(&self, address: IpAddr, port: u16) -> bool {
        let Host::Net(net) = &self.host else { return false };
        let whole = net.prefix_len() == net.max_prefix_len();
        self.port == port && net.contains(&address) && (whole || !address::is_metadata(address))
    }
}

impl FromStr for AllowedHost {
    type Err = AllowError;

    fn from_str(text: &str) -> Result<Self, AllowError> {
        let text = text.trim();
        let (host, port) = text.rsplit_once(':').ok_or_else(|| AllowError::NoPort(text.to_owned()))?;
        let port = port.parse().ok().filter(|port| *port != 0);
        let port = port.ok_or_else(|| AllowError::NoPort(text.to_owned()))?;
        let host = read_host(host).ok_or_else(|| AllowError::NoHost(text.to_owned()))?;
        Ok(AllowedHost { host, port })
    }
}

fn read_host(text: &str) -> Option<Host> {
    if let Some(inside) = text.strip_prefix('[') {
        let inside = inside.strip_suffix(']')?;
        if let Ok(IpNet::V6(net)) = inside.parse() {
            return Some(Host::Net(IpNet::V6(net.trunc())));
        }
        return Some(Host::Net(IpNet::from(IpAddr::V6(inside.parse().ok()?))));
    }
    if text.contains('/') {
        let net: IpNet = text.parse().ok()?;
        return matches!(net, IpNet::V4(_)).then(|| Host::Net(net.trunc()));
    }
    match url::Host::parse(text).ok()? {
        url::Host::Ipv4(address) => Some(Host::Net(IpNet::from(IpAddr::V4(address)))),
        url::Host::Ipv6(_) => None,
        url::Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            (!name.is_empty() && !name.contains('*')).then(|| Host::Name(name.to_owned()))
        }
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Name(name) => write!(f, "{name}:{}", self.port),
            Host::Net(net) => {
                let whole = net.prefix_len() == net.max_prefix_len();
                let text = if whole { net.addr().to_string() } else { net.to_string() };
                match net {
                    IpNet::V4(_) => write!(f, "{text}:{}", self.port),
                    IpNet::V6(_) => write!(f, "[{text}]:{}", self.port),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> AllowedHost {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_allowed_at_its_port_only() {
        let entry = entry("127.0.0.1:9100");
        assert!(entry.covers("127.0.0.1".parse().unwrap(), 9100));
        assert!(!entry.covers("127.0.0.1".parse().unwrap(), 9101));
        assert!(!entry.covers("127.0.0.2".parse().unwrap(), 9100));
        assert!(!entry.covers("::ffff:127.0.0.1".parse().unwrap(), 9100));
        assert!(!entry.names("127.0.0.1", 9100));
    }

    #[test]
    fn a_name_is_allowed_under_its_own_spelling_only() {
        let entry = entry("Stub.Internal.:9100");
        assert!(entry.names("stub.internal", 9100));
        assert!(!entry.names("a.stub.internal", 9100));
        assert!(!entry.names("stub.internal", 80));
    }

    #[test]
    fn a_network_does_not_open_the_metadata_addresses_inside_it() {
        let wide = entry("169.254.0.0/16:80");
        assert!(wide.covers("169.254.1.1".parse().unwrap(), 80));
        assert!(!wide.covers("169.254.169.254".parse().unwrap(), 80));
        assert!(entry("169.254.169.254:80").covers("169.254.169.254".parse().unwrap(), 80));
        assert!(!entry("[fd00::/8]:80").covers("fd00:ec2::254".parse().unwrap(), 80));
    }

    #[test]
    fn entries_print_as_they_are_written() {
        for text in ["127.0.0.1:9100", "10.0.0.0/8:443", "[::1]:80", "[fd00::/8]:443", "stub:9100"] {
            assert_eq!(entry(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_host_and_port_is_refused_with_the_mend() {
        for text in ["", "127.0.0.1", "stub", "stub:", "stub:0", "stub:99999", "stub:http"] {
            assert!(matches!(text.parse::<AllowedHost>(), Err(AllowError::NoPort(_))), "{text}");
        }
        for text in [
            ":80",
            "[::1:80",
            "10.0.0.0/99:80",
            "a b:80",
            "fd00::/8:443",
            "[10.0.0.1]:80",
            "*:80",
            "http://a:80",
        ] {
            assert!(matches!(text.parse::<AllowedHost>(), Err(AllowError::NoHost(_))), "{text}");
        }
    }
}
