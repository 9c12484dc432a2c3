public import Logging

/// How a server serves. Every field can be set by a flag, an environment variable and a file; see ``ServerSettings``.
public struct ServerConfiguration: Sendable, Hashable {
    /// The address to listen at. This machine alone by default.
    public var host = "127.0.0.1"
    /// The port; the reference's. 0 for any free one.
    public var port = 60_808
    /// PEM files of a certificate chain and its key: both or none.
    public var tlsCertificate: String?
    public var tlsKey: String?
    /// The key that clients must show; `nil` lets every client in.
    public var apiKey: String?
    /// Origins whose pages may connect, besides the server's own.
    public var allowedOrigins: Set<String> = []
    /// Names under which the server may be asked, besides addresses, names without a dot and its own; `*` for any.
    public var allowedHosts: Set<String> = []
    /// Addresses of proxies, whose `X-Forwarded-For` says who the client is. Without them each address that connects is
    /// a client. Each is kept in one spelling.
    public var trustedProxies: Set<String> = [] {
        didSet { trustedProxies = Set(trustedProxies.map(ClientAddress.canonical)) }
    }
    /// Whether the page and `/metrics` are open to all, even where there is a key.
    public var publicPages = false
    /// What the model is called.
    public var modelName = "omni"
    /// The Whisper model that writes down recordings: a file, a folder or an id of the hub. `nil` to let the model do
    /// it.
    public var transcriber: String?
    /// The Smart Turn file that judges whether turns are over, with `semantic_vad`. `nil` to let silence end them.
    public var turnModel: String?
    /// Whether `/chat` answers as Mini-Omni2 does, audio and text in parts, unless a request says otherwise.
    public var chatSendsText = false
    /// Conversations at once; `nil` for as many as the machine's measured speed allows.
    public var maximumConversations: Int?
    /// The part of the time that may be spent on keeping listeners supplied; see `SchedulerOptions`. Beyond 1 audio
    /// runs out.
    public var maximumLoad = 0.8
    /// How long a question may wait for those before it, by what they are likely to take.
    public var maximumWait = Duration.seconds(4)
    /// Realtime connections at once, silent ones among them.
    public var maximumConnections = 64
    /// Realtime connections, and requests under way, of one client address.
    public var maximumPerClient = 16
    /// Open connections of all clients, idle ones among them; what is over may only ask for `/healthz` and `/readyz`.
    public var maximumSockets = 1024
    /// Requests of one client address a minute.
    public var maximumRequestsPerMinute = 600
    /// Bytes of one request: ten minutes of 16 kHz WAV, as long as a transcription may be, are 19.2 million.
    public var maximumRequestBytes = 20 << 20
    /// Time after which a connection without a request, or a realtime connection without a sign of life, is closed.
    public var idleTimeout = Duration.seconds(60)
    /// Time that answers under way have to come to their end when the server is stopped.
    public var drainTimeout = Duration.seconds(30)
    /// The file that spans are written to; see ``TraceFile``. `nil` for none.
    public var traceFile: String?
    /// What is worth a line of the log.
    public var logLevel = Logger.Level.info

    /// The defaults.
    public init() {}

    /// Where clients find the server.
    ///
    /// - Parameter port: where it listens, which is another than ``port`` where that is 0.
    public func url(port: Int) -> String {
        let scheme = tlsCertificate == nil ? "http" : "https"
        return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// How many connections may be open.
    ///
    /// - Parameter descriptorCount: files and connections that the process may have open.
    func connectionLimits(descriptorCount: Int) -> ConnectionTable.Limits {
        // Some descriptors are for the model's files, the log, and what else a process opens.
        let reserve = min(32, max(descriptorCount / 8, 1))
        let total = max(min(maximumSockets, descriptorCount - 64 - reserve), 1)
        // A part is left to other clients.
        let perClient = max(min(max(128, 8 * maximumPerClient), total * 3 / 4), 1)
        return ConnectionTable.Limits(total: total, perClient: perClient, reserve: reserve)
    }

    /// - Throws: ``ConfigurationError`` for values that make no sense together.
    func validate() throws(ConfigurationError) {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ConfigurationError("a certificate and its key must be given together")
        }
        // The system would take it for every address.
        guard !host.isEmpty else { throw ConfigurationError("the address to listen at is empty") }
        guard (0...65_535).contains(port) else { throw ConfigurationError("there is no port \(port)") }
        for proxy in trustedProxies where !proxy.isAddress {
            throw ConfigurationError("a trusted proxy is an IP address, and “\(proxy.excerpt())” is none")
        }
        guard apiKey?.isEmpty != true else { throw ConfigurationError("an empty API key refuses no client") }
        for (name, value) in [
            ("connections", maximumConnections), ("per client", maximumPerClient),
            ("requests per minute", maximumRequestsPerMinute), ("request bytes", maximumRequestBytes),
            ("conversations", maximumConversations ?? 1), ("sockets", maximumSockets),
        ] where value < 1 {
            throw ConfigurationError("the maximum \(name) must be at least 1")
        }
        guard maximumLoad > 0, maximumWait > .zero, idleTimeout > .zero else {
            throw ConfigurationError("the maximum load, the longest wait and the idle time must be more than 0")
        }
    }
}

/// A configuration that cannot be.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
