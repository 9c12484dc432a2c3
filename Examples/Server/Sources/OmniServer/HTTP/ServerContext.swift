import Hummingbird
import NIOCore

/// What a request brings along: through which connection it comes, and what its client shares with its other requests.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Set where requests of a client are counted.
    var account: ClientAccount?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Does work that takes long, as reading a large body does, where it is in the way of this client alone.
    func work<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        let lane = account?.lane ?? WorkPool.bodies.makeLane()
        return try await lane.run(body)
    }
}
