package webhook

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// errNotPublic is the error of an attempt to connect to an address that is not public.
var errNotPublic = errors.New("the address is not public")

// internet holds the ranges that IANA assigns for the internet. IPv6 addresses outside
// them are local to a machine or a network, or embed an IPv4 address.
var internet = prefixes("0.0.0.0/0", "2000::/3")

// specialPurpose holds the networks within internet that no webhook may reach. Either
// IANA's registries of special-purpose addresses list them as not globally reachable, or
// they embed IPv4 addresses (6to4, Teredo).
var specialPurpose = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// prefixes returns a function that parses the prefixes at its first call.
func prefixes(texts ...string) func() []netip.Prefix {
	return sync.OnceValue(func() []netip.Prefix {
		list := make([]netip.Prefix, len(texts))
		for i, text := range texts {
			list[i] = netip.MustParsePrefix(text)
		}
		return list
	})
}

// public reports whether the address is global unicast and not in a special-purpose
// network. It returns false for an IPv4-mapped IPv6 address, which legitimate receivers
// do not have, and for an address with a zone, which no prefix contains.
func public(address netip.Addr) bool {
	return address.IsGlobalUnicast() && containsAddress(internet(), address) && !containsAddress(specialPurpose(), address)
}

func containsAddress(list []netip.Prefix, address netip.Addr) bool {
	for _, p := range list {
		if p.Contains(address) {
			return true
		}
	}
	return false
}

// publicOnly checks the address after name resolution and right before the connection. So
// a name cannot be made to resolve to another address in between.
func publicOnly(network, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return err
	}
	if !public(ip) {
		return fmt.Errorf("%s: %w", network, errNotPublic)
	}
	return nil
}
