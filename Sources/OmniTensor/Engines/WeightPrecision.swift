/// How precisely an engine keeps packed weights.
public struct WeightPrecision: Sendable, Hashable, CustomStringConvertible {
    /// As in `--precision int8`.
    public let name: String

    private init(name: String) { self.name = name }

    /// 32-bit floats: exact, the default.
    public static let float32 = WeightPrecision(name: "float32")
    /// The upper halves of floats: 8 significant bits, the range of a float.
    public static let bfloat16 = WeightPrecision(name: "bfloat16")
    /// Integers of 8 bits, with a scale for each 32 neighbours of a row: 8.5 bits for each weight.
    public static let int8 = WeightPrecision(name: "int8")
    /// Integers of 4 bits, with a scale for each 32 neighbours of a row: 4.5 bits for each weight. A language model
    /// keeps the matrices of its attention as ``int8``: they are a tenth of it, and a third of what rounding costs.
    public static let int4 = WeightPrecision(name: "int4")
    /// A model's choice between ``int8`` and ``int4`` for each of its matrices, by what their rounding costs: 6 bits
    /// for each weight. No engine packs a matrix with it.
    public static let mixed = WeightPrecision(name: "mixed")

    /// Every precision that some engine knows, the most exact first.
    public static let all = [float32, bfloat16, int8, int4]

    /// The precision of that name, if there is one.
    public init?(named name: String) {
        guard let precision = (Self.all + [.mixed]).first(where: { $0.name == name }) else { return nil }
        self = precision
    }

    public var description: String { name }
}
