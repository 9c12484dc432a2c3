import Foundation
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Testing

@testable import OmniServer

/// One connection, without sockets and without a clock: bytes go in and come out, and the test takes the routes' place.
@Suite struct ConnectionHandlerTests {
    /// Stands where requests are taken from the channel, which is done when a read is complete.
    private final class Routes: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart
        private(set) var isDelivered = true

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            isDelivered = false
            context.fireChannelRead(data)
        }

        func channelReadComplete(context: ChannelHandlerContext) {
            isDelivered = true
            context.fireChannelReadComplete()
        }
    }

    private final class Connection {
        let channel = EmbeddedChannel()
        let handler: ConnectionHandler
        private(set) var isGone = false
        private let routes = Routes()

        /// Whether the routes have got all that was delivered to them.
        var isDelivered: Bool { routes.isDelivered }

        init(isReserve: Bool = false, wantsBody: Bool = true) throws {
            let encoder = HTTPResponseEncoder()
            var rules = ConnectionHandler.Rules()
            rules.asksForWebSocket = { $0.uri == "/v1/realtime" && WebSocketHandshake.isAsked($0) }
            rules.wantsBody = { _ in wantsBody }
            handler = ConnectionHandler(
                rules, isReserve: isReserve, encoder: encoder,
                clientGone: channel.eventLoop.makePromise(of: Void.self))
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(encoder)
            try pipeline.addHandler(handler.decoder)
            try pipeline.addHandler(handler)
            try pipeline.addHandler(routes)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            handler.clientGone.futureResult.assumeIsolated().whenComplete { _ in self.isGone = true }
        }

        deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

        func send(_ text: String) throws {
            try channel.writeInbound(ByteBuffer(string: text))
            channel.embeddedEventLoop.run()
        }

        /// What the routes get, in words.
        func requests() throws -> [String] {
            var parts: [String] = []
            while let part = try channel.readInbound(as: HTTPRequestPart.self) {
                switch part {
                case .head(let head): parts.append("\(head.method.rawValue) \(head.path ?? "")")
                case .body(let bytes): parts.append(String(buffer: bytes))
                case .end: parts.append("end")
                }
            }
            return parts
        }

        func respond(_ status: HTTPResponse.Status, _ text: String = "", hasLength: Bool = true) throws {
            let isEmpty = status == .switchingProtocols || !hasLength
            let fields: HTTPFields = isEmpty ? [:] : [.contentLength: "\(text.utf8.count)"]
            try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: status, headerFields: fields)))
            if !text.isEmpty { try channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: text))) }
            if status != .switchingProtocols { try channel.writeOutbound(HTTPResponsePart.end(nil)) }
            channel.embeddedEventLoop.run()
        }

        /// What the client gets.
        func received() throws -> String {
            var text = ""
            while let data = try channel.readOutbound(as: IOData.self) {
                if case .byteBuffer(let bytes) = data { text += String(buffer: bytes) }
            }
            return text
        }

        func pass(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

        var isOpen: Bool { channel.isActive }
    }

    private static let upgrade = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"

    @Test func requestsOfOneConnection() throws {
        let connection = try Connection()
        for _ in 0..<2 {
            try connection.send("POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
            #expect(try connection.requests() == ["POST /chat", "ab", "end"])
            try connection.respond(.ok, "cd")
            let text = try connection.received()
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix("\r\n\r\ncd") && !text.contains("close"))
        }
        connection.pass(.seconds(59))
        #expect(connection.isOpen)
        connection.pass(.seconds(2))
        #expect(!connection.isOpen && connection.isGone)
    }

    /// RFC 9110, 7.8: what is not known is not taken, and the connection goes on.
    @Test(arguments: ["h2c", "websocket", "TLS/1.0"]) func otherUpgradesAreIgnored(name: String) throws {
        let connection = try Connection()
        let upgrade = "Host: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: \(name)\r\n"
        // The second request comes with the first.
        try connection.send(
            "POST /chat HTTP/1.1\r\n\(upgrade)Content-Length: 2\r\n\r\nabGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try connection.requests() == ["POST /chat", "ab", "end", "GET /healthz", "end"])
        try connection.respond(.ok)
        try connection.respond(.ok)
        try connection.send("GET /healthz HTTP/1.1\r\n\(upgrade)\r\n")
        try connection.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try connection.requests() == ["GET /healthz", "end", "GET /readyz", "end"])
    }

    @Test func becomesATunnelAfterAnotherRequest() throws {
        let connection = try Connection()
        try connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try connection.requests() == ["GET /healthz", "end"])
        try connection.respond(.ok, "ok")
        _ = try connection.received()
        try connection.send("GET /v1/realtime HTTP/1.1\r\nHost: a\r\n\(Self.upgrade)\r\nearly")
        #expect(try connection.requests() == ["GET /v1/realtime"])
        try connection.respond(.switchingProtocols)
        #expect(try connection.received().hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
        try connection.send("bytes")
        #expect(connection.isDelivered)
        #expect(try connection.requests() == ["early", "bytes"])
        try connection.channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: "more")))
        #expect(try connection.channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "more"))
        // No deadline of HTTP's holds for it.
        connection.pass(.hours(1))
        #expect(connection.isOpen && !connection.isGone)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(connection.isDelivered)
        #expect(try connection.requests() == ["end"])
        // No one is left to read a last response.
        try connection.channel.writeOutbound(HTTPResponsePart.end(nil))
        connection.channel.embeddedEventLoop.run()
        #expect(!connection.isOpen)
    }

    /// A route never sees an upgrade that its connection will not make.
    @Test(arguments: [
        ("GET /v1/other HTTP/1.1", false), ("GET /v1/realtime HTTP/1.0", false), ("GET /v1/realtime HTTP/1.1", true),
    ])
    func upgradesThatAreNotMade(line: String, isMade: Bool) throws {
        let connection = try Connection()
        try connection.send("\(line)\r\nHost: a\r\n\(Self.upgrade)\r\n")
        let part = try connection.channel.readInbound(as: HTTPRequestPart.self)
        guard case .head(let head)? = part else {
            Issue.record("\(String(describing: part)) is no head")
            return
        }
        #expect((head.headerFields[.upgrade] != nil) == isMade)
    }

    @Test(arguments: [
        ("/v1/realtime", true), ("/v1/realtime?model=omni", true), ("/v1/realtime/", true), ("//v1//realtime", true),
        ("http://a:80/v1/realtime?x", true), ("/v1/realtime2", false), ("/v1", false), ("/", false), ("", false),
        ("/v1/realtime/x", false), ("/?/v1/realtime", false),
    ])
    func pathsOfWebSockets(target: String, isPath: Bool) { #expect(RealtimeGate.isPath(target) == isPath) }

    @Test func refusedUpgradesAreAnswered() throws {
        let connection = try Connection()
        try connection.send("GET /v1/realtime HTTP/1.1\r\nHost: a\r\n\(Self.upgrade)\r\n")
        #expect(try connection.requests() == ["GET /v1/realtime"])
        try connection.respond(.unauthorized, "no")
        #expect(connection.isDelivered)
        let text = try connection.received()
        #expect(text.hasPrefix("HTTP/1.1 401 Unauthorized\r\n") && text.contains("connection: close"))
        connection.pass(.seconds(3))
        #expect(!connection.isOpen)
    }

    @Test(
        arguments: [
            ("\u{16}\u{3}\u{1}\r\n\r\n", 400), ("GET\r\n\r\n", 400), ("GET / HTTP/9.9\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nOrigin: \(StreamSafeTextTests.marks.prefixOfBytes(12_000))\r\n\r\n", 400),
            ("GET /\(String(repeating: "a", count: 5000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
            ("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\na: \(String(repeating: "b", count: 100_000))\r\n\r\n", 431),
            ("GET / HTTP/1.1\r\n\(String(repeating: "a: b\r\n", count: 5000))\r\n", 431),
            ("POST /chat HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ], [0, 1, 2])
    func whatIsNoRequest(_ test: (text: String, status: Int), behind requestCount: Int) throws {
        let (text, status) = test
        let connection = try Connection()
        for _ in 0..<requestCount { try connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n") }
        try? connection.send(text)
        if requestCount > 0 { #expect(try connection.received() == "") }
        for _ in 0..<requestCount { try connection.respond(.ok, "ok") }
        // The responses to requests come first.
        let responses = try connection.received().components(separatedBy: "HTTP/1.1 ").dropFirst()
        #expect(responses.count == requestCount + 1)
        #expect(responses.dropLast().allSatisfy { $0.hasPrefix("200 OK") && !$0.contains("close") })
        let received = "HTTP/1.1 " + (responses.last ?? "")
        #expect(received.hasPrefix("HTTP/1.1 \(status) ") && received.contains("\"error\""), "\(received)")
        #expect(received.lowercased().contains("x-content-type-options: nosniff"))
        connection.pass(.seconds(3))
        #expect(!connection.isOpen && connection.isGone)
    }

    @Test func expectations() throws {
        let head = "POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n"
        let connection = try Connection()
        try connection.send(head)
        #expect(try connection.received() == "HTTP/1.1 100 Continue\r\n\r\n")
        try connection.send("ab")
        #expect(try connection.requests() == ["POST /chat", "ab", "end"])
        try connection.respond(.ok)
        #expect(try connection.received().hasPrefix("HTTP/1.1 200 OK"))
        let refused = try Connection(wantsBody: false)
        try refused.send(head)
        #expect(try refused.received() == "")
        try refused.respond(.unauthorized)
        #expect(try refused.received().contains("connection: close"))
    }

    /// A body is not waited for when its request was refused.
    @Test(arguments: [
        (HTTPResponse.Status.unauthorized, ""), (.forbidden, ""), (.contentTooLarge, ""), (.tooManyRequests, ""),
        (.notFound, "late"), (.ok, "late"),
    ])
    func closesAfterRefusals(status: HTTPResponse.Status, late: String) throws {
        let connection = try Connection()
        try connection.send("POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nab")
        try connection.respond(status, "no")
        #expect(try connection.received().contains("connection: close"))
        _ = try connection.requests()
        // What the client sent on its way is read and dropped.
        try connection.send("cd")
        #expect(try connection.requests() == [])
        connection.pass(.seconds(3))
        #expect(!connection.isOpen && connection.isGone)
    }

    @Test func slowBodies() throws {
        let connection = try Connection()
        try connection.send("POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
        for _ in 0..<3 {
            connection.pass(.seconds(3))
            try connection.send("a")
        }
        #expect(try connection.received() == "")
        connection.pass(.seconds(2))
        #expect(try connection.received().hasPrefix("HTTP/1.1 408 "))
        connection.pass(.seconds(3))
        #expect(!connection.isOpen && connection.isGone)
    }

    @Test func slowHeads() throws {
        let connection = try Connection()
        for character in "GET / HTT" {
            try connection.send(String(character))
            connection.pass(.seconds(1))
        }
        #expect(connection.isOpen)
        connection.pass(.seconds(2))
        #expect(!connection.isOpen)
    }

    /// Over the limit of connections a client may ask for the server's health, once.
    @Test func reserve() throws {
        let health = try Connection(isReserve: true)
        try health.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try health.requests() == ["GET /healthz", "end"])
        try health.respond(.ok, "ok")
        #expect(try health.received().contains("connection: close"))
        let other = try Connection(isReserve: true)
        try other.send("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try other.requests() == [] && other.received().hasPrefix("HTTP/1.1 503 "))
        let silent = try Connection(isReserve: true)
        silent.pass(.seconds(3))
        #expect(!silent.isOpen)
    }

    /// A client that closes its side has gone; its request's work can stop.
    @Test func clientsThatGo() throws {
        let connection = try Connection()
        try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(!connection.isGone)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(connection.isGone)
        let idle = try Connection()
        idle.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!idle.isOpen)
    }

    @Test func httpOfOldCloses() throws {
        let connection = try Connection()
        try connection.send("GET / HTTP/1.0\r\n\r\n")
        _ = try connection.requests()
        try connection.respond(.ok, "ok")
        let text = try connection.received()
        #expect(text.hasPrefix("HTTP/1.0 200") && text.contains("connection: close") && !text.contains("chunked"))
        connection.pass(.seconds(3))
        #expect(!connection.isOpen)
    }

    /// A client of HTTP/1.0 that asks for it keeps its connection, as long as it can see where a body ends.
    @Test(arguments: [true, false]) func httpOfOldMayGoOn(hasLength: Bool) throws {
        let connection = try Connection()
        try connection.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        _ = try connection.requests()
        try connection.respond(.ok, "ok", hasLength: hasLength)
        let text = try connection.received()
        #expect(text.hasPrefix("HTTP/1.0 200") && text.hasSuffix("\r\n\r\nok"), "\(text)")
        #expect(text.contains("connection: \(hasLength ? "keep-alive" : "close")\r\n"), "\(text)")
        connection.pass(.seconds(3))
        #expect(connection.isOpen == hasLength)
    }
}

extension String {
    /// So many bytes of a text, or a few less.
    fileprivate func prefixOfBytes(_ count: Int) -> String { String(decoding: utf8.prefix(count), as: UTF8.self) }
}
