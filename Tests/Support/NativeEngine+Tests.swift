public import OmniTensor

extension NativeEngine {
    /// The native engine that tests share: two threads, with the instruction set that `OMNI_ISA` names, or the best.
    public static let forTests = make(nil)

    /// The same for one of the instruction sets that this machine has.
    public static func forTests(_ isa: InstructionSet) -> NativeEngine {
        guard let engine = byInstructionSet[isa] else { preconditionFailure("this machine has no \(isa)") }
        return engine
    }

    private static let byInstructionSet = Dictionary(
        uniqueKeysWithValues: InstructionSet.available.map { ($0, make($0)) })

    private static func make(_ isa: InstructionSet?) -> NativeEngine {
        do {
            return try NativeEngine(threads: 2, isa: isa)
        } catch {
            preconditionFailure("no native engine to test: \(error)")
        }
    }
}
