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

    /// A name that leads here, but is not this machine's, is somebody else's page.
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
