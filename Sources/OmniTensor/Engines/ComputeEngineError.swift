/// What an engine cannot do, with the facts.
public enum ComputeEngineError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The engine has no packed form of that precision.
    case unsupportedPrecision(WeightPrecision, engine: String)
    /// A file holds weights in the layout of another engine.
    case cannotOpenPackedWeights(engine: String)
    /// Integers were asked for, and a weight is infinite or not a number.
    case weightNotFinite(WeightPrecision)
    /// An instruction set that there is not, or not on this machine.
    case unavailableInstructionSet(String, available: [InstructionSet])
    /// The system gave no memory for packed weights.
    case outOfMemory(byteCount: Int)
    /// A number of threads that no engine can have.
    case unusableThreadCount(Int, possible: ClosedRange<Int>)

    public var description: String {
        switch self {
        case .unsupportedPrecision(let precision, let engine):
            "the \(engine) engine cannot keep weights as \(precision)"
        case .cannotOpenPackedWeights(let engine):
            "the weights are packed for the native engine; the \(engine) engine needs the published ones"
        case .weightNotFinite(let precision):
            "a weight that is infinite or not a number cannot be kept as \(precision)"
        case .unavailableInstructionSet(let name, let available):
            "this machine has no instruction set \"\(name)\", but \(available.map(\.rawValue).joined(separator: ", "))"
        case .outOfMemory(let byteCount):
            "there is no memory for \(byteCount) bytes of packed weights"
        case .unusableThreadCount(let count, let possible):
            "an engine has \(possible.lowerBound) to \(possible.upperBound) threads, not \(count)"
        }
    }
}
