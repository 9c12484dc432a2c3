import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import ServiceLifecycle
import Tracing

/// `GET /v1/realtime`: becomes a WebSocket, or says why not.
struct RealtimeRoutes {
    let replies: ReplyService
    let gatekeeper: Gatekeeper
    let gate: RealtimeGate
    let configuration: ServerConfiguration
    let logger: Logger

    func add(to router: some RouterMethods<ServerContext>) {
        router.get("/v1/realtime") { request, context in try await open(request, context) }
    }

    private func open(_ request: Request, _ context: ServerContext) async throws -> Response {
        let head = HTTPRequestHead(request)
        try gate.check(head)
        let client = ClientAddress.client(
            peer: context.channel.peerAddress, forwarded: request.headers.forwardedFor,
            proxies: configuration.trustedProxies)
        // Before the handshake: the page asks without one, to know why a WebSocket was refused.
        let permit = try gate.enter(client)
        try WebSocketHandshake.check(head)
        let account = gatekeeper.account(of: client)
        let headers = try await WebSocketHandshake.response(
            to: head, subprotocol: gate.subprotocol(head), context.channel)
        let (channel, trace) = (context.channel, InstrumentationContext.current)
        return Response(
            status: .switchingProtocols, headers: headers,
            body: ResponseBody { writer in
                let queue = OutboundQueue()
                let limits = WebSocketReader.Limits(
                    messageByteCount: min(configuration.maximumRequestBytes, WebSocketReader.Limits().messageByteCount))
                let connection = WebSocketConnection(
                    limits: limits, idleTimeout: configuration.idleTimeout, queue: queue, channel: channel,
                    account: account)
                await InstrumentationContext.$current.withValue(trace) {
                    await converse(request.body, &writer, connection, RealtimeStart(head), account)
                }
                try await writer.finish(nil)
                withExtendedLifetime(permit) {}
            })
    }

    @concurrent
    private func converse(
        _ body: RequestBody, _ writer: inout any ResponseBodyWriter, _ connection: WebSocketConnection,
        _ start: RealtimeStart, _ account: ClientAccount
    ) async {
        let (id, queue) = (UUID().uuidString.prefix(8).lowercased(), connection.queue)
        let conversation = RealtimeConversation(
            id: id, start: start, replies: replies, queue: queue, logger: logger,
            lane: WorkPool.conversations.makeLane(),
            account: account)
        await conversation.begin()
        await withGracefulShutdownHandler {
            await connection.serve(body, &writer) { await conversation.receive($0) }
        } onGracefulShutdown: { [limit = configuration.drainTimeout] in
            // A reply under way comes to its end first.
            Task {
                let deadline = ContinuousClock.now + limit
                while await conversation.isReplying, ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(50))
                }
                queue.put(.close(1001, "the server is stopping"))
            }
        }
        await conversation.end()
    }
}
