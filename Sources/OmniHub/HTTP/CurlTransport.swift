#if !canImport(Darwin)
    internal import COmniHub
    internal import Foundation
    internal import Synchronization

    /// HTTP through the system's libcurl, loaded with the first request. FoundationNetworking uses the same library,
    /// but would bind every program that contains Omni to it, hands over bodies faster than a disk may take them, and
    /// knows no `SSL_CERT_FILE`. Here the receiver is called on the thread that reads the socket, so a slow disk slows
    /// the sender down and nothing is piled up.
    final class CurlTransport: HTTPTransport {
        private let queue = DispatchQueue(label: "omni.hub", attributes: .concurrent)
        /// Handles with open connections that no exchange uses.
        private let idle = Mutex<[CurlHandle]>([])

        func get(_ request: HTTPRequest, into receiver: any HTTPReceiver) async throws {
            try await CancellationFlag.withThread(of: queue) { flag in
                guard let handle = self.idle.withLock({ $0.popLast() }) ?? CurlHandle() else { throw Self.noLibrary }
                defer { self.idle.withLock { $0.append(handle) } }
                try self.exchange(request, handle, Reception(receiver, flag))
            }
        }

        private func exchange(_ request: HTTPRequest, _ handle: CurlHandle, _ reception: Reception) throws {
            let lines = request.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            let result = unsafe withCStrings(lines) { headers in
                unsafe withCStrings([request.url.absoluteString, request.certificateFile, request.certificateFolder]) {
                    texts in
                    let milliseconds = max(1, Int((request.stallLimit / Duration.milliseconds(1)).rounded()))
                    var request = unsafe omni_http_request(
                        url: texts[0], headers: headers.baseAddress, certificate_file: texts[1],
                        certificate_folder: texts[2], stall_milliseconds: milliseconds)
                    var handler = unsafe omni_http_handler(
                        context: Unmanaged.passUnretained(reception).toOpaque(),
                        head: { unsafe Reception.of($0).takeHead($1, $2) },
                        body: { unsafe Reception.of($0).takeBody($1, $2) },
                        wants_more: { unsafe !Reception.of($0).flag.isCancelled })
                    return withExtendedLifetime(reception) {
                        unsafe omni_http_get(handle.http, &request, &handler)
                    }
                }
            }
            if let error = reception.error { throw error }
            switch result.outcome {
            case omni_http_complete: return
            case omni_http_stopped:
                // The receiver wants no body, or the task was cancelled.
                if reception.flag.isCancelled { throw CancellationError() }
            case omni_http_stalled: throw HTTPFailure(kind: .stalled, reason: "nothing came")
            case omni_http_no_library: throw Self.noLibrary
            default: throw Self.failure(result)
            }
        }

        private static let noLibrary = HTTPFailure(
            kind: .unusable, reason: "libcurl 7.66 or later is not installed (on Debian: apt-get install libcurl4)")

        /// Sorts libcurl's codes.
        private static func failure(_ result: omni_http_result) -> HTTPFailure {
            let reason = unsafe withUnsafeBytes(of: result.message) {
                unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let kind: HTTPFailure.Kind =
                switch result.code {
                case 5, 97: .proxy
                case 56 where reason.contains("CONNECT"): .proxy
                case 6, 7: .unreachable
                case 28: .stalled
                case 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91: .insecure
                case 1, 3, 4, 27, 43, 48: .unusable
                default: .interrupted
                }
            return HTTPFailure(kind: kind, reason: reason)
        }
    }

    /// Open connections of libcurl.
    /// `@unchecked Sendable` is sound because a handle is either idle or in the hands of one exchange, which uses it on
    /// one thread; taking it out of the idle ones and putting it back is synchronised.
    @safe
    private final class CurlHandle: @unchecked Sendable {
        let http: OpaquePointer

        /// - Returns: `nil` without libcurl.
        init?() {
            guard let http = unsafe omni_http_create() else { return nil }
            unsafe self.http = http
        }

        deinit { unsafe omni_http_destroy(http) }
    }

    /// What a handler's context points to: passes lines and bytes on to a receiver and keeps its error.
    private final class Reception {
        let flag: CancellationFlag
        private(set) var error: (any Error)?
        private let receiver: any HTTPReceiver
        private var parser = HTTPHeadParser()
        private var wantsBody = false

        init(_ receiver: any HTTPReceiver, _ flag: CancellationFlag) {
            self.receiver = receiver
            self.flag = flag
        }

        @unsafe
        static func of(_ context: UnsafeMutableRawPointer?) -> Reception {
            guard let context = unsafe context else { preconditionFailure("a handler without its context") }
            return unsafe Unmanaged<Reception>.fromOpaque(context).takeUnretainedValue()
        }

        @unsafe
        func takeHead(_ line: UnsafePointer<CChar>?, _ byteCount: Int) -> Bool {
            attempt {
                let bytes = unsafe UnsafeRawBufferPointer(start: line, count: byteCount)
                guard let head = try parser.read(unsafe String(decoding: bytes, as: UTF8.self)) else { return true }
                wantsBody = try receiver.receive(head)
                return true
            }
        }

        @unsafe
        func takeBody(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> Bool {
            attempt {
                guard wantsBody, !flag.isCancelled else { return false }
                guard let start = unsafe start else { return true }
                try receiver.receive(unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: byteCount))
                return true
            }
        }

        private func attempt(_ body: () throws -> Bool) -> Bool {
            guard error == nil else { return false }
            do {
                return try body()
            } catch {
                self.error = error
                return false
            }
        }
    }

    /// Calls `body` with texts as C has them; `nil` stays `nil`, and a null pointer ends them.
    private func withCStrings<Result>(
        _ texts: [String?], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = unsafe texts.map { text in unsafe text.flatMap { unsafe strdup($0) } }
        defer { unsafe copies.forEach { unsafe free($0) } }
        let pointers = unsafe copies.map { unsafe $0.map { unsafe UnsafePointer($0) } } + [nil]
        return unsafe pointers.withUnsafeBufferPointer { unsafe body($0) }
    }
#endif
