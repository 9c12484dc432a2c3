extension ServerSettings {
    /// A setting by its name: how it is read, and what it changes.
    struct Setting {
        let name: String
        /// The flag, without hyphens before it.
        let flag: String
        /// Takes a text; `false` when it is no value of the setting's kind.
        let read: (String, inout ServerSettings) -> Bool
        /// Changes a configuration, where the settings say anything.
        let apply: (ServerSettings, inout ServerConfiguration) -> Void

        /// The environment variables, the first before the others: that of the flag, and that of the name.
        var variables: [String] {
            let words = [flag.map { $0 == "-" ? "_" : $0.uppercased() }, Self.words(name, separator: "_")]
            let names = words.map { "OMNI_" + $0.joined().uppercased() }
            return names[0] == names[1] ? [names[0]] : names
        }

        /// `oneName` in words: `one_name`.
        private static func words(_ name: String, separator: String) -> [String] {
            name.map { $0.isUppercase ? separator + $0.lowercased() : String($0) }
        }

        private init<Value>(
            _ name: String, flag: String? = nil, _ path: WritableKeyPath<ServerSettings, Value?>,
            parse: @escaping (String) -> Value?, apply: @escaping (inout ServerConfiguration, Value) -> Void
        ) {
            self.name = name
            self.flag = flag ?? Self.words(name, separator: "-").joined()
            read = { text, settings in
                settings[keyPath: path] = parse(text)
                return settings[keyPath: path] != nil
            }
            self.apply = { settings, configuration in
                if let value = settings[keyPath: path] { apply(&configuration, value) }
            }
        }

        private init<Value: LosslessStringConvertible>(
            _ name: String, flag: String? = nil, _ path: WritableKeyPath<ServerSettings, Value?>,
            apply: @escaping (inout ServerConfiguration, Value) -> Void
        ) {
            self.init(name, flag: flag, path, parse: { Value($0) }, apply: apply)
        }

        /// A flag that can be given several times; elsewhere its values are one text, with commas between them.
        private init(
            _ name: String, flag: String, _ path: WritableKeyPath<ServerSettings, [String]?>,
            apply: @escaping (inout ServerConfiguration, [String]) -> Void
        ) {
            self.init(name, flag: flag, path, parse: { $0.split(separator: ",").map(String.init) }, apply: apply)
        }

        /// All there are.
        static var all: [Setting] {
            [
                Setting("host", \.host) { $0.host = $1 },
                Setting("port", \.port) { $0.port = $1 },
                Setting("tlsCertificate", flag: "tls-cert", \.tlsCertificate) { $0.tlsCertificate = $1 },
                Setting("tlsKey", \.tlsKey) { $0.tlsKey = $1 },
                Setting("apiKey", \.apiKey) { $0.apiKey = $1 },
                Setting("allowedOrigins", flag: "allow-origin", \.allowedOrigins) { $0.allowedOrigins = Set($1) },
                Setting("allowedHosts", flag: "allow-host", \.allowedHosts) { $0.allowedHosts = Set($1) },
                Setting("trustedProxies", flag: "trusted-proxy", \.trustedProxies) { $0.trustedProxies = Set($1) },
                Setting("publicPages", \.publicPages) { $0.publicPages = $1 },
                Setting("modelName", \.modelName) { $0.modelName = $1 },
                Setting("transcriber", \.transcriber) { $0.transcriber = $1 },
                Setting("turnModel", \.turnModel) { $0.turnModel = $1 },
                Setting("chatSendsText", \.chatSendsText) { $0.chatSendsText = $1 },
                Setting("maximumConversations", \.maximumConversations) { $0.maximumConversations = $1 },
                Setting("maximumLoad", \.maximumLoad) { $0.maximumLoad = $1 },
                Setting("maximumWaitSeconds", \.maximumWaitSeconds) { $0.maximumWait = .seconds($1) },
                Setting("maximumConnections", \.maximumConnections) { $0.maximumConnections = $1 },
                Setting("maximumPerClient", \.maximumPerClient) { $0.maximumPerClient = $1 },
                Setting("maximumSockets", \.maximumSockets) { $0.maximumSockets = $1 },
                Setting("maximumRequestsPerMinute", \.maximumRequestsPerMinute) { $0.maximumRequestsPerMinute = $1 },
                Setting("maximumRequestBytes", \.maximumRequestBytes) { $0.maximumRequestBytes = $1 },
                Setting("idleSeconds", \.idleSeconds) { $0.idleTimeout = .seconds($1) },
                Setting("drainSeconds", \.drainSeconds) { $0.drainTimeout = .seconds($1) },
                Setting("traceFile", \.traceFile) { $0.traceFile = $1 },
                Setting("logLevel", \.logLevel) { $0.logLevel = $1 },
            ]
        }
    }
}
