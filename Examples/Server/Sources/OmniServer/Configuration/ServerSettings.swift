public import Foundation
public import Logging

/// What a flag, an environment variable or a file says about a server; what it leaves open, another source or the
/// default says.
///
/// In a file these names are the keys of a JSON object. In the environment they are `OMNI_` and the name of the flag in
/// capitals with underscores, `OMNI_TLS_CERT` for `--tls-cert`, or the name here likewise, `OMNI_TLS_CERTIFICATE`.
public struct ServerSettings: Sendable, Codable, Hashable {
    public var host: String?
    public var port: Int?
    public var tlsCertificate: String?
    public var tlsKey: String?
    public var apiKey: String?
    public var allowedOrigins: [String]?
    public var allowedHosts: [String]?
    public var trustedProxies: [String]?
    public var publicPages: Bool?
    public var modelName: String?
    public var transcriber: String?
    public var turnModel: String?
    public var chatSendsText: Bool?
    public var maximumConversations: Int?
    public var maximumLoad: Double?
    public var maximumWaitSeconds: Double?
    public var maximumConnections: Int?
    public var maximumPerClient: Int?
    public var maximumSockets: Int?
    public var maximumRequestsPerMinute: Int?
    public var maximumRequestBytes: Int?
    public var idleSeconds: Double?
    public var drainSeconds: Double?
    public var traceFile: String?
    public var logLevel: Logger.Level?

    /// Says nothing.
    public init() {}

    /// Reads a JSON file.
    ///
    /// - Throws: ``ConfigurationError`` when it cannot be read, is no JSON object, or has a key that means nothing.
    public init(contentsOf file: URL) throws(ConfigurationError) {
        guard let bytes = try? Data(contentsOf: file) else { throw ConfigurationError("\(file.path) cannot be read") }
        let names = Setting.all.map(\.name)
        guard case .object(let members)? = try? JSON(parsing: bytes) else {
            throw ConfigurationError("\(file.path) is not a JSON object")
        }
        for name in members.keys.sorted() where !names.contains(name) {
            throw ConfigurationError(
                "\(file.path): “\(name)” is not a setting; those are \(names.joined(separator: ", "))")
        }
        do { self = try JSONDecoder().decode(Self.self, from: bytes) } catch {
            throw ConfigurationError("\(file.path): a setting has a value of the wrong kind")
        }
    }

    /// Reads environment variables. For a service that is called "omni", Kubernetes sets `OMNI_PORT` to an address:
    /// that is passed over.
    ///
    /// - Parameters:
    ///   - environment: names and values.
    ///   - onIgnored: called with a sentence about a variable that is passed over.
    /// - Throws: ``ConfigurationError`` when one has a value of the wrong kind.
    public init(
        environment: [String: String], onIgnored: (String) -> Void = { _ in }
    ) throws(ConfigurationError) {
        for setting in Setting.all {
            guard let variable = setting.variables.first(where: { environment[$0] != nil }),
                let text = environment[variable]
            else { continue }
            if setting.name == "port", ["tcp", "udp", "sctp"].contains(where: { text.hasPrefix("\($0)://") }) {
                onIgnored(
                    "\(variable) is “\(text)”, as Kubernetes sets it for a service that is called “omni”, "
                        + "and is passed over")
                continue
            }
            guard setting.read(text, &self) else {
                throw ConfigurationError("\(variable) is “\(text)”, which is not a value of that kind")
            }
        }
    }
}

extension ServerConfiguration {
    /// The defaults, and over them settings, later ones over earlier ones.
    ///
    /// - Throws: ``ConfigurationError`` when the result makes no sense.
    public init(_ layers: [ServerSettings]) throws(ConfigurationError) {
        self.init()
        for layer in layers {
            for (name, seconds) in [
                ("maximumWaitSeconds", layer.maximumWaitSeconds), ("idleSeconds", layer.idleSeconds),
                ("drainSeconds", layer.drainSeconds),
            ] {
                guard seconds.map({ (0...1e6).contains($0) }) ?? true else {
                    throw ConfigurationError("\(name) must be 0 to a million")
                }
            }
            for setting in ServerSettings.Setting.all { setting.apply(layer, &self) }
        }
        try validate()
    }
}
