/// A value on the stack of a ``PickleMachine``.
///
/// Containers are numbers of places in the machine's ``PickleHeap``, not references: a pickle may build a list that holds
/// itself or a tuple a million levels deep, and neither must leak nor overflow the stack when it is let go.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    /// Something that may be in a file but that a checkpoint has no use for, such as a run of bytes.
    case ignored
    /// A tuple or list: its place among the heap's sequences.
    case sequence(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)
}

/// The names that a pickle of tensors may mention. None of them runs anything here: each stands for data.
enum PickleGlobal: Hashable {
    case orderedDictionary
    case rebuildTensor
    case rebuildParameter
    case size
    case storage(ScalarType)

    /// `nil` for everything that has no place in a checkpoint.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
            self = .rebuildParameter
        case ("torch", "Size"): self = .size
        case ("torch", _):
            guard let type = ScalarType(torchStorage: name) else { return nil }
            self = .storage(type)
        default: return nil
        }
    }
}

extension ScalarType {
    /// The class names that PyTorch gives to storages.
    static let torchStorageNames: [ScalarType: String] = [
        .float64: "DoubleStorage", .float32: "FloatStorage", .float16: "HalfStorage", .bfloat16: "BFloat16Storage",
        .int64: "LongStorage", .int32: "IntStorage", .int16: "ShortStorage", .int8: "CharStorage",
        .uint8: "ByteStorage", .bool: "BoolStorage",
    ]

    init?(torchStorage name: String) {
        guard let match = Self.torchStorageNames.first(where: { $0.value == name }) else { return nil }
        self = match.key
    }
}

/// What the values of a pickle refer to.
struct PickleHeap {
    /// A run of elements in an entry of the archive.
    struct Storage {
        var scalarType: ScalarType
        var key: String
        var elementCount: Int
    }

    /// A view of a storage, as the file describes it, unchecked. Offsets and strides count elements.
    struct Tensor {
        var storage: Storage
        var offset: Int
        var extents: [Int]
        var strides: [Int]
    }

    var sequences: [[PickleValue]] = []
    var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    var storages: [Storage] = []
    var tensors: [Tensor] = []

    mutating func sequence(_ values: [PickleValue]) -> PickleValue {
        sequences.append(values)
        return .sequence(sequences.count - 1)
    }

    mutating func dictionary() -> PickleValue {
        dictionaries.append([])
        return .dictionary(dictionaries.count - 1)
    }

    /// The members of a tuple or list; `nil` for other values.
    func members(_ value: PickleValue) -> [PickleValue]? {
        guard case .sequence(let place) = value else { return nil }
        return sequences[place]
    }

    /// A tuple of integers; `nil` for anything else.
    func integers(_ value: PickleValue) -> [Int]? {
        guard let members = members(value) else { return nil }
        var integers: [Int] = []
        for member in members {
            guard case .integer(let integer) = member else { return nil }
            integers.append(integer)
        }
        return integers
    }
}
