import Dispatch
import Synchronization

/// Lets a scripted part take one step for each permission, so that a test decides how far it is.
public final class StepGate: Sendable {
    private let permissions = DispatchSemaphore(value: 0)
    private let arrived = Mutex(0)

    /// A closed gate.
    public init() {}

    /// Steps that came to the gate, those that wait there among them.
    public var arrivalCount: Int { arrived.withLock { $0 } }

    /// Lets `count` more steps through.
    public func open(_ count: Int = 1) {
        for _ in 0..<count { permissions.signal() }
    }

    /// Waits for a permission; a test that forgot one fails after ten minutes instead of never: other tests may keep
    /// every core busy for longer than one expects.
    func pass() throws {
        arrived.withLock { $0 += 1 }
        guard permissions.wait(timeout: .now() + 600) == .success else { throw ScriptedError("the gate stayed closed") }
    }
}
