public import OmniTensor

extension NativeEngine {
    /// The native engine that tests share: two threads, with the instruction set that `OMNI_ISA` names, or the best.
    public static let forTests: NativeEngine = {
        do {
            return try NativeEngine(threads: 2)
        } catch {
            preconditionFailure("no native engine to test: \(error)")
        }
    }()
}
