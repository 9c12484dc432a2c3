import Foundation
import Testing

@testable import OmniServer

@Suite struct ConfigurationTests {
    @Test func layers() throws {
        var (file, flags) = (ServerSettings(), ServerSettings())
        file.port = 1
        file.host = "0.0.0.0"
        file.modelName = "file"
        flags.port = 3
        let environment = try ServerSettings(environment: ["OMNI_PORT": "2", "OMNI_MODEL_NAME": "environment"])
        let configuration = try ServerConfiguration([file, environment, flags])
        #expect(configuration.port == 3)
        #expect(configuration.modelName == "environment")
        #expect(configuration.host == "0.0.0.0")
        #expect(configuration.maximumConnections == 64)
    }

    @Test func defaultsAreSafe() {
        #expect(ServerConfiguration().host == "127.0.0.1" && ServerConfiguration().port == 60_808)
    }

    @Test(arguments: ["OMNI_PORT", "OMNI_CHAT_SENDS_TEXT", "OMNI_DRAIN_SECONDS", "OMNI_LOG_LEVEL"])
    func wrongKinds(name: String) {
        #expect(throws: ConfigurationError("\(name) is “x”, which is not a value of that kind")) {
            try ServerSettings(environment: [name: "x"])
        }
    }

    /// Every setting has a variable, and every variable is read.
    @Test func everySettingHasAVariable() throws {
        for setting in ServerSettings.Setting.all {
            let value =
                switch setting.name {
                case "chatSendsText", "publicPages": "true"
                case "logLevel": "debug"
                default: "7"
                }
            let variable = try #require(setting.variables.first)
            let settings = try ServerSettings(environment: [variable: value])
            #expect(settings != ServerSettings(), "\(setting.name)")
            for other in setting.variables {
                #expect(try ServerSettings(environment: [other: value]) == settings, "\(other)")
            }
            // The name is the key in a file, too: it is how the setting is encoded.
            let members = try JSONSerialization.jsonObject(with: JSONEncoder().encode(settings)) as? [String: Any]
            #expect(members.map { Array($0.keys) } == [setting.name])
            var configuration = ServerConfiguration()
            setting.apply(settings, &configuration)
            #expect(configuration != ServerConfiguration(), "\(setting.name)")
        }
        #expect(Mirror(reflecting: ServerSettings()).children.count == ServerSettings.Setting.all.count)
    }

    /// A variable is called as its flag is; where the setting has another name, that counts as well.
    @Test func variables() throws {
        let several = ServerSettings.Setting.all.map(\.variables).filter { $0.count > 1 }
        #expect(
            several == [
                ["OMNI_TLS_CERT", "OMNI_TLS_CERTIFICATE"], ["OMNI_ALLOW_ORIGIN", "OMNI_ALLOWED_ORIGINS"],
                ["OMNI_ALLOW_HOST", "OMNI_ALLOWED_HOSTS"], ["OMNI_TRUSTED_PROXY", "OMNI_TRUSTED_PROXIES"],
            ])
        let settings = try ServerSettings(environment: [
            "OMNI_TLS_CERT": "flag", "OMNI_TLS_CERTIFICATE": "name", "OMNI_ALLOW_ORIGIN": "https://a,https://b",
        ])
        #expect(settings.tlsCertificate == "flag" && settings.allowedOrigins == ["https://a", "https://b"])
    }

    /// Kubernetes tells every container where a service that is called "omni" is.
    @Test func servicesOfKubernetes() throws {
        var ignored: [String] = []
        let settings = try ServerSettings(
            environment: ["OMNI_PORT": "tcp://10.0.0.1:60808", "OMNI_MODEL_NAME": "a"],
            onIgnored: { ignored.append($0) })
        #expect(settings.port == nil && settings.modelName == "a")
        #expect(ignored.count == 1 && ignored.first?.contains("OMNI_PORT") == true)
    }

    @Test func files() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(throws: ConfigurationError.self) { try ServerSettings(contentsOf: file) }
        try Data(#"{"port": 5, "allowedOrigins": ["https://a"]}"#.utf8).write(to: file)
        let settings = try ServerSettings(contentsOf: file)
        #expect(settings.port == 5 && settings.allowedOrigins == ["https://a"])
        for text in [#"{"prot": 5}"#, #"{"port": "five"}"#, "[]", "{"] {
            try Data(text.utf8).write(to: file)
            #expect(throws: ConfigurationError.self) { try ServerSettings(contentsOf: file) }
        }
    }

    @Test func nonsense() {
        for change: (inout ServerSettings) -> Void in [
            { $0.tlsKey = "key.pem" }, { $0.host = "" }, { $0.port = 70_000 }, { $0.apiKey = "" },
            { $0.maximumConnections = 0 },
            { $0.maximumLoad = 0 }, { $0.maximumWaitSeconds = -1 }, { $0.maximumLoad = .nan },
            { $0.idleSeconds = .nan }, { $0.idleSeconds = 0 }, { $0.drainSeconds = 1e30 }, { $0.drainSeconds = -1 },
            { $0.maximumConversations = 0 },
        ] {
            var settings = ServerSettings()
            change(&settings)
            #expect(throws: ConfigurationError.self) { try ServerConfiguration([settings]) }
        }
    }
}
