import NIOCore

/// The address that stands for one client.
enum ClientAddress {
    /// The one spelling of an address: IPv4 in IPv6 is IPv4, as which a socket of both kinds shows it. What is no
    /// address stays as it is.
    static func canonical(_ address: String) -> String {
        guard let parsed = try? SocketAddress(ipAddress: address, port: 0) else { return address }
        guard case .v6 = parsed else { return parsed.ipAddress ?? address }
        let words = parsed.words
        guard words[0...4] == [0, 0, 0, 0, 0], words[5] == 0xFFFF else { return parsed.ipAddress ?? address }
        return "\(words[6] >> 8).\(words[6] & 255).\(words[7] >> 8).\(words[7] & 255)"
    }

    /// The address under which a client is counted: an IPv6 client has a whole network of 64 bits, and IPv4 in IPv6 is
    /// IPv4.
    static func group(_ address: String) -> String {
        let address = canonical(address)
        guard let parsed = try? SocketAddress(ipAddress: address, port: 0), case .v6 = parsed else { return address }
        let words = parsed.words
        // The own machine is one client, not a network.
        guard words[0...3] != [0, 0, 0, 0] else { return address }
        return words[0...3].map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }

    /// The client of a request: the peer of the connection, or, where that is a proxy which the server trusts, the last
    /// address that the proxy names and that is no such proxy itself. Names that a client puts there for itself stand
    /// before it, and count for nothing.
    ///
    /// - Parameters:
    ///   - peer: the address at the other end of the connection.
    ///   - forwarded: `X-Forwarded-For`, all of its fields.
    ///   - proxies: addresses that are trusted, each in its ``canonical(_:)`` spelling.
    static func client(peer: String, forwarded: [String], proxies: Set<String>) -> String {
        guard proxies.contains(canonical(peer)) else { return group(peer) }
        let named = forwarded.joined(separator: ",").split(separator: ",")
        for name in named.reversed() {
            let address = name.filter { $0 != " " && $0 != "\t" }
            guard (try? SocketAddress(ipAddress: address, port: 0)) != nil else { break }
            if !proxies.contains(canonical(address)) { return group(address) }
        }
        return group(peer)
    }
}

extension SocketAddress {
    /// The eight words of an IPv6 address.
    fileprivate var words: [UInt16] {
        guard let text = ipAddress, let address = text.split(separator: "%").first else { return Self.padded([]) }
        let halves = String(address).halves(around: "::").map { $0.split(separator: ":").flatMap(Self.words) }
        guard halves.count == 2 else { return Self.padded(halves[0]) }
        let zeros = Array(repeating: UInt16(0), count: max(8 - halves[0].count - halves[1].count, 0))
        return Self.padded(halves[0] + zeros + halves[1])
    }

    private static func padded(_ words: [UInt16]) -> [UInt16] {
        Array((words + Array(repeating: 0, count: 8)).prefix(8))
    }

    /// One group, or an IPv4 address at the end.
    private static func words(_ group: Substring) -> [UInt16] {
        let bytes = group.split(separator: ".").compactMap { UInt16($0) }
        guard bytes.count == 4 else { return [UInt16(group, radix: 16) ?? 0] }
        return [bytes[0] << 8 | bytes[1], bytes[2] << 8 | bytes[3]]
    }
}

extension String {
    /// The text before and after a separator; all of it where there is none.
    fileprivate func halves(around separator: String) -> [Substring] {
        guard let range = firstRange(of: separator) else { return [self[...]] }
        return [self[..<range.lowerBound], self[range.upperBound...]]
    }
}

extension Channel {
    /// The address at the other end, without a port.
    var peerAddress: String { remoteAddress?.ipAddress ?? "local" }
}
