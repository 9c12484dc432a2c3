public import Foundation

/// The address of a hub, the place of its cache, an access token, and the limits of a download.
public struct HubConfiguration: Sendable, Hashable {
    /// The address of the hub, without a slash at its end.
    public var endpoint: URL
    /// The access token. It is sent to the endpoint alone.
    public var token: HubToken?
    /// Where files are kept.
    public var cache: HubCache
    /// Whether the network must not be used.
    public var isOffline: Bool
    /// After so long without news an exchange is given up and tried again.
    public var stallLimit: Duration
    /// How often something is tried in succession without a new byte.
    public var attemptCount: Int
    /// The wait before the second attempt; each further one is twice as long.
    public var firstRetryDelay: Duration
    /// A file of trusted certificates, PEM, in place of the system's. Linux only.
    public var certificateFile: String?
    /// A folder of trusted certificates in place of the system's. Linux only.
    public var certificateFolder: String?
    /// The proxy that the environment names for the endpoint, for messages.
    var proxy: String?

    /// The public hub, without a token.
    public init(cache: HubCache) {
        endpoint = URL(filePath: "/")
        token = nil
        self.cache = cache
        isOffline = false
        stallLimit = .seconds(30)
        attemptCount = 5
        firstRetryDelay = .seconds(1)
        if let url = URL(string: Self.publicEndpoint) { endpoint = url }
    }

    static let publicEndpoint = "https://huggingface.co"
}

/// An access token, which prints as dots.
public struct HubToken: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The secret.
    let secret: String

    /// Takes a token without the white space around it.
    ///
    /// - Returns: `nil` for nothing but white space.
    /// - Throws: ``HubError/badToken`` for one that no header can hold.
    public init?(_ text: String) throws(HubError) {
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else { return nil }
        guard secret.utf8.count <= 4096, secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .badToken }
        self.secret = secret
    }

    public var description: String { "…" }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
