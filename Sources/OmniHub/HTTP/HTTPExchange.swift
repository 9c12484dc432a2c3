internal import Foundation
internal import Synchronization

/// A GET.
struct HTTPRequest: Sendable {
    var url: URL
    var headers: [String: String]
    /// Trusted certificates in place of the system's: a PEM file, a folder of such.
    var certificateFile: String?
    var certificateFolder: String?
    /// The longest time without news.
    var stallLimit: Duration
}

/// Status and headers of a reply.
struct HTTPHead: Sendable, Hashable {
    var status: Int
    private var fields: [String: String] = [:]

    init(status: Int) { self.status = status }

    /// A header, by its name in any case.
    subscript(name: String) -> String? {
        get { fields[name.lowercased()] }
        set { fields[name.lowercased()] = newValue }
    }

    /// The ETag without quotes and the mark of weakness; the hub's own for files that lie elsewhere.
    var entityTag: String? {
        (self["X-Linked-Etag"] ?? self["ETag"]).map { tag in
            var tag = Substring(tag)
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            return tag.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        }
    }

    var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) && self["Location"] != nil }
}

/// Takes a reply. Its functions are called one after the other on a thread that may block; an error ends the exchange.
protocol HTTPReceiver: Sendable {
    /// - Returns: whether the body is wanted.
    func receive(_ head: HTTPHead) throws -> Bool
    func receive(_ bytes: RawSpan) throws
}

/// Why an exchange did not come to its end.
struct HTTPFailure: Error, Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case unreachable, proxy, insecure, interrupted, stalled, unusable

        /// Whether trying again may help in the middle of a download.
        var mayPass: Bool {
            switch self {
            case .unreachable, .interrupted, .stalled: true
            case .proxy, .insecure, .unusable: false
            }
        }
    }

    let kind: Kind
    let reason: String
}

/// Sends requests. It follows no redirect.
protocol HTTPTransport: Sendable {
    /// - Throws: ``HTTPFailure``, the receiver's error, `CancellationError`.
    func get(_ request: HTTPRequest, into receiver: any HTTPReceiver) async throws
}

/// Tells a thread that the task it works for was cancelled.
final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    func cancel() { flag.store(true, ordering: .relaxed) }

    /// Runs blocking work on a thread outside the pool that tasks share.
    static func withThread<Result: Sendable>(
        of queue: DispatchQueue = .global(), _ body: @escaping @Sendable (CancellationFlag) throws -> Result
    ) async throws -> Result {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await withCheckedThrowingContinuation { continuation in
                queue.async { continuation.resume(with: Swift.Result { try body(flag) }) }
            }
        } onCancel: {
            flag.cancel()
        }
    }
}
