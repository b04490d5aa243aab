//! Which addresses are public. Everything that is not plainly public unicast is refused, so a range that is assigned
//! tomorrow is refused today.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not dialled; `None` for a public one.
///
/// An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4, Teredo) is refused whatever it embeds: no name
/// of a public API answers so, and the embedded address would escape the table.
pub fn refusal(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => refusal_v4(address),
        IpAddr::V6(address) => refusal_v6(address),
    }
}

/// Whether cloud machines serve their credentials there. Such an address needs an entry of its own in the operator's
/// list; a network that contains it is not enough.
pub fn is_metadata(address: IpAddr) -> bool {
    METADATA.contains(&address)
}

/// AWS, Azure, Google, DigitalOcean, OpenStack and others; AWS tasks; Azure's wire server; Alibaba; Oracle; AWS over IPv6; Google over IPv6.
const METADATA: [IpAddr; 8] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// IANA IPv4 special-purpose address registry; the two AS112 blocks and AMT are left open, being public services.
const V4: [(Ipv4Addr, u32, &str); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8, "an unspecified address"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "a private address"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "a carrier's private address"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "a loopback address"),
    (Ipv4Addr::new(168, 63, 129, 16), 32, "a metadata address"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "a link-local address"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "a private address"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "a reserved address"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "a documentation address"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "a reserved address"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "a private address"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "a benchmarking address"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "a documentation address"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "a documentation address"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "a multicast address"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "a reserved address"),
];

/// IANA IPv6 special-purpose address registry. The first match names the reason; what is left outside global
/// unicast (2000::/3) is refused below.
const V6: [(Ipv6Addr, u32, &str); 16] = [
    (Ipv6Addr::UNSPECIFIED, 128, "an unspecified address"),
    (Ipv6Addr::LOCALHOST, 128, "a loopback address"),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, "an IPv4 address inside IPv6"),
    (Ipv6Addr::UNSPECIFIED, 96, "an IPv4 address inside IPv6"),
    (Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96, "an IPv4 address inside IPv6"),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 32, "an IPv4 address inside IPv6"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, "an IPv4 address inside IPv6"),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "an IPv4 address inside IPv6"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "a reserved address"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "a documentation address"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "a documentation address"),
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16, "a reserved address"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "a private address"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "a link-local address"),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "a private address"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "a multicast address"),
];

fn refusal_v4(address: Ipv4Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    V4.iter()
        .find(|(base, length, _)| (bits ^ base.to_bits()) >> (32 - length) == 0)
        .map(|(_, _, reason)| *reason)
}

fn refusal_v6(address: Ipv6Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    V6.iter()
        .find(|(base, length, _)| (bits ^ base.to_bits()) >> (128 - length) == 0)
        .map(|(_, _, reason)| *reason)
        .or_else(|| is_isatap(bits).then_some("an IPv4 address inside IPv6"))
        .or_else(|| (bits >> 125 != 0b001).then_some("a reserved address"))
}

/// RFC 5214 §6.1: an IPv4 address in the low half, under any prefix.
fn is_isatap(bits: u128) -> bool {
    matches!((bits >> 32) & 0xffff_ffff, 0x0000_5efe | 0x0200_5efe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(address: &str) -> bool {
        refusal(address.parse().unwrap()).is_some()
    }

    #[test]
    fn public_addresses_are_dialled() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "11.0.0.0",
        ] {
            assert!(!refused(address), "{address}");
        }
        for address in ["2606:4700::1111", "2a00:1450:4009::200e", "2620:0:1::1", "2001:4860:4860::8888"] {
            assert!(!refused(address), "{address}");
        }
    }

    #[test]
    fn both_ends_of_each_range_are_refused() {
        for (base, length, _) in V4 {
            let host_bits = u32::MAX.checked_shr(length).unwrap_or(0);
            assert!(refusal_v4(base).is_some(), "{base}");
            assert!(refusal_v4(Ipv4Addr::from_bits(base.to_bits() | host_bits)).is_some(), "{base}/{length}");
        }
        for (base, length, _) in V6 {
            let host_bits = u128::MAX.checked_shr(length).unwrap_or(0);
            assert!(refusal_v6(base).is_some(), "{base}");
            assert!(refusal_v6(Ipv6Addr::from_bits(base.to_bits() | host_bits)).is_some(), "{base}/{length}");
        }
    }

    #[test]
    fn metadata_addresses_are_refused() {
        for address in METADATA {
            assert!(refusal(address).is_some(), "{address}");
        }
    }

    proptest! {
        /// The standard library's own words about addresses, where it has them, as a second opinion.
        #[test]
        fn nothing_the_standard_library_calls_special_is_public(bits: u32) {
            let address = Ipv4Addr::from_bits(bits);
            let special = address.is_private() || address.is_loopback() || address.is_link_local() || address.is_multicast()
                || address.is_broadcast() || address.is_documentation() || address.is_unspecified();
            if special {
                prop_assert!(refusal_v4(address).is_some());
            }
        }

        #[test]
        fn ipv4_inside_ipv6_is_refused_in_each_form(bits: u32) {
            let low = u128::from(bits);
            let forms = [low, 0xffff << 32 | low, 0x64_ff9b << 96 | low, 0x2002 << 112 | low << 80, 0x2001 << 112 | low];
            for form in forms {
                prop_assert!(refusal_v6(Ipv6Addr::from_bits(form)).is_some());
            }
        }

        #[test]
        fn only_global_unicast_is_public(bits: u128) {
            if bits >> 125 != 1 {
                prop_assert!(refusal_v6(Ipv6Addr::from_bits(bits)).is_some());
            }
        }
    }
}
