import NIOCore
import Synchronization

/// The open connections: how many there may be, of all clients and of one client address.
///
/// A connection over a limit is not closed at once: it may ask for the server's health, nothing else, in a short time.
/// Of those there are few, and a new one takes the place of the oldest, so that a health check always gets through.
final class ConnectionTable: Sendable {
    enum Admission: Sendable {
        case regular
        /// Over a limit: for the server's health only.
        case reserve
    }

    struct Limits: Sendable, Hashable {
        var total = 1024
        var perClient = 128
        var reserve = 32
    }

    private struct State {
        var count = 0
        var clients: [String: Int] = [:]
        /// The oldest first.
        var reserve: [(id: ObjectIdentifier, close: @Sendable () -> Void)] = []
    }

    private let limits: Limits
    private let state = Mutex(State())

    init(_ limits: Limits) { self.limits = limits }

    /// Open connections, without the reserve.
    var count: Int { state.withLock { $0.count } }

    /// Counts a connection, until ``leave(_:client:admission:)``.
    ///
    /// - Parameters:
    ///   - client: the address; `nil` for a proxy, which stands for many clients.
    ///   - close: closes the connection, when its place in the reserve is needed.
    func enter(
        _ id: ObjectIdentifier, client: String?, close: @escaping @Sendable () -> Void
    ) -> Admission {
        let (admission, oldest) = state.withLock { state -> (Admission, (@Sendable () -> Void)?) in
            let isWithinClient = client.map { state.clients[$0, default: 0] < limits.perClient } ?? true
            guard state.count < limits.total, isWithinClient else {
                state.reserve.append((id, close))
                guard state.reserve.count > limits.reserve else { return (.reserve, nil) }
                return (.reserve, state.reserve.removeFirst().close)
            }
            state.count += 1
            if let client { state.clients[client, default: 0] += 1 }
            return (.regular, nil)
        }
        oldest?()
        return admission
    }

    func leave(_ id: ObjectIdentifier, client: String?, admission: Admission) {
        state.withLock { state in
            switch admission {
            case .reserve: state.reserve.removeAll { $0.id == id }
            case .regular:
                state.count -= 1
                guard let client, let count = state.clients[client] else { return }
                state.clients[client] = count > 1 ? count - 1 : nil
            }
        }
    }
}
