import Testing

@testable import OmniServer

@Suite struct GatekeeperTests {
    private func gatekeeper(_ change: (inout ServerConfiguration) -> Void = { _ in }) -> Gatekeeper {
        var configuration = ServerConfiguration()
        change(&configuration)
        return Gatekeeper(configuration)
    }

    @Test func keys() throws {
        try gatekeeper().checkKey(nil)
        let guarded = gatekeeper { $0.apiKey = "secret" }
        try guarded.checkKey("secret")
        for key in [nil, "", "secre", "secret ", "secretsecret", "Secret", "sécret"] {
            #expect(throws: APIError.unauthorized) { try guarded.checkKey(key) }
        }
        #expect("Bearer a b".bearerKey == "a b" && "bearer x".bearerKey == "x" && "Basic x".bearerKey == nil)
    }

    @Test func origins() throws {
        let gatekeeper = gatekeeper {
            $0.host = "0.0.0.0"
            $0.allowedOrigins = ["https://friend.example"]
        }
        try gatekeeper.checkOrigin(nil, host: "a:1")
        try gatekeeper.checkOrigin("http://a:1", host: "a:1")
        try gatekeeper.checkOrigin("https://friend.example", host: "a:1")
        for origin in ["http://b:1", "null", "", "http://a:12", "http://a:1.evil"] {
            #expect(throws: APIError.forbiddenOrigin) { try gatekeeper.checkOrigin(origin, host: "a:1") }
        }
        #expect(throws: APIError.forbiddenOrigin) { try gatekeeper.checkOrigin("http://a:1", host: nil) }
    }

    /// A name that leads here, but is not this machine's, is another site's page.
    @Test func aServerOfOneMachineIsKnownByItsNames() throws {
        let gatekeeper = gatekeeper { $0.allowedOrigins = ["https://friend.example"] }
        for host in ["localhost", "localhost:60808", "omni.localhost:1", "127.0.0.1:60808", "127.1.2.3", "[::1]:60808"]
        {
            try gatekeeper.checkOrigin("http://\(host)", host: host)
        }
        try gatekeeper.checkOrigin("https://friend.example", host: "friend.example")
        let others = [
            "evil.example:60808", "127.0.0.1.evil.example", "127.0.0.evil", "localhost.evil", "[::2]:1", "128.0.0.1",
            "",
        ]
        for host in others {
            #expect(throws: APIError.forbiddenOrigin) { try gatekeeper.checkOrigin("http://\(host)", host: host) }
        }
        for host in ["::1", "127.0.0.1", "LOCALHOST"] { #expect(host.isLocalHost) }
        for host in ["0.0.0.0", "::", "192.168.0.1"] { #expect(!host.isLocalHost) }
    }

    /// A page of another site's cannot reach the server under a name of its own, however the server is bound.
    @Test(arguments: ["127.0.0.1", "0.0.0.0", "::"]) func hosts(bound: String) throws {
        let gatekeeper = gatekeeper {
            $0.host = bound
            $0.allowedOrigins = ["https://friend.example:8443"]
            $0.allowedHosts = ["talk.example"]
        }
        for host in [
            nil, "", "localhost:60808", "127.0.0.1:60808", "192.168.1.7:60808", "[fe80::1]:60808", "omni:60808",
            "a.localhost",
            "friend.example:8443", "talk.example", "TALK.example.", "talk.example:1",
        ] { try gatekeeper.checkHost(host) }
        for host in [
            "evil.example", "evil.example:60808", "192.168.1.7.evil.example", "1.2.3", "talk.example.evil.example",
        ] {
            #expect(throws: APIError.forbiddenHost, "\(host)") { try gatekeeper.checkHost(host) }
        }
        try self.gatekeeper { $0.allowedHosts = ["*"] }.checkHost("evil.example")
    }

    @Test func passwords() {
        #expect("Basic dXNlcjpzZTpjcmV0".basicKey == "se:cret" && "basic OnNlY3JldA==".basicKey == "secret")
        for text in ["Basic", "Basic %", "Basic c2VjcmV0", "Bearer dXNlcjpzZWNyZXQ="] { #expect(text.basicKey == nil) }
    }

    /// Connections of one address share an account, which outlives them.
    @Test func accounts() throws {
        let gatekeeper = gatekeeper()
        let account = gatekeeper.account(of: "a")
        try gatekeeper.enter("a")
        gatekeeper.leave("a")
        #expect(gatekeeper.account(of: "a") === account && gatekeeper.account(of: "b") !== account)
    }

    @Test func atOnce() throws {
        let gatekeeper = gatekeeper { $0.maximumPerClient = 2 }
        try gatekeeper.enter("a")
        try gatekeeper.enter("a")
        #expect { try gatekeeper.enter("a") } throws: { ($0 as? APIError)?.status == 429 }
        try gatekeeper.enter("b")
        gatekeeper.leave("a")
        try gatekeeper.enter("a")
    }

    @Test func perMinute() throws {
        let gatekeeper = gatekeeper {
            $0.maximumRequestsPerMinute = 3
            $0.maximumPerClient = 100
        }
        for _ in 0..<3 {
            try gatekeeper.enter("a")
            gatekeeper.leave("a")
        }
        #expect { try gatekeeper.enter("a") } throws: { error in
            guard let error = error as? APIError, let retryAfter = error.retryAfter else { return false }
            return error.status == 429 && retryAfter <= .seconds(20)
        }
        try gatekeeper.enter("b")
    }

    @Test func nobodyNewWhileDraining() {
        let gatekeeper = gatekeeper()
        gatekeeper.drain()
        #expect(throws: APIError.draining) { try gatekeeper.enter("a") }
    }
}
