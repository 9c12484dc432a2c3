public import Foundation

extension HubConfiguration {
    /// Reads what Python's `huggingface_hub` reads.
    ///
    /// | variable | what it says |
    /// |---|---|
    /// | `HF_ENDPOINT` | the hub's address |
    /// | `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_HOME`, `XDG_CACHE_HOME` | ``HubCache/init(environment:)`` |
    /// | `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN` | the token; else the file `HF_TOKEN_PATH` or `$HF_HOME/token` |
    /// | `HF_HUB_DISABLE_IMPLICIT_TOKEN` | no token at all |
    /// | `HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE` | no network: `1`, `on`, `yes` or `true` |
    /// | `HF_HUB_DOWNLOAD_TIMEOUT` | seconds without news, else 30 |
    /// | `SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`, `SSL_CERT_DIR` | trusted certificates (Linux) |
    ///
    /// Proxies are those of `HTTPS_PROXY`, `http_proxy`, `ALL_PROXY` and `NO_PROXY` on Linux, of the system on Apple
    /// platforms.
    ///
    /// - Throws: ``HubError/badEndpoint(_:)``, ``HubError/badToken``.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(HubError) {
        self.init(cache: HubCache(environment: environment))
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        func isTrue(_ name: String) -> Bool {
            ["1", "ON", "YES", "TRUE"].contains((environment[name] ?? "").uppercased())
        }
        if let text = value("HF_ENDPOINT") { endpoint = try Self.endpoint(text) }
        if !isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN") { token = try Self.token(environment) }
        isOffline = isTrue("HF_HUB_OFFLINE") || isTrue("TRANSFORMERS_OFFLINE")
        if let text = value("HF_HUB_DOWNLOAD_TIMEOUT"), let seconds = Double(text), (0.001...86_400).contains(seconds) {
            stallLimit = .seconds(seconds)
        }
        certificateFile = value("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        certificateFolder = value("SSL_CERT_DIR")
        // libcurl reads the small name alone for http, so that no header of a CGI program can set a proxy.
        proxy =
            endpoint.scheme == "https"
            ? value("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
            : value("http_proxy", "all_proxy", "ALL_PROXY")
        proxy = proxy.map(Self.withoutSecrets)
    }

    private static func endpoint(_ text: String) throws(HubError) -> URL {
        var address = Substring(text)
        while address.hasSuffix("/") { address = address.dropLast() }
        guard let url = URL(string: String(address)), url.scheme == "https" || url.scheme == "http",
            !(url.host() ?? "").isEmpty, url.user() == nil, url.password() == nil, url.query() == nil,
            url.fragment() == nil
        else { throw .badEndpoint(withoutSecrets(text)) }
        return url
    }

    /// From the environment, else from the file that `hf auth login` writes.
    private static func token(_ environment: [String: String]) throws(HubError) -> HubToken? {
        for name in ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"] {
            if let text = environment[name], let token = try HubToken(text) { return token }
        }
        let path =
            environment["HF_TOKEN_PATH"].map { EnvironmentPath.expand($0, environment) }
            ?? HubCache.home(environment) + "/token"
        guard let file = FileHandle(forReadingAtPath: path), let bytes = try? file.read(upToCount: 64 << 10),
            let text = String(data: bytes, encoding: .utf8)
        else { return nil }
        return try HubToken(text)
    }

    /// Text with addresses such as `http://user:secret@proxy:3128/path` without what may be secret: of a word with an
    /// `@` its scheme, host and port. Where it is no address, the host is taken to stand behind the last `@`.
    static func withoutSecrets(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        return text.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
            guard let at = word.lastIndex(of: "@") else { return String(word) }
            let scheme = word.range(of: "://").map { word[..<$0.upperBound] } ?? ""
            if let url = URL(string: String(word)), url.user() == nil, let host = url.host(), !host.isEmpty {
                return scheme + host + (url.port.map { ":\($0)" } ?? "")
            }
            return String(scheme + word[word.index(after: at)...].prefix { !"/?#".contains($0) })
        }.joined(separator: " ")
    }
}

/// Paths in environment variables.
enum EnvironmentPath {
    /// Puts in place of `~` at the start and of `$NAME` and `${NAME}` what they stand for; unknown names stay.
    static func expand(_ path: String, _ environment: [String: String]) -> String {
        var path = Substring(path)
        var result = ""
        if path == "~" || path.hasPrefix("~/") {
            result = home(environment)
            path = path.dropFirst()
        }
        while let dollar = path.firstIndex(of: "$") {
            result += path[..<dollar]
            let rest = path[path.index(after: dollar)...]
            let (name, next) = name(at: rest)
            if let name, let value = environment[name] {
                result += value
                path = next
            } else {
                result += "$"
                path = rest
            }
        }
        return result + path
    }

    static func home(_ environment: [String: String]) -> String {
        environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    }

    private static func name(at text: Substring) -> (String?, Substring) {
        if text.hasPrefix("{") {
            guard let end = text.firstIndex(of: "}") else { return (nil, text) }
            return (String(text[text.index(after: text.startIndex)..<end]), text[text.index(after: end)...])
        }
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return name.isEmpty ? (nil, text) : (String(name), text[name.endIndex...])
    }
}
