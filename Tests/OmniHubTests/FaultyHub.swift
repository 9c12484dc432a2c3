import Foundation
import Testing

@testable import OmniHub

/// A hub with one model that does something wrong on purpose, and a cache to download it into.
struct FaultyHub {
    let fixture: HubFixture
    let repository: HubRepository
    let content = HubFixture.content()

    init() throws {
        fixture = try HubFixture()
        repository = try HubFixture.repository()
    }

    /// A hub whose fault is decided for each request.
    func hub(_ fault: @escaping @Sendable (LoopbackHub.Request) -> LoopbackHub.Fault?) throws -> LoopbackHub {
        try LoopbackHub([repository.id: content], fault: fault)
    }

    /// Downloads from a hub with a fault that passes, and finds everything right in the end.
    func expectRecovery(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ fault: @escaping @Sendable (LoopbackHub.Request) -> LoopbackHub.Fault?
    ) async throws -> [LoopbackHub.Request] {
        let hub = try hub(fault)
        let snapshot = try await fixture.client(hub).snapshot(of: repository)
        try fixture.expectComplete(snapshot, content, sourceLocation: sourceLocation)
        return hub.requests
    }
}
