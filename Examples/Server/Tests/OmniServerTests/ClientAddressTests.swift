import Testing

@testable import OmniServer

@Suite struct ClientAddressTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("::1", "::1"), ("local", "local"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8::9", "2001:db8:0:0::/64"), ("fe80::1", "fe80:0:0:0::/64"),
    ])
    func groups(address: String, group: String) { #expect(ClientAddress.group(address) == group) }

    @Test(arguments: [
        ("192.0.2.7", ["10.0.0.1"], "192.0.2.7"), ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7"], "192.0.2.7"), ("127.0.0.1", ["8.8.8.8, 192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["8.8.8.8", "192.0.2.7 , 10.0.0.2"], "192.0.2.7"), ("127.0.0.1", ["nobody"], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7, nobody"], "127.0.0.1"), ("127.0.0.1", ["10.0.0.2"], "127.0.0.1"),
    ])
    func behindProxies(peer: String, forwarded: [String], client: String) {
        #expect(
            ClientAddress.client(peer: peer, forwarded: forwarded, proxies: ["127.0.0.1", "10.0.0.2"]) == client)
    }

    /// A socket of both kinds shows IPv4 in IPv6, and an IPv6 address has many spellings.
    @Test(arguments: [
        ("127.0.0.1", "::ffff:127.0.0.1"), ("::ffff:127.0.0.1", "127.0.0.1"), ("::FFFF:7F00:1", "127.0.0.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
    ])
    func spellings(proxy: String, peer: String) {
        var configuration = ServerConfiguration()
        configuration.trustedProxies = [proxy]
        for forwarded in [["192.0.2.7"], ["192.0.2.7", peer]] {
            #expect(
                ClientAddress.client(peer: peer, forwarded: forwarded, proxies: configuration.trustedProxies)
                    == "192.0.2.7")
        }
        #expect(ClientAddress.canonical("local") == "local")
    }
}
