import Foundation
import Synchronization

@testable import OmniHub

/// A hub on this machine, over real sockets: lists, files in Git, files of Git LFS behind a redirect to another host
/// name, ranges, and faults on purpose.
final class LoopbackHub: Sendable {
    /// A repository with one commit.
    struct Repository: Sendable {
        var commit = String(repeating: "a", count: 40)
        var revisions: Set<String> = ["main"]
        var files: [String: Content] = [:]
    }

    struct Content: Sendable {
        var bytes: [UInt8]
        var isLFS: Bool

        init(_ bytes: [UInt8], isLFS: Bool = true) {
            self.bytes = bytes
            self.isLFS = isLFS
        }

        init(_ text: String) { self.init(Array(text.utf8), isLFS: false) }

        var digest: HubDigest {
            let zeros = String(repeating: "0", count: isLFS ? 64 : 40)
            var digest = ContentDigest(like: isLFS ? .sha256(zeros) : .gitBlob(zeros), size: bytes.count)
            unsafe digest.add(bytes.span.bytes)
            return digest.finish()
        }
    }

    /// What goes wrong with a reply.
    enum Fault: Sendable {
        /// Another status, with headers.
        case status(Int, [String: String] = [:])
        /// The connection ends after so many bytes of the body.
        case cut(after: Int)
        /// The same, and ranges are ignored.
        case cutWhole(after: Int)
        /// Nothing more comes after so many bytes of the body.
        case stall(after: Int)
        /// A head whose lines come one by one, each after a pause.
        case slowHead(lineCount: Int, microseconds: UInt32)
        /// So many bytes, then a pause, and so on.
        case throttle(pieceByteCount: Int, microseconds: UInt32)
        /// A byte of the body is another.
        case corrupt(at: Int)
        /// This in place of what would be sent.
        case body([UInt8])
        /// Ranges are ignored.
        case noRanges
        /// Headers in place of those that would be sent.
        case headers([String: String])
    }

    struct Request: Sendable {
        var path: String
        var query: String
        var headers: [String: String]
        /// How many requests for this path came before.
        var repetition: Int

        var isForFile: Bool { path.contains("/resolve/") }
        var isForStore: Bool { path.hasPrefix("/store/") }
        var isForList: Bool { path.hasPrefix("/api/") }
    }

    private struct State {
        var repositories: [String: Repository]
        var requests: [Request] = []
        var sentByteCount = 0
    }

    let port: UInt16
    private let listener: Int32
    private let state: Mutex<State>
    private let fault: @Sendable (Request) -> Fault?

    /// Starts a hub.
    ///
    /// - Parameter fault: decides about each request.
    init(
        _ repositories: [String: Repository] = [:], fault: @escaping @Sendable (Request) -> Fault? = { _ in nil }
    ) throws {
        state = Mutex(State(repositories: repositories))
        self.fault = fault
        (listener, port) = try LoopbackSocket.listen()
        let listener = listener
        Thread.detachNewThread { [weak self] in
            while let connection = LoopbackSocket.accept(listener) {
                guard let self else { return LoopbackSocket.close(connection) }
                Thread.detachNewThread {
                    self.serve(connection)
                    LoopbackSocket.close(connection)
                }
            }
        }
    }

    deinit { LoopbackSocket.stop(listener) }

    var endpoint: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }
    /// Bytes of bodies that were sent.
    var sentByteCount: Int { state.withLock { $0.sentByteCount } }

    func update(_ change: (inout [String: Repository]) -> Void) { state.withLock { change(&$0.repositories) } }

    // MARK: Serving

    private func serve(_ connection: Int32) {
        guard let (path, query, headers) = LoopbackSocket.readRequest(connection) else { return }
        let (request, repositories) = state.withLock { state in
            let repetition = state.requests.count { $0.path == path }
            let request = Request(path: path, query: query, headers: headers, repetition: repetition)
            state.requests.append(request)
            return (request, state.repositories)
        }
        var reply = LoopbackResponse(request, repositories, port: port).reply
        let fault = fault(request)
        switch fault {
        case .noRanges, .cutWhole:
            var whole = request
            whole.headers["range"] = nil
            reply = LoopbackResponse(whole, repositories, port: port).reply
        default: break
        }
        send(reply, fault, connection)
    }

    private func send(_ reply: LoopbackResponse.Reply, _ fault: Fault?, _ connection: Int32) {
        var (reply, pieceByteCount, pause) = (reply, 1 << 16, UInt32(0))
        var lastByte = Int.max
        switch fault {
        case .status(let status, let headers):
            reply = LoopbackResponse.Reply(status: status, headers: headers, body: [])
        case .cut(let count), .cutWhole(let count), .stall(let count): lastByte = count
        case .throttle(let count, let microseconds): (pieceByteCount, pause) = (count, microseconds)
        case .corrupt(let index): if reply.body.indices.contains(index) { reply.body[index] ^= 1 }
        case .body(let bytes): reply.body = bytes
        case .headers(let headers): reply.headers.merge(headers) { $1 }
        case .slowHead(let lineCount, let microseconds):
            guard LoopbackSocket.send(Array("HTTP/1.1 200 -\r\n".utf8)[...], connection) else { return }
            for _ in 0..<lineCount {
                usleep(microseconds)
                guard LoopbackSocket.send(Array("a: b\r\n".utf8)[...], connection) else { return }
            }
        case .noRanges, nil: break
        }
        var head = "HTTP/1.1 \(reply.status) -\r\nContent-Length: \(reply.body.count)\r\nConnection: close\r\n"
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        guard LoopbackSocket.send(Array((head + "\r\n").utf8)[...], connection) else { return }
        var sent = 0
        while sent < min(reply.body.count, lastByte) {
            let piece = reply.body[sent..<min(sent + pieceByteCount, reply.body.count, lastByte)]
            guard LoopbackSocket.send(piece, connection) else { return }
            sent += piece.count
            state.withLock { $0.sentByteCount += piece.count }
            if pause > 0 { usleep(pause) }
        }
        if case .stall = fault { LoopbackSocket.waitForEnd(connection) }
    }
}
