import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Why a server cannot start.
public enum ServerStartError: Error, Hashable, CustomStringConvertible {
    /// The server cannot listen at the address.
    case address(host: String, port: Int, reason: String)
    /// A file of the certificate or of its key cannot be used.
    case certificate(file: String, reason: String)

    public var description: String {
        switch self {
        case .address(let host, let port, let reason): "the server cannot listen at \(host), port \(port): \(reason)"
        case .certificate(let file, let reason): "\(file): \(reason)"
        }
    }
}

extension ServerConfiguration {
    /// Requires what the system has to give for a start, so that what is missing is known before a model is loaded:
    /// files that can be read, and an address that is free.
    ///
    /// - Throws: ``ServerStartError``.
    public func requireStart() async throws(ServerStartError) {
        _ = try tls()
        try await requireFreeAddress()
    }

    /// The certificate and its key; `nil` without them.
    func tls() throws(ServerStartError) -> TLSConfiguration? {
        guard let certificate = tlsCertificate, let key = tlsKey else { return nil }
        let chain = try Self.read(certificate, "a certificate chain in PEM") {
            try NIOSSLCertificate.fromPEMFile($0).map { NIOSSLCertificateSource.certificate($0) }
        }
        let privateKey = try Self.read(key, "a key in PEM") { try NIOSSLPrivateKey(file: $0, format: .pem) }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(privateKey))
        tls.minimumTLSVersion = .tlsv12
        do { _ = try NIOSSLContext(configuration: tls) } catch {
            throw .certificate(file: key, reason: "this is not the key of \(certificate)")
        }
        return tls
    }

    private static func read<Content>(
        _ file: String, _ kind: String, _ body: (String) throws -> Content
    ) throws(ServerStartError) -> Content {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .certificate(file: file, reason: "the file cannot be read: \(Self.sentence(errno))")
        }
        close(descriptor)
        do { return try body(file) } catch { throw .certificate(file: file, reason: "this is not \(kind)") }
    }

    /// Listens at the address, and stops at once. A port that another program takes between this and the real start
    /// is found out then.
    func requireFreeAddress() async throws(ServerStartError) {
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port).get()
            try await channel.close()
        } catch {
            throw startError(error)
        }
    }

    /// What an error says that comes of listening.
    private func startError(_ error: any Error) -> ServerStartError {
        let reason =
            switch error {
            case let error as IOError: Self.sentence(error.errnoCode)
            case is SocketAddressError, is SocketAddressError.UnknownHost: "there is no such address"
            default: String(describing: error)
            }
        return .address(host: host, port: port, reason: reason)
    }

    /// The system's reason.
    private static func sentence(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
