import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import OmniServer

/// Requests are counted by what their clients got.
@Suite struct RequestMetricsTests {
    private struct Failure: Error {}

    /// Takes a body, up to a piece that no client reads.
    private struct Writer: ResponseBodyWriter {
        var failure: (any Error)?
        var failureAtEnd: (any Error)?

        mutating func write(_ buffer: ByteBuffer) async throws {
            if let failure { throw failure }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
            if let failureAtEnd { throw failureAtEnd }
        }
    }

    private let registry = MetricsRegistry()

    /// Sends one request through the routes of a server.
    private func send(
        _ path: String, _ method: HTTPRequest.Method = .get, failure: (any Error)? = nil,
        failureAtEnd: (any Error)? = nil, isOpen: Bool = true
    ) async throws {
        let channel = NIOAsyncTestingChannel()
        if isOpen { try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get() }
        let routes = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
        let router = MethodRecorder(routes)
        router.add(middleware: RequestMetricsMiddleware(registry: registry))
        router.add(middleware: ErrorMiddleware(maximumRequestBytes: 1))
        router.get("/here") { _, _ in Response(text: "here") }
        router.get("/stream") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "here"))
                    try await writer.finish(nil)
                })
        }
        router.get("/full") { _, _ -> Response in throw APIError.full(retryAfter: .seconds(1)) }
        router.get("/broken") { _, _ -> Response in throw Failure() }
        router.get("/left") { _, _ -> Response in throw CancellationError() }
        router.get("/socket") { _, _ in
            Response(status: .switchingProtocols, body: ResponseBody { try await $0.write(ByteBuffer()) })
        }
        router.refuseOtherMethods()
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "a", path: path),
            body: RequestBody(buffer: ByteBuffer()))
        let source = ApplicationRequestContextSource(channel: channel, logger: Logger(label: ""))
        let response = try await routes.buildResponder().respond(to: request, context: ServerContext(source: source))
        if method != .head { try await response.body.write(Writer(failure: failure, failureAtEnd: failureAtEnd)) }
    }

    private func requests(_ status: Int, _ route: String, _ method: String = "GET") throws -> Double? {
        let labels = #"http_request_method="\#(method)",http_response_status_code="\#(status)",http_route="\#(route)""#
        return try PrometheusPage(registry.page(and: []))["hb_requests{\(labels)}"]
    }

    private func errors(_ status: Int, _ route: String, _ method: String = "GET") throws -> Double? {
        let labels = #"error_type="\#(status)",http_request_method="\#(method)",http_route="\#(route)""#
        return try PrometheusPage(registry.page(and: []))["hb_request_errors{\(labels)}"]
    }

    @Test func statuses() async throws {
        try await send("/here")
        try await send("/here", .head)
        try await send("/full")
        try await send("/broken")
        try await send("/nothing")
        try await send("/here", .post)
        #expect(try requests(200, "/here") == 1 && errors(200, "/here") == nil)
        // No one sends the body of this one.
        #expect(try requests(200, "/here", "HEAD") == 1)
        #expect(try requests(503, "/full") == 1 && errors(503, "/full") == 1)
        #expect(try requests(500, "/broken") == 1 && errors(500, "/broken") == 1)
        #expect(try requests(404, "NotFound") == 1 && errors(404, "NotFound") == 1)
        #expect(try requests(405, "/here", "POST") == 1 && errors(405, "/here", "POST") == 1)
        let page = try PrometheusPage(registry.page(and: []))
        let active = page.values.filter { $0.key.hasPrefix("http_server_active_requests") }
        #expect(!active.isEmpty && active.allSatisfy { $0.value == 0 })
        #expect(page.values.filter { $0.key.hasPrefix("hb_request_errors") }.count == 4)
    }

    /// Who hangs up is no error of the server's.
    @Test func clientsThatLeave() async throws {
        await #expect(throws: CancellationError.self) { try await send("/left") }
        #expect(try requests(499, "/left") == 1 && requests(500, "/left") == nil)
        await #expect(throws: ChannelError.self) {
            try await send("/here", failure: ChannelError.ioOnClosedChannel, isOpen: false)
        }
        #expect(try requests(499, "/here") == 1 && errors(499, "/here") == 1 && requests(200, "/here") == nil)
        // A reply that breaks off is one.
        await #expect(throws: Failure.self) { try await send("/here", failure: Failure()) }
        #expect(try requests(500, "/here") == 1)
        // A WebSocket ends when its client goes.
        await #expect(throws: ChannelError.self) {
            try await send("/socket", failure: ChannelError.ioOnClosedChannel, isOpen: false)
        }
        #expect(try requests(101, "/socket") == 1 && errors(101, "/socket") == nil)
    }

    /// A client that has as many bytes as the head promises has all, and may close the connection.
    @Test func clientsThatHaveAll() async throws {
        await #expect(throws: ChannelError.self) {
            try await send("/here", failureAtEnd: ChannelError.ioOnClosedChannel, isOpen: false)
        }
        #expect(try requests(200, "/here") == 1 && requests(499, "/here") == nil)
        // Of a stream, it cannot know.
        await #expect(throws: ChannelError.self) {
            try await send("/stream", failureAtEnd: ChannelError.ioOnClosedChannel, isOpen: false)
        }
        #expect(try requests(499, "/stream") == 1 && requests(200, "/stream") == nil)
    }

    /// A client may make up methods: they are one series.
    @Test func methods() async throws {
        for name in ["A", "B"] {
            try await send("/here", try #require(HTTPRequest.Method(rawValue: name)))
        }
        #expect(try requests(404, "NotFound", "_OTHER") == 2)
    }
}
