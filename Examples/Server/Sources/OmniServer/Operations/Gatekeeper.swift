import Foundation
import HTTPTypes
import NIOCore
import Synchronization

/// Who may come in: keys, origins, and how much one client may ask for.
final class Gatekeeper: Sendable {
    private struct Client {
        var openCount = 0
        var tokens: Double
        var lastRefill: ContinuousClock.Instant
        let account = ClientAccount(.bodies)
    }

    private struct State {
        var clients: [String: Client] = [:]
        var isDraining = false
    }

    private let configuration: ServerConfiguration
    private let state = Mutex(State())
    /// The names with a dot under which the server is known, in lower case.
    private let hostNames: Set<String>

    /// Clients that are remembered; the idle ones are forgotten first.
    private static let maximumClientCount = 10_000

    init(_ configuration: ServerConfiguration) {
        self.configuration = configuration
        let machine = ProcessInfo.processInfo.hostName
        let origins = configuration.allowedOrigins.compactMap {
            $0.split(separator: "/").last.map { String($0).hostName }
        }
        let names = [configuration.host, machine, machine + ".local"] + configuration.allowedHosts + origins
        hostNames = Set(names.map { $0.lowercased() })
    }

    // MARK: Keys and origins

    /// - Parameter key: what the client shows; `nil` for nothing.
    /// - Throws: ``APIError/unauthorized``.
    func checkKey(_ key: String?) throws(APIError) {
        guard let expected = configuration.apiKey else { return }
        guard let key, Self.areEqual(Array(key.utf8), Array(expected.utf8)) else { throw .unauthorized }
    }

    /// Compares in a time that depends on the length of the client's key alone.
    static func areEqual(_ key: [UInt8], _ expected: [UInt8]) -> Bool {
        var difference = UInt8(truncatingIfNeeded: key.count == expected.count ? 0 : 1)
        for index in key.indices {
            difference |= key[index] ^ (expected.isEmpty ? 0 : expected[index % expected.count])
        }
        return difference == 0
    }

    /// Lets in requests for a name under which this server may be known: an address, a name without a dot, which no one
    /// can register, the machine's own name, and those that are allowed. Under any other name, a page of another site's
    /// would look like one of the server's as soon as that name leads here (DNS rebinding). A request without a name
    /// comes from no browser.
    ///
    /// - Throws: ``APIError/forbiddenHost``.
    func checkHost(_ host: String?) throws(APIError) {
        guard let host, !configuration.allowedOrigins.contains("*"), !configuration.allowedHosts.contains("*") else {
            return
        }
        let name = host.hostName
        if name.isEmpty || !name.contains(".") || name.isAddress || name.isLocalHost || hostNames.contains(name) {
            return
        }
        throw .forbiddenHost
    }

    /// Lets in programs, which name no origin, pages of the server's own, and those that are allowed.
    ///
    /// A server that listens to its own machine alone is known there by the machine's own names. Under any other, a
    /// page of another site would look like one of the server's as soon as that name leads here (DNS rebinding).
    ///
    /// - Throws: ``APIError/forbiddenOrigin``.
    func checkOrigin(_ origin: String?, host: String?) throws(APIError) {
        guard let origin else { return }
        if configuration.allowedOrigins.contains(origin) || configuration.allowedOrigins.contains("*") { return }
        guard let host, origin == "http://\(host)" || origin == "https://\(host)",
            host.isLocalHost || !configuration.host.isLocalHost
        else { throw .forbiddenOrigin }
    }

    // MARK: Amounts

    /// Counts a request or a connection of a client, until ``leave(_:)``.
    ///
    /// - Throws: ``APIError`` when it has too many, or the server is about to stop.
    func enter(_ client: String) throws(APIError) {
        let now = ContinuousClock.now
        try state.withLock { state throws(APIError) in
            guard !state.isDraining else { throw .draining }
            let perSecond = Double(configuration.maximumRequestsPerMinute) / 60
            let burst = Double(configuration.maximumRequestsPerMinute)
            var entry = state.clients[client] ?? Client(tokens: burst, lastRefill: now)
            entry.tokens = min(entry.tokens + (now - entry.lastRefill) / .seconds(1) * perSecond, burst)
            entry.lastRefill = now
            defer { state.clients[client] = entry }
            guard entry.openCount < configuration.maximumPerClient else {
                throw .tooMany("requests at once", retryAfter: .seconds(1))
            }
            guard entry.tokens >= 1 else {
                throw .tooMany("requests", retryAfter: .seconds((1 - entry.tokens) / perSecond))
            }
            entry.tokens -= 1
            entry.openCount += 1
            if state.clients.count > Self.maximumClientCount {
                state.clients = state.clients.filter { $0.value.openCount > 0 }
            }
        }
    }

    /// What the connections of a client share.
    func account(of client: String) -> ClientAccount {
        let now = ContinuousClock.now
        return state.withLock { state in
            let burst = Double(configuration.maximumRequestsPerMinute)
            let entry = state.clients[client] ?? Client(tokens: burst, lastRefill: now)
            state.clients[client] = entry
            return entry.account
        }
    }

    /// Requests under way and connections, of all clients.
    var openCount: Int { state.withLock { $0.clients.values.reduce(0) { $0 + $1.openCount } } }

    func leave(_ client: String) {
        state.withLock { state in state.clients[client]?.openCount -= 1 }
    }

    /// From now on no new client is admitted.
    func drain() { state.withLock { $0.isDraining = true } }

    var isDraining: Bool { state.withLock { $0.isDraining } }
}

extension String {
    /// Whether a host, with a port or without, is a name of this machine.
    var isLocalHost: Bool {
        if hasPrefix("[") || filter({ $0 == ":" }).count > 1 {
            return split(separator: "]").first?.trimmingPrefix("[") == "::1"
        }
        let name = hostName
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return name == "localhost" || name.hasSuffix(".localhost")
            || numbers.count == 4 && !numbers.contains(nil) && numbers[0] == 127
    }

    /// A host without its port, in lower case; without a dot at its end, which means nothing.
    var hostName: String {
        if hasPrefix("[") { return String(dropFirst().prefix { $0 != "]" }).lowercased() }
        let name = utf8.count { $0 == UInt8(ascii: ":") } == 1 ? prefix { $0 != ":" } : self[...]
        return (name.hasSuffix(".") ? name.dropLast() : name).lowercased()
    }

    /// Whether a host without a port is an IP address.
    var isAddress: Bool { (try? SocketAddress(ipAddress: self, port: 0)) != nil }

    /// The key of an `Authorization: Bearer …` field.
    var bearerKey: String? {
        let words = split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }

    /// The password of an `Authorization: Basic …` field, whatever the user's name is: what a browser asks for.
    var basicKey: String? {
        let words = split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "basic", let bytes = [UInt8](base64: String(words[1])),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return String(validating: bytes[(colon + 1)...], as: UTF8.self)
    }
}
