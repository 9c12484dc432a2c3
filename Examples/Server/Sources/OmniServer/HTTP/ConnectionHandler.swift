import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// What is between HTTP's bytes and the server's routes on one connection: deadlines, `Expect`, upgrades, requests that
/// are no HTTP, and the end of the connection.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    struct Rules: Sendable {
        var limits = ConnectionDeadline.Limits()
        /// Whether a request asks to become a WebSocket where there is one. Any other `Upgrade` is ignored (RFC 9110,
        /// 7.8).
        var asksForWebSocket: @Sendable (HTTPRequestHead) -> Bool = { _ in false }
        /// Whether a client that expects `100 Continue` gets it: not when its request will be refused anyway.
        var wantsBody: @Sendable (HTTPRequestHead) -> Bool = { _ in true }
    }

    /// A request whose response was not sent to its end.
    private struct Exchange {
        let version: HTTPVersion
        /// Its end is held back: after a response of 101 there is none before the connection's.
        let asksForWebSocket: Bool
        /// The decoder stops after any request with an upgrade, taken or not.
        let stopsDecoder: Bool
        /// The connection ends with this response.
        var closes: Bool
        var isComplete = false
        var isAnswered = false
    }

    private enum Phase {
        case http
        /// The bytes of a WebSocket.
        case tunnel
        /// The last response was sent: what still comes is dropped.
        case closing
    }

    /// Statuses after which a connection is not used again: the client gets nothing here, or there is too much of it.
    private static let closingStatuses: Set<Int> = [400, 401, 403, 408, 413, 417, 429, 431]
    private static let reservePaths: Set<Substring> = ["/healthz", "/readyz"]
    private static let maximumURILength = 4096
    /// The time that a client has to read its last response.
    private static let patience = TimeAmount.seconds(30)
    /// The time in which what a client still sends is read and dropped, so that it gets to read the last response.
    private static let linger = TimeAmount.seconds(2)

    private(set) var decoder = ConnectionHandler.makeDecoder()
    let clientGone: EventLoopPromise<Void>
    private let encoder: HTTPResponseEncoder
    private let rules: Rules
    private let isReserve: Bool
    private var phase = Phase.http
    private var exchanges: [Exchange] = []
    /// What the client is told when the responses to its whole requests were sent: what came after them is no request.
    private var failure: APIError?
    private var progress: ConnectionDeadline
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var isGone = false
    /// Whether the client has closed its side: nothing comes any more.
    private var isInputClosed = false

    /// - Parameters:
    ///   - isReserve: whether the connection may only ask for the server's health.
    ///   - encoder: the handler that writes the responses' bytes.
    ///   - clientGone: is kept when the client has gone.
    init(_ rules: Rules, isReserve: Bool, encoder: HTTPResponseEncoder, clientGone: EventLoopPromise<Void>) {
        var limits = rules.limits
        if isReserve { limits.firstHead = .seconds(2) }
        self.rules = rules
        self.isReserve = isReserve
        self.encoder = encoder
        self.clientGone = clientGone
        progress = ConnectionDeadline(limits, now: clientGone.futureResult.eventLoop.now)
    }

    private static func makeDecoder() -> ByteToMessageHandler<HTTPRequestDecoder> {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 << 10
        limits.maxHeaderListSize = 32 << 10
        limits.maxHeaderFieldCount = 100
        return ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) { arm(context) }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        phase = .closing
        timer?.task.cancel()
        timer = nil
        goClient()
    }

    private func goClient() {
        guard !isGone else { return }
        isGone = true
        clientGone.succeed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            isInputClosed = true
            switch phase {
            case .closing: context.close(promise: nil)
            case .tunnel: deliverEnd(context)
            // Whether the client still reads cannot be known: as in other servers, it has gone.
            case .http: exchanges.isEmpty ? context.close(promise: nil) : goClient()
            }
        case is ChannelShouldQuiesceEvent:
            guard phase == .http else { return }
            if exchanges.isEmpty { return context.close(promise: nil) }
            exchanges[exchanges.count - 1].closes = true
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: Time

    private func arm(_ context: ChannelHandlerContext) {
        guard let deadline = progress.deadline else { return }
        // A timer that comes too early looks again.
        if let timer, timer.deadline <= deadline { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timeIsOver(context) }
        timer = (deadline, task)
    }

    private func timeIsOver(_ context: ChannelHandlerContext) {
        timer = nil
        guard let deadline = progress.deadline else { return }
        guard deadline <= context.eventLoop.now else { return arm(context) }
        guard phase == .http, progress.isInBody, exchanges.count == 1, !exchanges[0].isAnswered else {
            return context.close(promise: nil)
        }
        answer(.late, context)
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .closing, failure == nil else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head): read(head, context)
        case .body(let bytes):
            progress.bodyCame(byteCount: bytes.readableBytes)
            context.fireChannelRead(Self.wrapInboundOut(.body(bytes)))
        case .end(let trailers):
            guard let last = exchanges.indices.last else { return }
            exchanges[last].isComplete = true
            progress.requestEnded()
            guard !exchanges[last].asksForWebSocket else { return }
            context.fireChannelRead(
                Self.wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
            if exchanges[last].stopsDecoder { restartDecoder(context) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // What is dropped is requested by no other task.
        if phase == .closing { context.read() }
    }

    /// Ends the body of a request outside of a read. The routes get what was delivered only when a read is complete.
    private func deliverEnd(_ context: ChannelHandlerContext) {
        context.fireChannelRead(Self.wrapInboundOut(.end(nil)))
        context.fireChannelReadComplete()
    }

    private func read(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        progress.headEnded(at: context.eventLoop.now)
        // Before anything of it is compared.
        let isSafe = head.uri.isStreamSafe && head.headers.allSatisfy { $0.value.isStreamSafe }
        let asksForWebSocket = isSafe && rules.asksForWebSocket(head)
        let exchange = Exchange(
            version: head.version, asksForWebSocket: asksForWebSocket,
            stopsDecoder: isSafe && head.headers.contains(name: "upgrade")
                && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" },
            closes: isReserve || !head.isKeepAlive || head.method == .CONNECT)
        exchanges.append(exchange)
        arm(context)
        let path = head.uri.prefix { $0 != "?" }
        guard !isReserve || Self.reservePaths.contains(path) else { return fail(.tooManyConnections, context) }
        // RFC 9112, 3.2.
        guard isSafe, head.version.minor == 0 || head.headers["host"].count == 1 else { return fail(.notHTTP, context) }
        guard head.uri.utf8.count <= Self.maximumURILength else { return fail(.uriTooLong, context) }
        do {
            var request = try HTTPRequest(head, secure: false, splitCookie: false)
            // A route must not take an upgrade that this connection will not make.
            if !asksForWebSocket, WebSocketHandshake.isAsked(head) || head.version.minor == 0 {
                request.headerFields[.upgrade] = nil
            }
            let expects = head.headers.first(name: "expect")?.lowercased() == "100-continue"
            if expects, head.version.minor >= 1, exchanges.count == 1, rules.wantsBody(head) {
                let go = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(Self.wrapOutboundOut(.head(go)), promise: nil)
            }
            context.fireChannelRead(Self.wrapInboundOut(.head(request)))
        } catch {
            fail(.notHTTP, context)
        }
    }

    /// A new decoder for what follows a request whose upgrade was ignored.
    private func restartDecoder(_ context: ChannelHandlerContext) {
        let (old, new) = (decoder, Self.makeDecoder())
        decoder = new
        do {
            try context.pipeline.syncOperations.addHandler(new, position: .after(old))
            // Bytes that the old one has not read go to the new one.
            context.pipeline.syncOperations.removeHandler(old, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard phase == .http else { return }
        fail(error == .headerOverflow ? .headTooLarge : .notHTTP, context)
    }

    /// The client sent what is no request: it is told so after the responses to its other ones, unless it gets a
    /// response to the very request already.
    private func fail(_ error: APIError, _ context: ChannelHandlerContext) {
        guard failure == nil else { return }
        if let last = exchanges.indices.last, !exchanges[last].isComplete, exchanges[last].isAnswered {
            exchanges[last].closes = true
            return
        }
        guard exchanges.contains(where: \.isComplete) else { return answer(error, context) }
        failure = error
        progress.requestEnded()
    }

    // MARK: Responses

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // No client reads what comes after the last response.
        guard phase != .closing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch Self.unwrapOutboundIn(data) {
        case .head(let response): write(response, context, promise)
        case .body(let bytes): context.write(Self.wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end(let trailers): endResponse(trailers.map(HTTPHeaders.init), context, promise)
        }
    }

    private func write(
        _ response: HTTPResponse, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
        var head = HTTPResponseHead(response)
        guard !exchanges.isEmpty else { return context.write(Self.wrapOutboundOut(.head(head)), promise: promise) }
        exchanges[0].isAnswered = true
        if response.status == .switchingProtocols, exchanges[0].asksForWebSocket {
            context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: promise)
            return becomeTunnel(context)
        }
        let exchange = exchanges[0]
        if exchange.asksForWebSocket || !exchange.isComplete || Self.closingStatuses.contains(response.status.code) {
            exchanges[0].closes = true
        }
        head.version = exchange.version.minor >= 1 ? .http1_1 : .http1_0
        if head.version == .http1_0 {
            // Without a length a body of HTTP/1.0 ends with its connection (RFC 9112, 6.3).
            if !head.headers.contains(name: "content-length") { exchanges[0].closes = true }
            head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
        }
        if exchanges[0].closes { head.headers.replaceOrAdd(name: "connection", value: "close") }
        context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        if exchange.asksForWebSocket { deliverEnd(context) }
    }

    private func endResponse(
        _ trailers: HTTPHeaders?, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
        let closes = phase == .tunnel || exchanges.first?.closes != false
        if !exchanges.isEmpty { exchanges.removeFirst() }
        guard closes else {
            context.write(Self.wrapOutboundOut(.end(trailers)), promise: promise)
            if let failure, !exchanges.contains(where: \.isComplete) { return answer(failure, context) }
            guard exchanges.isEmpty else { return }
            progress.responsesEnded(at: context.eventLoop.now)
            return arm(context)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.cascade(to: promise)
        close(after: written.futureResult, context)
        context.writeAndFlush(Self.wrapOutboundOut(.end(trailers)), promise: written)
    }

    /// Sends a last response that no route makes.
    private func answer(_ error: APIError, _ context: ChannelHandlerContext) {
        let response = ErrorMiddleware.response(error)
        var head = HTTPResponseHead(response.head)
        head.headers.add(contentsOf: HTTPHeaders(HTTPFields.safety))
        head.headers.replaceOrAdd(name: "connection", value: "close")
        let body = JSON.object(["error": error.json]).bytes
        let written = context.eventLoop.makePromise(of: Void.self)
        close(after: written.futureResult, context)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: written)
    }

    /// Closes the connection when the last bytes are on their way. Until the client closes its side, what it sends is
    /// dropped for a while: a connection that is closed with bytes unread is reset, and the response lost.
    private func close(after written: EventLoopFuture<Void>, _ context: ChannelHandlerContext) {
        phase = .closing
        progress.closing(until: context.eventLoop.now + Self.patience)
        arm(context)
        written.assumeIsolated().whenComplete { _ in
            guard !self.isInputClosed else { return context.close(promise: nil) }
            self.progress.closing(until: context.eventLoop.now + Self.linger)
            self.arm(context)
            context.close(mode: .output, promise: nil)
            context.read()
        }
    }

    private func becomeTunnel(_ context: ChannelHandlerContext) {
        phase = .tunnel
        exchanges = []
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(TunnelCodec(), position: .after(decoder))
            // Bytes that came after the request are the tunnel's first.
            pipeline.removeHandler(decoder, promise: nil)
            pipeline.removeHandler(encoder, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}
