import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import OmniServer

/// What the system has to give for a start is asked for first, and what is missing is named.
@Suite struct ServerStartTests {
    private func configuration(_ change: (inout ServerConfiguration) -> Void) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.port = 0
        change(&configuration)
        return configuration
    }

    @Test func addresses() async throws {
        try await configuration { _ in }.requireStart()
        let other = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(other.localAddress?.port)
        let reason = unsafe String(cString: strerror(EADDRINUSE))
        await #expect(throws: ServerStartError.address(host: "127.0.0.1", port: port, reason: reason)) {
            try await configuration { $0.port = port }.requireStart()
        }
        try await other.close()
        try await configuration { $0.port = port }.requireStart()
        // A network for documentation, which no machine has.
        let reasonElsewhere = unsafe String(cString: strerror(EADDRNOTAVAIL))
        let description = "the server cannot listen at 192.0.2.1, port 0: " + reasonElsewhere
        await #expect {
            try await configuration { $0.host = "192.0.2.1" }.requireStart()
        } throws: { String(describing: $0) == description }
    }

    @Test func certificates() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "cert.pem").path(percentEncoded: false)
        let wanted = configuration { ($0.tlsCertificate, $0.tlsKey) = (file, file) }
        let absence = unsafe "the file cannot be read: " + String(cString: strerror(ENOENT))
        await #expect(throws: ServerStartError.certificate(file: file, reason: absence)) {
            try await wanted.requireStart()
        }
        try Data("no certificate".utf8).write(to: URL(filePath: file))
        let damage = "this is not a certificate chain in PEM"
        await #expect(throws: ServerStartError.certificate(file: file, reason: damage)) {
            try await wanted.requireStart()
        }
    }

    @Test(arguments: [
        ("127.0.0.1", "http://127.0.0.1:5"), ("::1", "http://[::1]:5"), ("localhost", "http://localhost:5"),
    ])
    func urls(host: String, url: String) { #expect(configuration { $0.host = host }.url(port: 5) == url) }
}
