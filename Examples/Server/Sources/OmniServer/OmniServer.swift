import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOHTTP1
public import OmniPipeline
public import OmniWhisper
import ServiceLifecycle
import UnixSignals

/// Serves a model over HTTP and WebSocket: the reference's own interface, OpenAI's, and a page to talk with.
public struct OmniServer: Sendable {
    private let configuration: ServerConfiguration
    private let replies: ReplyService
    private let transcription: TranscriptionService?
    private let gatekeeper: Gatekeeper
    private let gate: RealtimeGate
    private let registry: MetricsRegistry
    private let table: ConnectionTable
    private let logger: Logger

    /// - Parameters:
    ///   - omni: the model.
    ///   - transcriber: writes down recordings; `nil` to let the model do it.
    ///   - configuration: how to serve it.
    ///   - capacityCache: keeps the machine's measured speed between starts; `nil` to measure it at each.
    ///   - registry: the metrics to show, which should be bootstrapped as the process' own.
    ///   - logger: where to say what happens.
    /// - Throws: ``ConfigurationError``.
    public init(
        _ omni: MiniOmni, transcriber: WhisperTranscriber? = nil, configuration: ServerConfiguration,
        capacityCache: CapacityCache? = nil, registry: MetricsRegistry, logger: Logger
    ) throws(ConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        self.registry = registry
        self.logger = logger
        gatekeeper = Gatekeeper(configuration)
        table = ConnectionTable(configuration.connectionLimits(descriptorCount: DescriptorLimit.raise()))
        transcription = transcriber.map(TranscriptionService.init)
        replies = ReplyService(omni, configuration, gatekeeper, capacityCache: capacityCache)
        gate = RealtimeGate(configuration, gatekeeper)
    }

    /// Serves until the process is told to stop by SIGTERM or SIGINT: then no new client is let in, answers under way
    /// come to their end, and what is not over after ``ServerConfiguration/drainTimeout`` is cut off.
    ///
    /// - Parameter onRunning: is told the port, once requests are taken.
    /// - Throws: ``ServerStartError`` when it cannot listen; what the model fails with when its speed is measured.
    public func run(onRunning: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        try await configuration.requireFreeAddress()
        try await measure()
        let application = Application(
            responder: router().buildResponder(), server: try server(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) }, logger: logger)
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: application),
                .init(service: Drain(gatekeeper: gatekeeper, replies: replies, limit: configuration.drainTimeout)),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = configuration.drainTimeout + .seconds(2)
        try await ServiceGroup(configuration: group).run()
        saveCapacity()
    }

    /// Measures the machine's speed, unless it is known from an earlier start.
    private func measure() async throws {
        guard !replies.isMeasured else { return logger.info("speed known from an earlier start") }
        let started = ContinuousClock.now
        try await replies.warmUp()
        logger.info("speed measured", metadata: ["seconds": "\((ContinuousClock.now - started).inSeconds)"])
        saveCapacity()
    }

    private func saveCapacity() {
        do { try replies.saveCapacity() } catch {
            logger.info("speed not kept for the next start", metadata: ["error": "\(error)"])
        }
    }

    // MARK: HTTP

    private func router() -> Router<ServerContext> {
        let routes = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
        let router = MethodRecorder(routes)
        router.add(middleware: RequestMetricsMiddleware(registry: registry))
        router.add(middleware: TracingMiddleware())
        router.add(middleware: CrossOriginMiddleware(allowedOrigins: configuration.allowedOrigins))
        router.add(middleware: ErrorMiddleware(maximumRequestBytes: configuration.maximumRequestBytes))
        router.add(middleware: HostMiddleware(gatekeeper: gatekeeper))
        let pages = router.group()
            .add(middleware: PageGateMiddleware(gatekeeper: gatekeeper, isPublic: configuration.publicPages))
        OperationRoutes(replies: replies, gatekeeper: gatekeeper, gate: gate, registry: registry, table: table)
            .add(to: router, pages: pages)
        PageRoutes().add(to: pages)
        let room = UploadRoom()
        let guarded = router.group()
            .add(middleware: GateMiddleware(gatekeeper: gatekeeper, configuration: configuration))
        ChatRoutes(replies: replies, configuration: configuration, room: room).add(to: guarded)
        ModelRoutes(modelName: replies.modelName).add(to: guarded)
        TranscriptionRoutes(replies: replies, service: transcription, configuration: configuration, room: room)
            .add(to: guarded)
        SpeechRoutes(replies: replies, configuration: configuration).add(to: guarded)
        RealtimeRoutes(
            replies: replies, gatekeeper: gatekeeper, gate: gate, configuration: configuration, logger: logger
        ).add(to: router)
        router.refuseOtherMethods()
        return routes
    }

    // MARK: Connections

    private func server() throws -> HTTPServerBuilder {
        let tls = try configuration.tls()
        var rules = ConnectionHandler.Rules()
        rules.limits.idle = TimeAmount(configuration.idleTimeout)
        rules.asksForWebSocket = { head in
            WebSocketHandshake.isAsked(head) && RealtimeGate.isPath(head.uri)
        }
        rules.wantsBody = { [gatekeeper, configuration] head in
            let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            let key = head.headers.first(name: "authorization")?.bearerKey
            let (origin, host) = (head.headers.first(name: "origin"), head.headers.first(name: "host"))
            return length <= configuration.maximumRequestBytes && (try? gatekeeper.checkKey(key)) != nil
                && (try? gatekeeper.checkOrigin(origin, host: host)) != nil
        }
        return HTTPServerBuilder { [rules, table, proxies = configuration.trustedProxies] responder in
            let channel = ServerChannel(
                responder: responder, rules: rules, table: table,
                isProxy: { proxies.contains(ClientAddress.canonical($0)) })
            guard let tls else { return channel }
            return try TLSChannel(channel, tlsConfiguration: tls)
        }
    }
}

/// Waits for the server to be stopped, lets no client in from then on, and holds the server until all answers are made:
/// services are stopped in the reverse of their order, each when the one before it has ended.
private struct Drain: Service {
    let gatekeeper: Gatekeeper
    let replies: ReplyService
    let limit: Duration

    func run() async throws {
        try? await gracefulShutdown()
        gatekeeper.drain()
        let deadline = ContinuousClock.now + limit
        while replies.scheduler.load.replyCount > 0, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
