import Hummingbird
import NIOCore

/// What a request brings along: who sends it, and through which connection.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// The address of the client, without its port.
    let client: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        client = source.channel.clientAddress
    }
}

extension Channel {
    /// The address of whoever is at the other end, without a port.
    var clientAddress: String { remoteAddress?.ipAddress ?? "local" }
}
