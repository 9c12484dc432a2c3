import Dispatch

/// Lets a scripted part take one step for each permission, so that a test decides how far it is.
public final class StepGate: Sendable {
    private let permissions = DispatchSemaphore(value: 0)

    /// A closed gate.
    public init() {}

    /// Lets `count` more steps through.
    public func open(_ count: Int = 1) {
        for _ in 0..<count { permissions.signal() }
    }

    /// Waits for a permission; a test that forgot one fails after two minutes instead of never: other tests may keep
    /// every core busy for longer than one expects.
    func pass() throws {
        guard permissions.wait(timeout: .now() + 600) == .success else { throw ScriptedError("the gate stayed closed") }
    }
}
