/// How precisely an engine keeps packed weights.
public struct WeightPrecision: Sendable, Hashable, CustomStringConvertible {
    private let name: String

    /// 32-bit floats: exact, the default.
    public static let float32 = WeightPrecision(name: "float32")

    public var description: String { name }
}

/// What an engine cannot do, with the facts.
public enum ComputeEngineError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The engine has no packed form of that precision.
    case unsupportedPrecision(WeightPrecision, engine: String)

    public var description: String {
        switch self {
        case .unsupportedPrecision(let precision, let engine):
            "the \(engine) engine cannot keep weights as \(precision)"
        }
    }
}
