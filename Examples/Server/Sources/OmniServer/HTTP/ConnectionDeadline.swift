import NIOCore

/// The time by which a connection must have made progress. Pure: it is told the time.
///
/// A request head must be complete in time, and a request body must arrive at a least rate: a client that sends one
/// byte now and then would otherwise keep a descriptor for ever.
struct ConnectionDeadline {
    struct Limits: Sendable, Hashable {
        /// From the connection's begin to the end of its first request head, TLS included.
        var firstHead = TimeAmount.seconds(10)
        /// From the end of a response to the end of the next request head.
        var idle = TimeAmount.seconds(60)
        /// Time that a body has in any case.
        var bodyGrace = TimeAmount.seconds(10)
        /// Bytes a second of a body, once the grace is over.
        var leastBodyRate = 4096
        /// The longest time for a body.
        var body = TimeAmount.seconds(300)
    }

    private enum Phase {
        case head(until: NIODeadline)
        case body(since: NIODeadline, byteCount: Int)
        /// The client waits for the server.
        case none
        case closing(until: NIODeadline)
    }

    private let limits: Limits
    private var phase: Phase

    init(_ limits: Limits, now: NIODeadline) {
        self.limits = limits
        phase = .head(until: now + min(limits.firstHead, limits.idle))
    }

    /// `nil` while the client waits for the server.
    var deadline: NIODeadline? {
        switch phase {
        case .head(let until), .closing(let until): return until
        case .body(let since, let byteCount):
            let earned = TimeAmount.milliseconds(Int64(byteCount) * 1000 / Int64(limits.leastBodyRate))
            return since + min(limits.bodyGrace + earned, limits.body)
        case .none: return nil
        }
    }

    /// Whether a body is late, which the client is told.
    var isInBody: Bool { if case .body = phase { true } else { false } }

    mutating func headEnded(at now: NIODeadline) { phase = .body(since: now, byteCount: 0) }

    mutating func bodyCame(byteCount: Int) {
        if case .body(let since, let count) = phase { phase = .body(since: since, byteCount: count + byteCount) }
    }

    mutating func requestEnded() { phase = .none }

    /// All responses are sent: the next request may come.
    mutating func responsesEnded(at now: NIODeadline) { phase = .head(until: now + limits.idle) }

    mutating func closing(until deadline: NIODeadline) { phase = .closing(until: deadline) }
}
