/// Tensors, single values and further dictionaries by name, in order: what a PyTorch file holds.
public struct CheckpointDictionary: Sendable, ExpressibleByDictionaryLiteral {
    /// What a name stands for.
    public indirect enum Value: Sendable {
        /// Elements, stored under this name.
        case tensor(WritableTensor)
        /// The same elements as the tensor that an earlier member has under a full dotted name: stored once, as tied
        /// weights are.
        case tied(to: String)
        /// A single value.
        case scalar(CheckpointScalar)
        /// A dictionary in the dictionary; its names go on after a dot.
        case dictionary(CheckpointDictionary)
    }

    /// Names and values, in the order in which the file will have them.
    public private(set) var members: [(name: String, value: Value)]
    /// Whether Python reads it as an `OrderedDict`, as state dicts are, instead of a plain `dict`.
    package var isOrdered: Bool

    /// Takes names and values in the order in which the file will have them.
    ///
    /// - Parameters:
    ///   - members: names and values.
    ///   - isOrdered: whether Python reads it as an `OrderedDict`, as state dicts are.
    /// - Precondition: no name is given twice.
    public init(_ members: [(name: String, value: Value)] = [], isOrdered: Bool = true) {
        precondition(Set(members.map(\.name)).count == members.count, "a name is given twice")
        self.members = members
        self.isOrdered = isOrdered
    }

    /// A state dict of the tensors in the order of their names.
    public init(_ tensors: [String: WritableTensor]) {
        self.init(tensors.sorted { $0.key < $1.key }.map { ($0.key, .tensor($0.value)) })
    }

    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init(elements.map { (name: $0.0, value: $0.1) }, isOrdered: false)
    }
}
