public import Foundation

/// What a flag, an environment variable or a file says about a server; what it leaves open, another says, or nobody.
///
/// In a file these names are the keys of a JSON object. In the environment they are `OMNI_` and the name in capitals with
/// underscores: `OMNI_TLS_KEY`.
public struct ServerSettings: Sendable, Codable, Hashable {
    public var host: String?
    public var port: Int?
    public var tlsCertificate: String?
    public var tlsKey: String?
    public var apiKey: String?
    public var allowedOrigins: [String]?
    public var modelName: String?
    public var chatSendsText: Bool?
    public var maximumConversations: Int?
    public var maximumConnections: Int?
    public var maximumPerClient: Int?
    public var maximumRequestsPerMinute: Int?
    public var maximumRequestBytes: Int?
    public var idleSeconds: Double?
    public var drainSeconds: Double?

    /// Says nothing.
    public init() {}

    /// Reads a JSON file.
    ///
    /// - Throws: ``ConfigurationError`` when it cannot be read, is no JSON object, or has a key that means nothing.
    public init(contentsOf file: URL) throws(ConfigurationError) {
        guard let bytes = try? Data(contentsOf: file) else { throw ConfigurationError("\(file.path) cannot be read") }
        let known = Set(Self.names)
        guard let members = try? JSONDecoder().decode([String: JSON].self, from: bytes) else {
            throw ConfigurationError("\(file.path) is not a JSON object")
        }
        for name in members.keys.sorted() where !known.contains(name) {
            throw ConfigurationError(
                "\(file.path): “\(name)” is not a setting; those are \(Self.names.joined(separator: ", "))")
        }
        do { self = try JSONDecoder().decode(Self.self, from: bytes) } catch {
            throw ConfigurationError("\(file.path): a setting has a value of the wrong kind")
        }
    }

    /// Reads environment variables.
    ///
    /// - Throws: ``ConfigurationError`` when one has a value of the wrong kind.
    public init(environment: [String: String]) throws(ConfigurationError) {
        func text(_ name: String) -> String? { environment[Self.variable(name)] }
        func value<Value: LosslessStringConvertible>(_ name: String) throws(ConfigurationError) -> Value? {
            guard let text = text(name) else { return nil }
            guard let value = Value(text) else {
                throw ConfigurationError("\(Self.variable(name)) is “\(text)”, which is not a value of that kind")
            }
            return value
        }
        host = text("host")
        port = try value("port")
        tlsCertificate = text("tlsCertificate")
        tlsKey = text("tlsKey")
        apiKey = text("apiKey")
        allowedOrigins = text("allowedOrigins").map { $0.split(separator: ",").map(String.init) }
        modelName = text("modelName")
        chatSendsText = try value("chatSendsText")
        maximumConversations = try value("maximumConversations")
        maximumConnections = try value("maximumConnections")
        maximumPerClient = try value("maximumPerClient")
        maximumRequestsPerMinute = try value("maximumRequestsPerMinute")
        maximumRequestBytes = try value("maximumRequestBytes")
        idleSeconds = try value("idleSeconds")
        drainSeconds = try value("drainSeconds")
    }

    static let names = [
        "host", "port", "tlsCertificate", "tlsKey", "apiKey", "allowedOrigins", "modelName", "chatSendsText",
        "maximumConversations", "maximumConnections", "maximumPerClient", "maximumRequestsPerMinute",
        "maximumRequestBytes", "idleSeconds", "drainSeconds",
    ]

    /// The environment variable of a setting.
    static func variable(_ name: String) -> String {
        "OMNI_" + name.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
    }
}

extension ServerConfiguration {
    /// The defaults, and over them settings, later ones over earlier ones.
    ///
    /// - Throws: ``ConfigurationError`` when the result makes no sense.
    public init(_ layers: [ServerSettings]) throws(ConfigurationError) {
        self.init()
        for layer in layers {
            host = layer.host ?? host
            port = layer.port ?? port
            tlsCertificate = layer.tlsCertificate ?? tlsCertificate
            tlsKey = layer.tlsKey ?? tlsKey
            apiKey = layer.apiKey ?? apiKey
            allowedOrigins = layer.allowedOrigins.map(Set.init) ?? allowedOrigins
            modelName = layer.modelName ?? modelName
            chatSendsText = layer.chatSendsText ?? chatSendsText
            maximumConversations = layer.maximumConversations ?? maximumConversations
            maximumConnections = layer.maximumConnections ?? maximumConnections
            maximumPerClient = layer.maximumPerClient ?? maximumPerClient
            maximumRequestsPerMinute = layer.maximumRequestsPerMinute ?? maximumRequestsPerMinute
            maximumRequestBytes = layer.maximumRequestBytes ?? maximumRequestBytes
            idleTimeout = layer.idleSeconds.map { .seconds($0) } ?? idleTimeout
            drainTimeout = layer.drainSeconds.map { .seconds($0) } ?? drainTimeout
        }
        try validate()
    }
}
