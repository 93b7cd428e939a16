package webhook

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// errInner is the error of a connection to an address that is not public.
var errInner = errors.New("the address is not a public one")

// internet is what IANA gives out for use on the internet. Other IPv6 addresses
// are a machine's or a network's own, or stand for an IPv4 address.
var internet = prefixes("0.0.0.0/0", "2000::/3")

// inner are the networks therein that no webhook may reach: what IANA's
// registries of special-purpose addresses have as not globally reachable, and
// what can stand for an IPv4 address (6to4, Teredo).
var inner = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// prefixes are parsed when first needed.
func prefixes(texts ...string) func() []netip.Prefix {
	return sync.OnceValue(func() []netip.Prefix {
		list := make([]netip.Prefix, len(texts))
		for i, text := range texts {
			list[i] = netip.MustParsePrefix(text)
		}
		return list
	})
}

// public reports whether the address is one of the internet's: global unicast,
// and in no network of another purpose. An IPv4 address written as an IPv6 one is
// none: nobody who means well has it. Nor is one with a zone, which no prefix
// contains.
func public(address netip.Addr) bool {
	return address.IsGlobalUnicast() && in(internet(), address) && !in(inner(), address)
}

func in(list []netip.Prefix, address netip.Addr) bool {
	for _, p := range list {
		if p.Contains(address) {
			return true
		}
	}
	return false
}

// publicOnly looks at the address that is about to be connected to, after every
// name was resolved: there is no time left for a name to change its mind.
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
		return fmt.Errorf("%s: %w", network, errInner)
	}
	return nil
}
