import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOPosix
import NIOSSL
public import OmniPipeline
import ServiceLifecycle
import Tracing
import UnixSignals

/// Serves a model over HTTP and WebSocket: the reference's own interface, OpenAI's, and a page to talk with.
public struct OmniServer: Sendable {
    private let configuration: ServerConfiguration
    private let desk: AnswerDesk
    private let gatekeeper: Gatekeeper
    private let gate: RealtimeGate
    private let registry: MetricsRegistry
    private let logger: Logger
    /// Where conversations listen; there as long as the process, like NIO's own singletons.
    private static let listening = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// - Parameters:
    ///   - omni: the model.
    ///   - configuration: how to serve it.
    ///   - registry: the metrics to show, which should be bootstrapped as the process' own.
    ///   - logger: where to say what happens.
    /// - Throws: ``ConfigurationError``.
    public init(
        _ omni: MiniOmni, configuration: ServerConfiguration, registry: MetricsRegistry, logger: Logger
    ) throws(ConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        self.registry = registry
        self.logger = logger
        gatekeeper = Gatekeeper(configuration)
        desk = AnswerDesk(omni, configuration, gatekeeper)
        gate = RealtimeGate(configuration, gatekeeper)
    }

    /// Serves until the process is told to stop by SIGTERM or SIGINT: then nobody new is let in, answers under way come to their
    /// end, and what is not over after ``ServerConfiguration/drainTimeout`` is cut off.
    ///
    /// - Parameter onRunning: is told the port, once requests are taken.
    public func run(onRunning: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        let started = ContinuousClock.now
        try await desk.warmUp()
        logger.info("warmed up", metadata: ["seconds": "\((ContinuousClock.now - started).inSeconds)"])
        let application = Application(
            responder: router().buildResponder(), server: try server(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) }, logger: logger)
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: application),
                .init(service: Drain(gatekeeper: gatekeeper, desk: desk, limit: configuration.drainTimeout)),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = configuration.drainTimeout + .seconds(2)
        try await ServiceGroup(configuration: group).run()
    }

    // MARK: HTTP

    private func router() -> Router<ServerContext> {
        let router = Router(context: ServerContext.self)
        router.add(middleware: MetricsMiddleware())
        router.add(middleware: TracingMiddleware())
        router.add(middleware: CrossOriginMiddleware(allowedOrigins: configuration.allowedOrigins))
        router.add(middleware: ErrorMiddleware(maximumRequestBytes: configuration.maximumRequestBytes))
        OperationRoutes(desk: desk, gatekeeper: gatekeeper, gate: gate, registry: registry).add(to: router)
        PageRoutes().add(to: router)
        let guarded = router.group().add(middleware: GateMiddleware(gatekeeper: gatekeeper))
        ChatRoutes(desk: desk, configuration: configuration).add(to: guarded)
        ModelRoutes(modelName: desk.modelName).add(to: guarded)
        TranscriptionRoutes(desk: desk, configuration: configuration).add(to: guarded)
        SpeechRoutes(desk: desk, configuration: configuration).add(to: guarded)
        RealtimeRoutes(gate: gate).add(to: router)
        return router
    }

    // MARK: WebSocket

    private func server() throws -> HTTPServerBuilder {
        let tls = try tlsConfiguration()
        return HTTPServerBuilder { responder -> any ServerChildChannel in
            let channel = UpgradableChannel(
                responder: responder, shouldUpgrade: { [gate] head, _ in gate.shouldUpgrade(head) },
                serveWebSocket: { channel, head, logger in
                    await withSpan("realtime", context: gate.trace(of: head), ofKind: .server) { _ in
                        await serve(channel, RealtimeStart(head), logger)
                    }
                },
                idleTimeout: configuration.idleTimeout, maximumFrameSize: configuration.maximumRequestBytes)
            guard let tls else { return channel }
            return try TLSChannel(channel, tlsConfiguration: tls)
        }
    }

    private func tlsConfiguration() throws -> TLSConfiguration? {
        guard let certificate = configuration.tlsCertificate, let key = configuration.tlsKey else { return nil }
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        return tls
    }

    private func serve(
        _ channel: UpgradableChannel.WebSocketChannel, _ start: RealtimeStart, _ logger: Logger
    ) async {
        let client = channel.channel.clientAddress
        let queue = OutboundQueue()
        let connection = WebSocketConnection(
            maximumMessageSize: configuration.maximumRequestBytes, idleTimeout: configuration.idleTimeout, queue: queue)
        do {
            try gatekeeper.enter(client)
            defer { gatekeeper.leave(client) }
            try gate.enter()
            defer { gate.leave() }
            await converse(channel, connection, queue, start, logger)
        } catch {
            // It is a WebSocket already: the reason is an event of its own.
            queue.put(.text(ServerEvent.error(error, cause: nil).json(id: "event_refused").text))
            queue.put(.close(1013, error.message))
            try? await connection.serve(channel) { _ in false }
        }
    }

    private func converse(
        _ channel: UpgradableChannel.WebSocketChannel, _ connection: WebSocketConnection, _ queue: OutboundQueue,
        _ start: RealtimeStart, _ logger: Logger
    ) async {
        let id = UUID().uuidString.prefix(8).lowercased()
        let conversation = RealtimeConversation(
            id: id, start: start, desk: desk, queue: queue, logger: logger, thread: Self.listening.next())
        await conversation.begin()
        do {
            try await withGracefulShutdownHandler {
                try await connection.serve(channel) { await conversation.receive($0) }
            } onGracefulShutdown: { [limit = configuration.drainTimeout] in
                // An answer under way comes to its end first.
                Task {
                    let deadline = ContinuousClock.now + limit
                    while await conversation.isAnswering, ContinuousClock.now < deadline {
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    queue.put(.close(1001, "the server is stopping"))
                }
            }
        } catch {
            logger.debug("a realtime connection broke", metadata: ["error": "\(error)"])
        }
        await conversation.end()
    }
}

/// Waits for the server to be stopped, lets nobody in from then on, and holds the server until all answers are made: services are
/// stopped in the reverse of their order, each when the one before it has ended.
private struct Drain: Service {
    let gatekeeper: Gatekeeper
    let desk: AnswerDesk
    let limit: Duration

    func run() async throws {
        try? await gracefulShutdown()
        gatekeeper.drain()
        let deadline = ContinuousClock.now + limit
        while desk.scheduler.load.replyCount > 0, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
