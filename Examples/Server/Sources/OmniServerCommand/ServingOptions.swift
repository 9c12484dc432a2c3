public import ArgumentParser
import CommandSupport
import Foundation
public import Logging
import OmniServer

/// How a server serves, as flags.
struct ServingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The address to listen at; 127.0.0.1 unless said otherwise.", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("The port; 60808 unless said otherwise, 0 for any free one.", valueName: "n"))
    var port: Int?

    @Option(
        name: .customLong("tls-cert"), help: ArgumentHelp("A PEM file with the certificate chain.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("A PEM file with the certificate's key.", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("The key that clients must show; better in OMNI_API_KEY.", valueName: "key"))
    var apiKey: String?

    @Option(
        name: .customLong("allow-origin"),
        help: ArgumentHelp(
            "An origin whose pages may connect, as behind a proxy; can be given several times.", valueName: "origin"))
    var allowedOrigins: [String] = []

    @Option(
        name: .customLong("allow-host"),
        help: ArgumentHelp(
            "A name under which the server may be asked, besides addresses, names without a dot, its own; * for any.",
            valueName: "name"))
    var allowedHosts: [String] = []

    @Option(
        name: .customLong("trusted-proxy"),
        help: ArgumentHelp(
            "The address of a proxy whose X-Forwarded-For says who the client is; can be given several times.",
            valueName: "address"))
    var trustedProxies: [String] = []

    @Flag(help: "Open the page and /metrics to all, even where there is a key.")
    var publicPages = false

    @Option(help: ArgumentHelp("What the model is called; omni unless said otherwise.", valueName: "name"))
    var modelName: String?

    @Option(
        help: ArgumentHelp(
            "A Whisper model that transcribes: a file, a folder or a downloaded model; without it the model does.",
            valueName: "file|dir|id"))
    var transcriber: String?

    @Option(
        help: ArgumentHelp(
            "A Smart Turn file (smart-turn-v3.2-cpu.onnx) that judges with semantic_vad whether a turn is over.",
            valueName: "onnx"))
    var turnModel: String?

    @Flag(help: "Let /chat answer in parts of audio and text, as Mini-Omni2 does.")
    var chatSendsText = false

    @Option(
        help: ArgumentHelp(
            "Replies at once; as many as the machine keeps up with unless said otherwise.", valueName: "n"))
    var maximumConversations: Int?

    @Option(
        help: ArgumentHelp(
            "The part of the time that may go into keeping listeners supplied, 0.8 unless said otherwise.",
            valueName: "p"))
    var maximumLoad: Double?

    @Option(
        help: ArgumentHelp(
            "How long a question may wait for those before it, 4 unless said otherwise.", valueName: "s"))
    var maximumWaitSeconds: Double?

    @Option(
        help: ArgumentHelp(
            "Realtime connections at once, silent ones among them; 64 unless said otherwise.", valueName: "n"))
    var maximumConnections: Int?

    @Option(
        help: ArgumentHelp(
            "Realtime connections and requests of one client at once, 16 unless said otherwise.", valueName: "n"))
    var maximumPerClient: Int?

    @Option(
        help: ArgumentHelp(
            "Open connections of all clients, idle ones among them; 1024 unless said otherwise.", valueName: "n"))
    var maximumSockets: Int?

    @Option(help: ArgumentHelp("Requests of one client a minute, 600 unless said otherwise.", valueName: "n"))
    var maximumRequestsPerMinute: Int?

    @Option(help: ArgumentHelp("Bytes of one request, 20971520 (20 MiB) unless said otherwise.", valueName: "n"))
    var maximumRequestBytes: Int?

    @Option(
        help: ArgumentHelp(
            "Close connections that are silent for so long, 60 unless said otherwise.", valueName: "s"))
    var idleSeconds: Double?

    @Option(
        help: ArgumentHelp(
            "Time for answers under way when the server is stopped, 30 unless said otherwise.", valueName: "s"))
    var drainSeconds: Double?

    @Option(
        help: ArgumentHelp(
            "Write what each request and each stage of its reply took to this file, as spans of OpenTelemetry.",
            valueName: "jsonl"))
    var traceFile: String?

    @Option(help: ArgumentHelp("A JSON file with settings.", valueName: "file"))
    var config: String?

    @Option(help: "What to log: trace, debug, info, notice, warning, error or critical; info unless said otherwise.")
    var logLevel: Logger.Level?

    /// Flags over the environment over the file.
    func configuration() throws -> ServerConfiguration {
        var flags = ServerSettings()
        flags.host = host
        flags.port = port
        flags.tlsCertificate = tlsCertificate
        flags.tlsKey = tlsKey
        flags.apiKey = apiKey
        flags.allowedOrigins = allowedOrigins.isEmpty ? nil : allowedOrigins
        flags.allowedHosts = allowedHosts.isEmpty ? nil : allowedHosts
        flags.trustedProxies = trustedProxies.isEmpty ? nil : trustedProxies
        flags.publicPages = publicPages ? true : nil
        flags.modelName = modelName
        flags.transcriber = transcriber
        flags.turnModel = turnModel
        flags.chatSendsText = chatSendsText ? true : nil
        flags.maximumConversations = maximumConversations
        flags.maximumLoad = maximumLoad
        flags.maximumWaitSeconds = maximumWaitSeconds
        flags.maximumConnections = maximumConnections
        flags.maximumPerClient = maximumPerClient
        flags.maximumSockets = maximumSockets
        flags.maximumRequestsPerMinute = maximumRequestsPerMinute
        flags.maximumRequestBytes = maximumRequestBytes
        flags.idleSeconds = idleSeconds
        flags.drainSeconds = drainSeconds
        flags.traceFile = traceFile
        flags.logLevel = logLevel
        let file = try config.map { try ServerSettings(contentsOf: URL(filePath: $0)) }
        let environment = try ServerSettings(
            environment: ProcessInfo.processInfo.environment, onIgnored: Console.note)
        return try ServerConfiguration([file, environment, flags].compactMap(\.self))
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
