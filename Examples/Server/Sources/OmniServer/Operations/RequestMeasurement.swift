import HTTPTypes
import Metrics
import Synchronization

/// One request, from its head to the end of its response. It is counted once, also where its body is never sent, as
/// that of a response to `HEAD` is not. The names of the metrics are those of Hummingbird's own middleware.
final class RequestMeasurement: Sendable {
    /// The status of a request whose client has left before its response was complete. No client gets it.
    static let clientGone = 499

    private struct Outcome {
        var status: Int
        var route: String
    }

    private let method: String
    private let registry: MetricsRegistry
    private let begin = ContinuousClock.now
    private let active: Meter
    /// `nil` before there is a response, and once the request was counted.
    private let outcome = Mutex<Outcome?>(nil)

    init(_ method: HTTPRequest.Method, in registry: MetricsRegistry) {
        self.method = HTTPRequest.Method.standard.contains(method) ? method.rawValue : "_OTHER"
        self.registry = registry
        active = Meter(
            label: "http.server.active_requests", dimensions: [("http.request.method", self.method)], factory: registry)
        active.increment()
    }

    deinit {
        end()
        active.decrement()
    }

    /// There is a response; its body is still to be sent.
    func answer(status: Int, route: String) { outcome.withLock { $0 = Outcome(status: status, route: route) } }

    /// The response could not be sent to its end. A WebSocket has no other end than that its client leaves.
    func fail(status: Int) {
        outcome.withLock { if $0?.status != 101 { $0?.status = status } }
        end()
    }

    /// There is no response.
    func end(status: Int, route: String) {
        answer(status: status, route: route)
        end()
    }

    /// The response was sent.
    func end() {
        let ended = outcome.withLock { outcome in
            defer { outcome = nil }
            return outcome
        }
        if let ended { count(ended) }
    }

    private func count(_ outcome: Outcome) {
        let place = [("http.route", outcome.route), ("http.request.method", method)]
        let status = [("http.response.status_code", String(outcome.status))]
        Counter(label: "hb.requests", dimensions: place + status, factory: registry).increment()
        Timer(label: "http.server.request.duration", dimensions: place + status, factory: registry)
            .recordSeconds((ContinuousClock.now - begin).inSeconds)
        guard outcome.status >= 400 else { return }
        let error = [("error.type", String(outcome.status))]
        Counter(label: "hb.request.errors", dimensions: place + error, factory: registry).increment()
    }
}
